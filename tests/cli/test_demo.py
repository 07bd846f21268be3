"""``heirloom demo``: the first thing that a newcomer runs."""

import json

import numpy as np
import pytest
from PIL import Image

NAMES = ["after.png", "before.png", "sweep.png"]


def test_it_degrades_and_restores_a_portrait_and_prints_where(heirloom, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ran = heirloom("demo")
    assert (ran.code, ran.err) == (0, "")
    folder = tmp_path / "heirloom-demo"
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    for name in NAMES:
        assert str(folder / name) in ran.out
    before, after = (np.asarray(Image.open(folder / f"{n}.png")) for n in ("before", "after"))
    assert before.shape == after.shape == (512, 512, 3)
    assert not np.array_equal(before, after)
    assert np.array_equal(before[256:], after[256:])

    first = (folder / "before.png").read_bytes()
    ran = heirloom("demo", "--json")  # once more, over its own files
    assert ran.code == 0
    assert json.loads(ran.out)["before"] == str(folder / "before.png")
    assert (folder / "before.png").read_bytes() == first


@pytest.mark.parametrize("content", [b"notes", b""])
def test_it_never_replaces_what_is_not_its_own(heirloom, tmp_path, content):
    (tmp_path / "after.png").write_bytes(content)
    ran = heirloom("demo", "-o", tmp_path)
    assert ran.code == 4
    assert "is not of an earlier demo" in ran.sentence
    assert [path.name for path in tmp_path.iterdir()] == ["after.png"]
    assert (tmp_path / "after.png").read_bytes() == content


def test_a_photo_is_not_its_own_either(heirloom, tmp_path, photo):
    photo.rename(tmp_path / "before.png")
    assert heirloom("demo", "-o", tmp_path).code == 4
