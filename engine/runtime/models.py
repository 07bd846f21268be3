"""The model store: which models there are, where they lie, and that they are what they claim to be.

Models lie in two folders, each with a ``manifest.json`` of its own: the one that Heirloom ships
(``resources/models``) and the user's (`user_models_folder`). Nothing here uses the network.
"""

import hashlib
import json
import os
import reprlib
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import Any

from engine.errors import ModelError, UsageError, named
from engine.folders import user_data_folder

MANIFEST = "manifest.json"

_NEEDED = ("encode", "decode")  # parts that every model has
_SIZES = range(16, 4097)
_LEVEL_MAX = 150.0


@dataclass(frozen=True)
class ModelFile:
    """One file of a model, as the manifest vouches for it.

    Attributes
    ----------
    file : str
        Path below the manifest's folder, with forward slashes.
    sha256 : str
        Checksum of the content, 64 lower-case hexadecimal digits.
    bytes : int
        Size of the content.
    """

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ModelInfo:
    """A model of the store.

    Attributes
    ----------
    name : str
        What the user chooses it by.
    version : str
        Version of the weights.
    kind : str
        What its files compute together: ``lcqs`` for encode, softening, decode, level and, if there, deblock
        with deblocking_helps, and finer.
    files : mapping of str to ModelFile
        Its parts by name, e.g. ``encode`` and ``decode``.
    size : int
        Side of the aligned face crop, in pixels.
    levels : (float, float)
        Lowest and highest restoration level.
    licence : str
        Under which terms the weights may be used.
    folder : Traversable
        Folder that the files lie in.
    chosen : Path or None
        That folder, absolute, where the model was chosen by it and not by its name.
    """

    name: str
    version: str
    kind: str
    files: Mapping[str, ModelFile]
    size: int
    levels: tuple[float, float]
    licence: str
    folder: Traversable = field(repr=False, compare=False)
    chosen: Path | None = field(default=None, repr=False, compare=False)

    @property
    def reference(self) -> str:
        """What `find_model` finds it by again, from anywhere: its name, or the folder it was chosen by."""
        return str(self.chosen or self.name)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sides of crops that it restores, px, smallest first: with a finer stage twice `size`, too."""
        return (self.size, 2 * self.size) if "finer" in self.files else (self.size,)

    def read(self, part: str) -> bytes:
        """Read one part, verified.

        Parameters
        ----------
        part : str
            One of the keys of `files`.

        Returns
        -------
        bytes
            The file's content, whose size and SHA-256 are those of the manifest.

        Raises
        ------
        ModelError
            When the part is unknown, or its file is missing, unreadable or damaged.
        """
        if part not in self.files:
            raise ModelError(f"The model {self.name} has no part {part!r}; install it again.")
        entry = self.files[part]
        path = self.folder.joinpath(entry.file)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise ModelError(
                f"The model file {path} is missing; install the model {self.name} again."
            ) from error
        except OSError as error:
            raise ModelError(f"The model file {path} can't be read ({error.strerror}).") from error
        if len(content) != entry.bytes:
            raise ModelError(
                f"The model file {path} is damaged ({len(content):,} bytes instead of {entry.bytes:,}); "
                f"install the model {self.name} again."
            )
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise ModelError(
                f"The model file {path} is damaged (its checksum differs from the manifest's); "
                f"install the model {self.name} again."
            )
        return content


@dataclass(frozen=True)
class Manifest:
    """The models of one folder.

    Attributes
    ----------
    models : tuple of ModelInfo
        In the order of the file.
    default : str or None
        Name of the model to take when the user chooses none.
    """

    models: tuple[ModelInfo, ...] = ()
    default: str | None = None


def user_models_folder() -> Path:
    """Folder for models that the user adds; it need not exist.

    ``$HEIRLOOM_MODELS`` where that is set; else ``models`` in `user_data_folder`.
    """
    chosen = os.environ.get("HEIRLOOM_MODELS")
    return Path(chosen) if chosen else user_data_folder() / "models"


def load_manifest(folder: Traversable | None = None) -> Manifest:
    """Read a folder's manifest.

    Parameters
    ----------
    folder : Traversable, optional
        A folder of models; the one that Heirloom ships when None.

    Returns
    -------
    Manifest
        Empty when the folder has none.

    Raises
    ------
    ModelError
        When the manifest is damaged, holds what no model can have, or names a file outside its folder.
    """
    folder = resources.files("resources").joinpath("models") if folder is None else folder
    path = folder.joinpath(MANIFEST)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        models = tuple(_parse_model(entry, folder) for entry in content["models"])
        default = content.get("default")
        return Manifest(models, None if default is None else _text(default, "the default"))
    except FileNotFoundError:
        return Manifest()
    except OSError as error:
        raise ModelError(f"The list of models {path} can't be read ({error.strerror}).") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ModelError(
            f"The list of models {path} is damaged ({error}); install the models again."
        ) from error


def available_models() -> tuple[ModelInfo, ...]:
    """List the user's models, then the shipped ones; a user's model hides a shipped one of the same name.

    Raises
    ------
    ModelError
        When a manifest is damaged.
    """
    models: dict[str, ModelInfo] = {}
    for model in load_manifest(user_models_folder()).models + load_manifest().models:
        models.setdefault(model.name, model)
    return tuple(models.values())


def find_model(name: str | None = None) -> ModelInfo:
    """Find a model by name.

    Parameters
    ----------
    name : str, optional
        None takes the user's default model, or else the shipped default. A folder with a manifest stands for
        its default model, or for its only one.

    Raises
    ------
    ModelError
        When there is no such model, or a manifest is damaged.
    """
    wanted = name or load_manifest(user_models_folder()).default or load_manifest().default
    if wanted is None:
        raise ModelError("No model is installed; install Heirloom again.")
    if _holds_models(Path(wanted)):
        return _model_of(Path(wanted))
    models = {model.name: model for model in available_models()}
    if wanted not in models:
        known = ", ".join(models) or "none"
        raise ModelError(f"There is no model {wanted!r}; installed are: {known}.")
    return models[wanted]


def _holds_models(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file()
    except OSError as error:  # may not be entered, or is no possible name
        raise ModelError(f"The model {named(folder)} can't be looked at ({error.strerror}).") from error


def _model_of(folder: Path) -> ModelInfo:
    manifest = load_manifest(folder)
    for model in manifest.models:
        if model.name == manifest.default or len(manifest.models) == 1:
            return replace(model, chosen=folder.absolute())
    raise ModelError(f"The folder {folder} holds {len(manifest.models)} models and no default one.")


def check_labels(name: str, version: str, licence: str) -> None:
    """Check what a new model is to be called, before anything is written.

    Parameters
    ----------
    name, version, licence : str
        As in `ModelInfo`.

    Raises
    ------
    UsageError
        When a manifest can't hold one of them, or the name can't begin the name of a file.
    """
    for what, text in (("name", name), ("version", version), ("licence", licence)):
        try:
            _text(text, what)
        except ValueError as error:
            raise UsageError(
                f"The {what} {named(text)} can't be a model's; choose one of characters that can be seen."
            ) from error
    if ".." in name or set(name) & set("/\\:"):  # its files would lie elsewhere
        raise UsageError(f"The name {named(name)} can't be a model's; choose one without /, \\, : and '..'.")


def register_model(
    folder: Path,
    *,
    name: str,
    version: str,
    kind: str,
    files: Mapping[str, str],
    size: int,
    levels: tuple[float, float],
    licence: str,
    make_default: bool = False,
) -> ModelInfo:
    """Enter a model into its folder's manifest, in place of an older one of the same name.

    Parameters
    ----------
    folder : Path
        Folder that the files lie in; its manifest is made if there is none.
    name, version, kind, size, levels, licence
        As in `ModelInfo`.
    files : mapping of str to str
        File of each part, relative to `folder`. Size and checksum are computed here.
    make_default : bool
        Take this model when the user chooses none.

    Returns
    -------
    ModelInfo
        The entry as it will be read back.

    Raises
    ------
    ModelError
        When a file is missing, or the present manifest is damaged.
    ValueError
        When a file lies outside the folder, or the manifest could not be read again with this entry.
    """
    present = load_manifest(folder)
    model = ModelInfo(
        name=name,
        version=version,
        kind=kind,
        files={part: _vouch_for(folder, file) for part, file in files.items()},
        size=size,
        levels=levels,
        licence=licence,
        folder=folder,
    )
    _parse_model(_to_entry(model), folder)  # an entry that is refused would hide every model of the folder
    others = [other for other in present.models if other.name != name]
    content = {
        "models": [_to_entry(entry) for entry in [*others, model]],
        "default": name if make_default else present.default,
    }
    partial = folder / f".{MANIFEST}.partial"
    try:
        partial.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(folder / MANIFEST)
    finally:
        partial.unlink(missing_ok=True)
    return model


def _vouch_for(folder: Path, file: str) -> ModelFile:
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise ModelError(f"The model file {folder / file} can't be read ({error.strerror}).") from error
    return _parse_file({"file": file, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)})


def _parse_model(entry: Mapping[str, Any], folder: Traversable) -> ModelInfo:
    """Read an entry, and check it: a manifest may come from a stranger, together with a model."""
    name, size = _text(entry["name"], "a name"), int(entry["size"])
    low, high = (float(level) for level in entry["levels"])
    files = {_text(part, "a part"): _parse_file(file) for part, file in entry["files"].items()}
    for part in _NEEDED:
        if part not in files:
            raise ValueError(f"the model {name} has no part {part}")
    if size not in _SIZES:
        raise ValueError(f"the size {size} of the model {name} is not one from {_SIZES[0]} to {_SIZES[-1]}")
    if not 0 <= low < high <= _LEVEL_MAX:
        raise ValueError(f"the levels {low:g} to {high:g} of the model {name} do not rise from 0 to 150")
    return ModelInfo(
        name=name,
        version=_text(str(entry["version"]), "a version"),
        kind=_text(entry["kind"], "a kind"),
        files=files,
        size=size,
        levels=(low, high),
        licence=_text(entry["licence"], "a licence"),
        folder=folder,
    )


def _parse_file(entry: Mapping[str, Any]) -> ModelFile:
    file, sha256 = _text(entry["file"], "a file"), str(entry["sha256"]).lower()
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\\" in file or ":" in file:
        raise ValueError(f"{file} lies outside the folder")
    if len(sha256) != 64 or not set(sha256) <= set(string.hexdigits):
        raise ValueError(f"the checksum of {file} is none")
    return ModelFile(file, sha256, int(entry["bytes"]))


def _text(value: object, what: str) -> str:
    """Check that a value can be shown: it gets into sentences, and into the names of files."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f"{what} is {reprlib.repr(value)}")
    return value


def _to_entry(model: ModelInfo) -> dict[str, Any]:
    return {
        "name": model.name,
        "version": model.version,
        "kind": model.kind,
        "files": {
            part: {"file": file.file, "sha256": file.sha256, "bytes": file.bytes}
            for part, file in model.files.items()
        },
        "size": model.size,
        "levels": list(model.levels),
        "licence": model.licence,
    }
