"""The workflow that builds installers refers to files, matrix values and jobs that exist."""

import re
from pathlib import Path

import pytest

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/installers.yml").read_text(encoding="utf-8"))
JOBS = WORKFLOW["jobs"]
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def test_its_scripts_exist():
    named = {path for step in STEPS for path in re.findall(r"resources/\S+\.(?:sh|ps1)", step.get("run", ""))}
    assert len(named) == 3
    assert all((ROOT / path).is_file() for path in named)


def test_it_builds_every_variant_on_both_systems():
    from resources.installer import contents

    for system in ("linux", "windows"):
        assert set(JOBS[system]["strategy"]["matrix"]["variant"]) == set(contents.VARIANTS)


def test_only_the_release_may_write():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert [name for name, job in JOBS.items() if "permissions" in job] == ["release"]


def test_a_release_waits_for_all_builds_and_needs_a_tag():
    assert set(JOBS["release"]["needs"]) == set(JOBS) - {"release"}
    assert "tag" in JOBS["release"]["if"]


def test_actions_are_githubs_own_and_of_a_fixed_version():
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used)


def test_everything_that_the_build_writes_is_kept():
    for step in STEPS:
        if step.get("uses", "").startswith("actions/upload-artifact"):
            assert {"dist/*.cdx.json", "dist/SHA256SUMS-*"} <= set(step["with"]["path"].split())


def test_no_job_runs_for_ever():
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())
