"""Fit the head mask to what `Silhouettes` sees in sharp faces, and in old ones that the network has restored.

In many an old face itself, a print above all, the teacher does not find anybody. The mask's network sees the
old faces as they are, and most of the sharp ones damaged, so that it learns where an outline runs that damage
hides. Some lie on paper, as old portraits do, and some beside a frame or another picture: paper, frames and
what is beyond them are nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import draw_damage, draw_tone
from engine.errors import ModelError
from engine.faces.paste_weight import middle_of_face
from engine.lcqs.augmentation import beside_a_frame, on_a_mount
from engine.lcqs.faces_data import FaceFolder, flip
from engine.lcqs.head_mask import HeadMask, both
from engine.lcqs.network import Lcqs

Mask = NDArray[np.float32]  # 0 to 1
_Face = NDArray[np.uint8]
Teacher = Callable[[_Face], Mask]
"""Gives the probability of somebody, at any resolution, at each place of a face, (S, S, 3) RGB."""

_OLDS = 0.5  # old faces for each sharp one
_UNDERSTOOD = 0.9  # least probability of somebody in a face's middle
_DAMAGED, _DAMAGED_OLDS = 0.8, 0.3  # shares of the faces that are damaged
_MOUNTED = 0.3  # share of the sharp ones on paper
_FRAMED = 0.25  # share of all beside a frame
_APART = 3  # cells between somebody and paper or a frame: masks are grown where they are used
_AT_ONCE = 8  # faces that are encoded together
_BATCH, _ROUNDS = 16, 6000
_RATE, _WEIGHT_DECAY = 4e-3, 0.01
_UNSEEN = 0.2  # share of the features' channels that are left out, by chance
_HELD_OUT = 10  # every tenth face


def fit_head_mask(
    net: Lcqs, teacher: Teacher, sharp: FaceFolder, old: FaceFolder, count: int, seed: int = 0
) -> float:
    """Fit `net.head_mask` in place; the encoder stays as it is.

    Parameters
    ----------
    net : Lcqs
    teacher : callable
        Tells somebody from the background, as `Silhouettes` does.
    sharp, old : FaceFolder
        The two quality domains.
    count : int
        How many of the sharp faces are used, at most. The features of a face take 2.6 MB at 256 px.
    seed : int
        Of everything random.

    Returns
    -------
    float
        Overlap (intersection over union) with the teacher's masks of faces that were held out.

    Raises
    ------
    ModelError
        When the teacher sees nobody in the middle of any of them.
    """
    rng = np.random.default_rng((seed, count))
    features, masks = _lessons(net, _portraits(net, teacher, sharp, old, count, rng))
    if not masks:
        raise ModelError("Head masks can't be fitted to these faces: their teacher sees nobody in them.")
    held_out = np.arange(len(masks)) % _HELD_OUT == 0
    head = _fitted(net, features, masks, np.nonzero(~held_out | (len(masks) == 1))[0])
    net.head_mask.load_state_dict(head.state_dict())
    found = _predict(head, [one for one, out in zip(features, held_out, strict=True) if out])
    known = [one for one, out in zip(masks, held_out, strict=True) if out]
    return float(np.mean([_overlap(one, other) for one, other in zip(found, known, strict=True)]))


@dataclass(frozen=True)
class _Portrait:
    seen: _Face  # as the mask's network sees it
    mask: Mask  # (S/4, S/4)


def _portraits(
    net: Lcqs, teacher: Teacher, sharp: FaceFolder, old: FaceFolder, count: int, rng: np.random.Generator
) -> Iterator[_Portrait]:
    """Draw sharp and old faces, shuffled; those that the teacher does not understand are left out."""
    sharps = rng.permutation(len(sharp))[:count]
    olds = rng.permutation(len(old))[: round(_OLDS * count)]
    drawn = [(int(i), False) for i in sharps] + [(int(i), True) for i in olds]
    for place in rng.permutation(len(drawn)):
        number, is_old = drawn[place]
        face = np.ascontiguousarray(flip((old if is_old else sharp)[number], rng))
        mask = teacher(_restored(net, face) if is_old else face)
        middle = cv2.resize(middle_of_face(face.shape[0]), mask.shape, interpolation=cv2.INTER_AREA)
        if (mask * middle).sum() >= _UNDERSTOOD * middle.sum():
            yield _portrait(face, mask, is_old, rng)


def _portrait(face: _Face, mask: Mask, is_old: bool, rng: np.random.Generator) -> _Portrait:
    """Damage a face, or leave it as it is, upon paper or not, beside a frame or not."""
    nobody, seen = np.zeros(face.shape[:2], np.float32), face
    if not is_old and rng.random() < _MOUNTED:
        seen, covered = on_a_mount(face, rng)
        nobody = (covered > 0.5).astype(np.float32)
    if rng.random() < _FRAMED:
        seen, covered = beside_a_frame(seen, rng)
        nobody = np.maximum(nobody, (covered > 0.5).astype(np.float32))
    seen = draw_tone(seen, rng)
    if rng.random() < (_DAMAGED_OLDS if is_old else _DAMAGED):
        seen = draw_damage(rng).apply(seen, float(rng.uniform(0.2, 1.0) ** 0.5))
    cells = face.shape[0] // 4, face.shape[0] // 4
    there, beyond = (cv2.resize(one, cells, interpolation=cv2.INTER_AREA) for one in (mask, nobody))
    apart = cv2.dilate(beyond, np.ones((2 * _APART + 1, 2 * _APART + 1), np.uint8))
    return _Portrait(seen, there * (1 - apart))


def _tensor(net: Lcqs, faces: Sequence[_Face]) -> Tensor:
    """Put faces on the network's device, as it takes them."""
    tensor = torch.from_numpy(np.stack(faces)).to(next(net.parameters()).device)
    return (tensor.permute(0, 3, 1, 2).float() / 255).contiguous(memory_format=torch.channels_last)


@torch.no_grad()
def _restored(net: Lcqs, face: _Face) -> _Face:
    drawn = net.strongly_shifted(net.encode(_tensor(net, [face])))[0]
    return np.ascontiguousarray((255 * drawn).round().byte().permute(1, 2, 0).cpu().numpy())


@torch.no_grad()
def _lessons(net: Lcqs, portraits: Iterator[_Portrait]) -> tuple[list[list[Tensor]], list[Mask]]:
    """Give what the mask's network sees of each face, in half precision on its device, and its mask."""
    features: list[list[Tensor]] = []
    masks: list[Mask] = []
    while some := list(islice(portraits, _AT_ONCE)):
        encoding = net.encode(_tensor(net, [portrait.seen for portrait in some]))
        sizes = both(encoding.features[1:], net.shifted_features(encoding)[1:])
        features += [[size[i].half() for size in sizes] for i in range(len(some))]
        masks += [portrait.mask for portrait in some]
    return features, masks


def _fitted(net: Lcqs, features: list[list[Tensor]], masks: list[Mask], rows: NDArray[np.int64]) -> HeadMask:
    """Fit a new mask to the faces of `rows`."""
    device = features[0][0].device
    head = HeadMask(net.config.widths[1:]).to(device)
    wanted = torch.from_numpy(np.stack(masks)).to(device)
    optimiser = torch.optim.AdamW(head.parameters(), _RATE, weight_decay=_WEIGHT_DECAY)
    course = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, _ROUNDS)
    rng = torch.Generator().manual_seed(len(rows))
    for _ in range(_ROUNDS):
        some = rows[torch.randint(len(rows), (_BATCH,), generator=rng).numpy()]
        seen = [F.dropout2d(one, _UNSEEN) for one in _stacked([features[i] for i in some])]
        loss = F.binary_cross_entropy_with_logits(head.logits(seen), wanted[torch.from_numpy(some)])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        course.step()
    return head.requires_grad_(False)


def _stacked(features: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    return [torch.stack(size).float() for size in zip(*features, strict=True)]


@torch.no_grad()
def _predict(head: HeadMask, features: Sequence[Sequence[Tensor]]) -> list[Mask]:
    """Give the masks that a network sees."""
    batches = (features[start : start + _BATCH] for start in range(0, len(features), _BATCH))
    return [mask for batch in batches for mask in head.logits(_stacked(batch)).sigmoid().cpu().numpy()]


def _overlap(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks."""
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))
