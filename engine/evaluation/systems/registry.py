"""Every row of the table by name, behind one interface."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.evaluation.systems import pulse, zssr
from engine.evaluation.systems.prior import Prior
from engine.evaluation.systems.training import trained
from engine.lcqs.two_branch import TwoBranch
from engine.lcqs.unpaired_run import Method
from engine.restore import LcqsModel
from engine.runtime import ModelInfo

Rgb8 = NDArray[np.uint8]

SIZE = 256
"""Side of the faces of the table, px."""


class System(Protocol):
    """What the table compares.

    Attributes
    ----------
    version : str
        Changes with what it computes: results of another version do not count.
    story : str
        How it was trained; empty for what is not.
    """

    @property
    def version(self) -> str:
        """See above."""

    @property
    def story(self) -> str:
        """See above."""

    def restore(self, face: Rgb8) -> Rgb8:
        """Restore an aligned face, (256, 256, 3) uint8 RGB; equal faces give equal results."""


@runtime_checkable
class DialSystem(System, Protocol):
    """A system with a restoration level."""

    def sweep(self, face: Rgb8, shares: tuple[float, ...]) -> tuple[float, list[Rgb8]]:
        """Give α(x) and the face at these shares of it."""


@dataclass(frozen=True)
class Row:
    """A row of the table.

    Attributes
    ----------
    name : str
        What `heirloom evaluate --systems` calls it; for those that train also the training's configuration.
    title : str
        What the table calls it.
    kind : str
        What it learns from; the table's left column.
    slow : bool
        Whether it takes seconds for a face and is measured on fewer.
    """

    name: str
    title: str
    kind: str = ""
    slow: bool = False


ROWS = (
    Row("input", "Input"),
    Row("bicubic", "Bicubic"),
    Row("psfrgan", "PSFRGAN", "Paired"),
    Row("gfpgan", "GFPGAN", "Paired"),
    Row("zssr", "ZSSR", "Unsupervised", slow=True),
    Row("pulse", "PULSE", "Unsupervised", slow=True),
    Row("bulat", "Bulat et al.", "Unpaired"),
    Row("lu", "Lu et al.", "Unpaired"),
    Row("unpaired", "Ours", "Unpaired"),
    Row("baseline", "baseline", "Ablation"),
    Row("upper", "+ upper", "Ablation"),
    Row("upper-layers", "+ upper + Δⁱ", "Ablation"),
    Row("shipped", "Ours, as shipped", "Beyond the poster"),
)


class _Input:
    version, story = "1", ""

    def restore(self, face: Rgb8) -> Rgb8:
        return face


class _Bicubic:
    """Shrunk to a quarter, where the damage of the protocol leaves it its detail, and enlarged again."""

    version, story = "1", ""

    def restore(self, face: Rgb8) -> Rgb8:
        side = face.shape[0]
        small = cv2.resize(face, (side // 4, side // 4), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_CUBIC), np.uint8)


class _Zssr(zssr.Zssr):
    version = hashlib.sha256(Path(zssr.__file__).read_bytes()).hexdigest()[:12]
    story = "on each face alone"


class _Pulse(pulse.Pulse):
    def __init__(self, weights: Path | None):
        prior, path, self.story = trained("prior", weights)
        assert isinstance(prior, Prior)
        super().__init__(prior)
        self.version = _version(path, Path(pulse.__file__))


class _Trained:
    def __init__(self, method: Method, version: str, story: str):
        self._method, self.version, self.story = method, version, story

    @torch.inference_mode()
    def restore(self, face: Rgb8) -> Rgb8:
        return _faces(self._method.restore(_tensor(face)))[0]


class _Shift:
    """A trained two-branch method, whose dial can be turned."""

    def __init__(self, method: TwoBranch, version: str, story: str):
        self._net, self.version, self.story = method.net, version, story

    def restore(self, face: Rgb8) -> Rgb8:
        return self.sweep(face, (1.0,))[1][0]

    @torch.inference_mode()
    def sweep(self, face: Rgb8, shares: tuple[float, ...]) -> tuple[float, list[Rgb8]]:
        encoding = self._net.encode(_tensor(face))
        drawn = [self._net.decode(encoding, encoding.level * share) for share in shares]
        return float(encoding.level), [_faces(one)[0] for one in drawn]


_DRAWS = "encode", "softening", "decode", "level", "deblocking_helps", "deblock"
"""Parts of a model on which a drawing of the table's size depends."""


class _Shipped:
    """A model of the store, as the application runs it."""

    def __init__(self, info: ModelInfo, device: str):
        self._model = LcqsModel(info, device)
        files = "".join(info.files[name].sha256 for name in _DRAWS if name in info.files)
        self.version = hashlib.sha256(files.encode()).hexdigest()[:12]
        self.story = f"{info.name} {info.version}, with pairs and for longer: see its model card"

    def restore(self, face: Rgb8) -> Rgb8:
        return self.sweep(face, (1.0,))[1][0]

    def sweep(self, face: Rgb8, shares: tuple[float, ...]) -> tuple[float, list[Rgb8]]:
        encoded = self._model.encode([face])[0]
        top = self._model.info.levels[1]
        drawn = [self._model.decode([encoded], [min(encoded.level * share, top)])[0] for share in shares]
        return encoded.level, [np.rint(drawing.pixels * 255).astype(np.uint8) for drawing in drawn]


def open_system(name: str, weights: Path | None, model: ModelInfo, device: str) -> System:
    """Open a row of the table.

    Parameters
    ----------
    name : str
        One of `ROWS`.
    weights : Path or None
        Folder with weights that `heirloom train` wrote, preferred to those that come with the repository.
    model : ModelInfo
        What ``shipped`` is.
    device : str
        Where ``shipped`` runs.

    Raises
    ------
    UsageError
        For an unknown name, or a model of another size than the table's.
    ModelError
        When weights are missing or do not fit.
    """
    if name not in {row.name for row in ROWS}:
        raise UsageError(f"There is no system '{name}'; there are: {', '.join(row.name for row in ROWS)}.")
    if name == "input":
        return _Input()
    if name == "bicubic":
        return _Bicubic()
    if name == "zssr":
        return _Zssr()
    if name == "pulse":
        return _Pulse(weights)
    if name == "shipped":
        if model.size != SIZE:
            raise UsageError(f"The table is made of faces of {SIZE} px; {model.name} is for {model.size} px.")
        return _Shipped(model, device)
    method, path, story = trained(name, weights)
    if name == "unpaired":
        assert isinstance(method, TwoBranch)
        return _Shift(method, _version(path), story)
    return _Trained(method, _version(path), story)


def _version(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _tensor(face: Rgb8) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(face.transpose(2, 0, 1)))[None].float() / 255


def _faces(drawn: torch.Tensor) -> list[Rgb8]:
    pixels = (drawn.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return [np.ascontiguousarray(face) for face in pixels]
