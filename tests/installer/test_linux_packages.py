"""Installers around a small bundle: what lands where, what a second version and a removal do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from resources.installer import linux_packages

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="packages of Linux"),
    pytest.mark.skipif(shutil.which("objdump") is None, reason="needs binutils"),
]
EPOCH = 1_700_000_000


def make_bundle(folder: Path, version: str) -> Path:
    """A bundle whose programs only say their version."""
    bundle = folder / "heirloom"
    internal = bundle / "_internal"
    internal.mkdir(parents=True)
    (internal / f"of-{version}").write_text("data")
    (internal / "library.so.1").write_text("data")
    (internal / "library.so").symlink_to("library.so.1")
    for program in ("heirloom", "heirloom-desktop"):
        (bundle / program).write_text(f"#!/bin/sh\necho {program} {version} $@\n")
        (bundle / program).chmod(0o755)
    return bundle


@pytest.fixture
def build(tmp_path, qapp):
    """Makes the self-extracting file of a version."""

    def make(version: str) -> Path:
        work = tmp_path / version
        bundle = make_bundle(work, version)
        shared = linux_packages.share(work / "share", version, EPOCH)
        return linux_packages.make_run(bundle, shared, work / "work", tmp_path, version, EPOCH)

    return make


@pytest.fixture
def home(tmp_path) -> Path:
    folder = tmp_path / "home of somebody"
    folder.mkdir()
    return folder


def run(file: Path, home: Path, *options: str, expected: int = 0) -> str:
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}
    done = subprocess.run(
        ["sh", file, *options], env=environment, capture_output=True, text=True, cwd=home, timeout=120
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout + done.stderr


def everything_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


def test_installs_into_the_home_of_whoever_runs_it(build, home):
    run(build("1.0"), home)
    program = home / ".local/bin/heirloom"
    assert subprocess.check_output([program, "doctor"], text=True) == "heirloom 1.0 doctor\n"
    entry = (home / ".local/share/applications/heirloom.desktop").read_text()
    assert f'Exec="{home}/.local/lib/heirloom/heirloom-desktop" %F' in entry
    assert (home / ".local/share/icons/hicolor/scalable/apps/heirloom.svg").is_file()


def test_a_new_version_leaves_nothing_of_the_old_one(build, home):
    run(build("1.0"), home)
    run(build("2.0"), home)
    assert {path.name for path in (home / ".local/lib/heirloom/_internal").iterdir()} == {
        "of-2.0",
        "library.so",
        "library.so.1",
    }


def test_removing_leaves_only_what_is_the_users(build, home):
    settings = home / ".config/heirloom/desktop.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text("[General]\n")
    installer = build("1.0")
    run(installer, home)
    run(installer, home, "--remove")
    assert everything_in(home) == {".config/heirloom/desktop.ini"}


def test_a_folder_of_somebody_else_is_not_replaced(build, home):
    (home / "stuff" / "heirloom").mkdir(parents=True)
    (home / "stuff" / "heirloom" / "letters.txt").write_text("precious")
    said = run(build("1.0"), home, "--to", "stuff", expected=1)
    assert "there already" in said
    assert everything_in(home) == {"stuff/heirloom/letters.txt"}


def test_extracts_without_installing(build, home):
    run(build("1.0"), home, "--extract", "stick")
    assert all(name.startswith("stick/heirloom/") for name in everything_in(home))


def test_a_damaged_file_installs_nothing(build, home):
    installer = build("1.0")
    content = bytearray(installer.read_bytes())
    content[-100] ^= 1
    installer.write_bytes(content)
    assert "damaged; download it again" in run(installer, home, expected=1)
    assert everything_in(home) == set()


def test_the_same_sources_give_the_same_file(build, tmp_path):
    first = build("1.0").read_bytes()
    shutil.rmtree(tmp_path / "1.0")
    assert build("1.0").read_bytes() == first


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_the_debian_package_has_its_parts_in_their_places(tmp_path, qapp):
    bundle = make_bundle(tmp_path / "made", "1.0")
    shared = linux_packages.share(tmp_path / "share", "1.0", EPOCH)
    package = linux_packages.make_deb(bundle, shared, tmp_path, tmp_path, "1.0")
    listing = subprocess.check_output(["dpkg-deb", "--contents", package], text=True)
    lines = {line.split()[5]: line.split() for line in listing.splitlines()}
    assert lines["./usr/bin/heirloom"][7] == "../lib/heirloom/heirloom"
    assert lines["./usr/lib/heirloom/heirloom"][0] == "-rwxr-xr-x"
    assert lines["./usr/lib/heirloom/_internal/of-1.0"][0] == "-rw-r--r--"
    assert {owner for _, owner, *_ in lines.values()} == {"root/root"}
    for path in (
        "applications/heirloom.desktop",
        "icons/hicolor/48x48/apps/heirloom.png",
        "man/man1/heirloom.1.gz",
        "metainfo/io.github.heirloom.heirloom.metainfo.xml",
        "doc/heirloom/copyright",
    ):
        assert f"./usr/share/{path}" in lines
    fields = subprocess.check_output(["dpkg-deb", "--field", package], text=True)
    assert "Package: heirloom\n" in fields
    assert "python" not in fields.partition("Depends:")[2].partition("\n")[0].lower()


@pytest.mark.skipif(shutil.which("appstreamcli") is None, reason="needs appstreamcli")
def test_the_metadata_for_software_centres_is_valid(tmp_path, qapp):
    shared = linux_packages.share(tmp_path, "1.0", EPOCH)
    metadata = shared / "io.github.heirloom.heirloom.metainfo.xml"
    done = subprocess.run(
        ["appstreamcli", "validate", "--no-net", metadata], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout


def test_the_menu_entry_opens_the_photos_that_heirloom_reads():
    from engine.photo import PhotoFormat

    entry = (Path(linux_packages.__file__).parent / "linux" / "heirloom.desktop").read_text(encoding="utf-8")
    kinds = next(line for line in entry.splitlines() if line.startswith("MimeType="))
    written = {f"image/{format_.value}" for format_ in PhotoFormat}
    read_only = {"image/heic", "image/heif", "image/avif", "image/jp2", "image/jpx", "image/bmp"}
    assert set(kinds.removeprefix("MimeType=").strip(";").split(";")) == written | read_only
