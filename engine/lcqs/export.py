"""From training runs to a model of the store: ONNX files that encode, judge, decode and refine a face."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from engine.lcqs.deblocker import Deblocker
from engine.lcqs.finer import Finer
from engine.lcqs.generator import ModulatedConv
from engine.lcqs.layers import JoiningConv, of_any_size
from engine.lcqs.network import STRONG, Encoding, Lcqs
from engine.lcqs.quality_shift import LEVEL_MAX, LEVEL_MIN
from engine.runtime import ModelInfo, check_labels, load_manifest, register_model

_OPSET = 18
_HALVED_FROM = 4096


class _Encode(nn.Module):
    def __init__(self, net: Lcqs):
        super().__init__()
        self.net = net

    def forward(self, face: Tensor) -> tuple[Tensor, ...]:
        encoding = self.net.encode(face)
        strong = torch.full_like(encoding.level, STRONG)  # at which the second look looks
        return (encoding.w, encoding.level, strong, *encoding.features)


class _Decode(nn.Module):
    def __init__(self, net: Lcqs):
        super().__init__()
        self.net = net
        for conv in net.generator.modules():
            if isinstance(conv, ModulatedConv):
                # Traced as it stands, this would put a second copy of every weight into the file.
                conv.energy = partial(torch.clone, conv.energy().detach())  # type: ignore[method-assign]

    def forward(self, face: Tensor, alpha: Tensor, w: Tensor, *features: Tensor) -> Tensor:
        encoding = Encoding(face, w, list(features), alpha)
        return self.net.decode(encoding, alpha).clamp(0, 1)


class _Level(nn.Module):
    def __init__(self, net: Lcqs):
        super().__init__()
        self.look, self.head_mask, self.likeness = net.second_look, net.head_mask, net.likeness

    def forward(self, level: Tensor, *features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        half = len(features) // 2
        seen, shifted = list(features[:half]), list(features[half:])
        mask = self.head_mask(seen[1:], shifted[1:])
        return self.look(level, seen, shifted), mask, self.likeness(seen)


class _Softening(nn.Module):
    def __init__(self, net: Lcqs):
        super().__init__()
        self.net = net.softening

    def forward(self, *features: Tensor) -> Tensor:
        return torch.as_tensor(self.net(list(features)))


class _Finer(nn.Module):
    def __init__(self, net: Finer):
        super().__init__()
        self.net = net

    def forward(self, photo: Tensor, restored: Tensor, share: Tensor) -> Tensor:
        return self.net(photo, restored, share).clamp(0, 1)


class _DeblockingHelps(nn.Module):
    def __init__(self, net: Deblocker):
        super().__init__()
        self.net = net

    def forward(self, face: Tensor, *features: Tensor) -> tuple[Tensor, ...]:
        seen = self.net.look(face)
        return (self.net.helps([*features, *seen]) > 0, *seen)


class _Deblock(nn.Module):
    def __init__(self, net: Deblocker):
        super().__init__()
        self.net = net

    def forward(self, face: Tensor, *seen: Tensor) -> Tensor:
        return self.net.undo(face, list(seen)).clamp(0, 1)


def export_model(
    net: Lcqs,
    folder: Path,
    *,
    name: str,
    version: str,
    licence: str,
    finer: Finer | None = None,
    deblocker: Deblocker | None = None,
) -> ModelInfo:
    """Write a network into a folder of the model store and make it the folder's default.

    A model of that name is replaced once the new one is complete; until then, and after an error, the store
    is as it was.

    Parameters
    ----------
    net : Lcqs
        The network.
    folder : Path
        Folder of the store; made if missing.
    name, version, licence : str
        As in `engine.runtime.ModelInfo`.
    finer : Finer, optional
        Stage for photos that hold a face in more pixels.
    deblocker : Deblocker, optional
        Stage for photos that were compressed.

    Returns
    -------
    ModelInfo
        The entry in the folder's manifest.

    Raises
    ------
    UsageError
        As `engine.runtime.check_labels`.
    ModelError
        When the folder's manifest is damaged.
    """
    check_labels(name, version, licence)
    load_manifest(folder)  # a damaged one is told before anything is written
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".export-", dir=folder) as made:
        files = _write_parts(net, finer, deblocker, Path(made), name)
        with _moved(Path(made), folder, files.values()):
            return register_model(
                folder,
                name=name,
                version=version,
                kind="lcqs",
                files=files,
                size=net.config.size,
                levels=(LEVEL_MIN, LEVEL_MAX),
                licence=licence,
                make_default=True,
            )


@contextmanager
def _moved(made: Path, folder: Path, files: Iterable[str]) -> Iterator[None]:
    """Move files into a folder, over those there; where anything fails, in here too, those come back.

    Without that a model would be left of files that its manifest does not vouch for.
    """
    former = made / "former"
    former.mkdir()
    with ExitStack() as undo:
        for file in files:
            if (folder / file).exists():
                (folder / file).replace(former / file)
                undo.callback((former / file).replace, folder / file)
            else:
                undo.callback((folder / file).unlink, missing_ok=True)
            (made / file).replace(folder / file)
        yield
        undo.pop_all()


def _write_parts(
    net: Lcqs, finer: Finer | None, deblocker: Deblocker | None, folder: Path, name: str
) -> dict[str, str]:
    """Write the parts of a model into a folder; return the name of each one's file."""
    net, finer, deblocker = copy.deepcopy(net).eval(), copy.deepcopy(finer), copy.deepcopy(deblocker)
    for part in (net, finer, deblocker):
        for module in part.modules() if part is not None else ():
            if isinstance(module, JoiningConv):
                module.widen()
    size = net.config.size
    face, alpha = torch.rand(2, 3, size, size), torch.tensor([40.0, 80.0])
    with torch.no_grad():
        w, _, _, *features = _Encode(net)(face)
    feature_names = [f"f{size // f.shape[-1]}" for f in features]
    parts = ["encode", "softening", "decode", "level"] + (["finer"] if finer is not None else [])
    parts += ["deblocking_helps", "deblock"] if deblocker is not None else []
    files = {part: f"{name}-{part}.onnx" for part in parts}
    outputs = ["w", "first_level", "strong_level", *feature_names]
    _write(_Encode(net), (face,), ["face"], outputs, folder / files["encode"])
    _write(_Softening(net), tuple(features), feature_names, ["softening"], folder / files["softening"])
    inputs = ["face", "alpha", "w", *feature_names]
    _write(_Decode(net), (face, alpha, w, *features), inputs, ["restored"], folder / files["decode"])
    seen = [*feature_names, *(f"shifted_{one}" for one in feature_names)]
    example = (alpha, *features, *(torch.rand_like(one) for one in features))
    outputs = ["level", "mask", "likeness"]
    _write(_Level(net), example, ["first_level", *seen], outputs, folder / files["level"])
    if finer is not None:
        example = (torch.rand(2, 3, 2 * size, 2 * size), face, torch.ones(2))
        _write(_Finer(finer), example, ["photo", "restored", "share"], ["finer"], folder / files["finer"])
    if deblocker is not None:
        looks, undoes = (folder / files[part] for part in ("deblocking_helps", "deblock"))
        _write_deblocker(deblocker, face, dict(zip(feature_names, features, strict=True)), looks, undoes)
    return files


def _write_deblocker(
    net: Deblocker, face: Tensor, features: dict[str, Tensor], looks: Path, undoes: Path
) -> None:
    """Write the way down, which tells whom the way up helps, and the way up, which is not gone for others."""
    with torch.no_grad():
        seen = net.look(face)
    passed = [f"passed{number}" for number in range(len(seen))]
    sized = ["face", *passed, "deblocked"]
    with of_any_size():
        inputs, outputs = ["face", *features], ["helps", *passed]
        _write(_DeblockingHelps(net), (face, *features.values()), inputs, outputs, looks, sized)
        _write(_Deblock(net), (face, *seen), ["face", *passed], ["deblocked"], undoes, sized)


def _write(
    module: nn.Module,
    example: tuple[Tensor, ...],
    inputs: list[str],
    outputs: list[str],
    path: Path,
    sized: Sequence[str] = (),
) -> None:
    """Trace a module and write it, its large weights as float16.

    How many faces there are is left open, and for what is named in `sized` height and width.
    """
    module.eval()
    sides = {name: {2: f"{name}_height", 3: f"{name}_width"} for name in sized}
    free = {name: {0: "n"} | sides.get(name, {}) for name in (*inputs, *outputs)}
    with warnings.catch_warnings():
        # The tracing exporter is deprecated, but its successor can't free a starred argument's batch size.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, example, str(path), input_names=inputs, output_names=outputs,
            dynamic_axes=free, opset_version=_OPSET, dynamo=False,
        )  # fmt: skip
    model = onnx.load(str(path))
    _halve_weights(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


def _halve_weights(model: Any) -> None:
    """Store large float32 weights as float16, cast back when a session is made: half the size, same speed."""
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        array = numpy_helper.to_array(weight)
        if array.dtype != np.float32 or array.size < _HALVED_FROM:
            continue
        full, half = weight.name, f"{weight.name}.half"
        weight.CopyFrom(numpy_helper.from_array(array.astype(np.float16), half))
        casts.append(
            onnx.helper.make_node("Cast", [half], [full], to=onnx.TensorProto.FLOAT, name=f"{full}.cast")
        )
    for i, cast in enumerate(casts):
        graph.node.insert(i, cast)
