import json
import sys
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.runtime import (
    Manifest,
    available_models,
    find_model,
    load_manifest,
    models,
    register_model,
    user_models_folder,
)


def add_model(folder: Path, name: str = "family", content: bytes = b"weights", **changes):
    """Put a model of two parts into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}-encode.onnx").write_bytes(content)
    (folder / f"{name}-decode.onnx").write_bytes(content[::-1])
    entry = {
        "name": name,
        "version": "1",
        "kind": "lcqs",
        "files": {"encode": f"{name}-encode.onnx", "decode": f"{name}-decode.onnx"},
        "size": 256,
        "levels": (0.0, 150.0),
        "licence": "CC-BY-NC-SA-4.0",
    }
    return register_model(folder, **entry | changes)


@pytest.fixture
def mine(monkeypatch, tmp_path) -> Path:
    """The user's own folder of models."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("HEIRLOOM_MODELS", str(folder))
    return folder


@pytest.fixture
def shipped(monkeypatch, tmp_path) -> Path:
    """A stand-in for the folder that Heirloom ships."""
    (tmp_path / "resources" / "models").mkdir(parents=True)
    monkeypatch.setattr(models.resources, "files", lambda package: tmp_path / package)
    return tmp_path / "resources" / "models"


def test_what_is_registered_is_read_back(tmp_path):
    model = add_model(tmp_path, make_default=True)
    assert load_manifest(tmp_path) == Manifest((model,), "family")
    assert model.read("encode") == b"weights"
    assert model.read("decode") == b"sthgiew"


def test_the_manifest_has_the_documented_form(tmp_path):
    add_model(tmp_path, make_default=True)
    content = json.loads((tmp_path / "manifest.json").read_text())
    assert content["default"] == "family"
    assert content["models"][0] == {
        "name": "family",
        "version": "1",
        "kind": "lcqs",
        "files": {
            "encode": {
                "file": "family-encode.onnx",
                "sha256": "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c",
                "bytes": 7,
            },
            "decode": content["models"][0]["files"]["decode"],
        },
        "size": 256,
        "levels": [0.0, 150.0],
        "licence": "CC-BY-NC-SA-4.0",
    }


def test_registering_again_replaces_the_entry_and_keeps_the_others(tmp_path):
    add_model(tmp_path, "old", make_default=True)
    add_model(tmp_path, "new")
    add_model(tmp_path, "old", b"better weights", version="2")
    manifest = load_manifest(tmp_path)
    assert [(model.name, model.version) for model in manifest.models] == [("new", "1"), ("old", "2")]
    assert manifest.default == "old"
    assert manifest.models[1].read("encode") == b"better weights"
    assert not list(tmp_path.glob(".*"))


def test_a_missing_file_can_not_be_registered(tmp_path):
    with pytest.raises(ModelError, match=r"none\.onnx can't be read"):
        add_model(tmp_path, files={"encode": "none.onnx"})
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize(
    "change", [{"version": ""}, {"licence": "a\nb"}, {"kind": " "}, {"size": 0}, {"levels": (150.0, 0.0)}]
)
def test_what_could_not_be_read_back_is_not_registered(tmp_path, change):
    add_model(tmp_path)
    before = load_manifest(tmp_path)
    with pytest.raises(ValueError, match=r"is '|size|levels"):
        add_model(tmp_path, "other", **change)
    assert load_manifest(tmp_path) == before


def test_a_manifest_that_can_not_be_written_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "manifest.json").mkdir()
    monkeypatch.setattr(models, "load_manifest", lambda folder: Manifest())
    with pytest.raises(OSError):  # noqa: PT011
        add_model(tmp_path)
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"weightZ", "its checksum differs"), (b"weig", "4 bytes instead of 7"), (b"", "0 bytes instead of 7")],
    ids=["changed", "cut off", "empty"],
)
def test_a_damaged_file_is_refused(tmp_path, content, sentence):
    model = add_model(tmp_path)
    (tmp_path / "family-encode.onnx").write_bytes(content)
    with pytest.raises(ModelError, match=rf"family-encode\.onnx is damaged \({sentence}.*install the model"):
        model.read("encode")
    assert model.read("decode") == b"sthgiew"


def test_a_file_that_is_gone_is_one_sentence(tmp_path):
    model = add_model(tmp_path)
    (tmp_path / "family-decode.onnx").unlink()
    with pytest.raises(
        ModelError, match=r"family-decode\.onnx is missing; install the model family again\.$"
    ):
        model.read("decode")


def test_a_part_that_the_model_does_not_have_is_one_sentence(tmp_path):
    with pytest.raises(ModelError, match="has no part 'refine'"):
        add_model(tmp_path).read("refine")


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", '{"models": [{}]}', '{"models": [{"name": "x", "levels": 3}]}', '{"models": 3}'],
)
def test_a_damaged_manifest_is_one_sentence(tmp_path, content):
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ModelError, match=r"list of models .*manifest\.json is damaged"):
        load_manifest(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "a\nb"}, "name"),
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"version": "\x1b[31m"}, "version"),
        ({"licence": "\ud800"}, "licence"),
        ({"kind": 5}, "kind"),
        ({"size": 0}, "size"),
        ({"size": -5}, "size"),
        ({"size": 100_000}, "size"),
        ({"size": float("inf")}, "infinity"),
        ({"levels": [150, 0]}, "levels"),
        ({"levels": [0, float("nan")]}, "levels"),
        ({"levels": [0, 150, 3]}, "unpack"),
        ({"files": {}}, "no part encode"),
        ({"files": []}, "items"),
    ],
)
def test_a_manifest_that_holds_what_no_model_has_is_one_sentence(tmp_path, change, told):
    add_model(tmp_path)
    path = tmp_path / "manifest.json"
    content = json.loads(path.read_text())
    content["models"][0] |= change
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match=told) as caught:
        find_model(str(tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("change", [{"file": "a\0b"}, {"file": ""}, {"sha256": "none"}, {"bytes": "many"}])
def test_a_part_that_no_file_can_be_is_one_sentence(tmp_path, change):
    add_model(tmp_path)
    path = tmp_path / "manifest.json"
    content = json.loads(path.read_text())
    content["models"][0]["files"]["encode"] |= change
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match="is damaged") as caught:
        find_model(str(tmp_path))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("default", [5, "", "a\0b", ["family"]])
def test_a_default_that_is_no_name_is_one_sentence(tmp_path, default):
    add_model(tmp_path)
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"default": default}))
    with pytest.raises(ModelError, match="the default is"):
        load_manifest(tmp_path)


def test_a_name_that_no_folder_can_have_is_one_sentence(mine, shipped):
    with pytest.raises(ModelError, match="can't be looked at"):
        find_model("x" * 300)


def test_a_model_is_found_again_by_what_it_was_chosen_by(mine, tmp_path, monkeypatch):
    add_model(mine, "standard")
    add_model(tmp_path / "folder", "standard", b"other weights")
    monkeypatch.chdir(tmp_path)
    assert find_model("standard").reference == "standard"
    chosen = find_model("folder")
    assert chosen.reference == str(tmp_path / "folder")
    assert find_model(chosen.reference) == chosen != find_model("standard")


@pytest.mark.parametrize("file", ["../secret", "/etc/passwd", "a/../../b", "C:secret", "..\\secret"])
def test_a_manifest_can_not_reach_outside_its_folder(tmp_path, file):
    add_model(tmp_path)
    path = tmp_path / "manifest.json"
    content = json.loads(path.read_text())
    content["models"][0]["files"]["encode"]["file"] = file
    path.write_text(json.dumps(content))
    with pytest.raises(ModelError, match="lies outside the folder"):
        load_manifest(tmp_path)


def test_a_folder_without_manifest_has_no_models(tmp_path):
    assert load_manifest(tmp_path) == Manifest((), None)


def test_the_users_models_come_first_and_hide_shipped_ones_of_the_same_name(mine, shipped):
    add_model(shipped, "common", b"shipped", make_default=True)
    add_model(shipped, "standard")
    add_model(mine, "common", b"mine")
    add_model(mine, "special")
    assert [model.name for model in available_models()] == ["common", "special", "standard"]
    assert find_model("common").read("encode") == b"mine"
    assert find_model("standard").read("encode") == b"weights"


def test_the_default_is_the_shipped_one_unless_the_user_has_one(mine, shipped):
    add_model(shipped, "standard", make_default=True)
    add_model(mine, "special")
    assert find_model().name == "standard"
    add_model(mine, "special", make_default=True)
    assert find_model().name == "special"


def test_an_unknown_model_is_answered_with_those_there_are(mine, shipped):
    add_model(shipped, "standard")
    add_model(mine, "special")
    with pytest.raises(ModelError, match=r"no model 'other'; installed are: special, standard\.$"):
        find_model("other")


def test_a_store_without_models_is_one_sentence(mine, shipped):
    with pytest.raises(ModelError, match="No model is installed"):
        find_model()


def test_the_shipped_models_are_what_the_manifest_says(mine):
    for model in load_manifest().models:
        for part in model.files:
            model.read(part)


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [
        ("linux", "XDG_DATA_HOME", "heirloom/models"),
        ("win32", "LOCALAPPDATA", "heirloom/models"),
        ("darwin", "HOME", "Library/Application Support/heirloom/models"),
    ],
)
def test_the_users_folder_is_where_the_platform_keeps_data(monkeypatch, tmp_path, platform, variable, tail):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert user_models_folder() == tmp_path / tail
