"""Fit the head mask, from sharp faces alone, without a mask that anybody drew.

GrabCut (Rother, Kolmogorov & Blake, ACM Transactions on Graphics 23, 2004) tells somebody from the background
by colours, given a guess where the head is. It errs with every third face, and with each in another way, so
that a small network that sees the encoder's features learns what is right more than what is wrong. What it
says is a better guess: from there GrabCut looks again, and the network learns once more. Some faces are laid
on paper first, as old portraits are: paper, and a line around a picture, are nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from engine.degradation import draw_damage, draw_tone
from engine.faces.paste_weight import CHEEKS, GAP, between_sides, gaps_closed
from engine.lcqs.augmentation import on_a_mount
from engine.lcqs.faces_data import FaceFolder, flip
from engine.lcqs.head_mask import HeadMask, both
from engine.lcqs.network import Lcqs

Mask = NDArray[np.float32]  # 0 to 1
_Face = NDArray[np.uint8]
_Places = NDArray[np.bool_]

_SIDE = 96  # px, at which GrabCut looks
_LOOKS = 4  # iterations of GrabCut
_GUESSES = 1.1, 1.4  # sizes of the head, of `_HEAD`; hair that is not guessed is lost too often
_HEAD = (0.5, 0.5), (0.32, 0.44)  # middle and half axes of an ellipse in an FFHQ-aligned face
_CORE = (0.5, 0.6), (0.12, 0.21)  # of one that is face for certain, also of faces that look aside
_RIM, _RIM_DOWN = 0.045, 0.38  # background for certain: so far from either side, down to there
_SHOULDERS = 0.84  # below this there may be shoulders
_LIKELY, _CERTAIN, _NOBODY = 0.35, 0.97, 0.02  # probabilities from which GrabCut begins again
_ALIKE = 0.9  # overlap of two masks from which they are believed
_DAMAGED = 0.8  # share of the faces that are damaged
_MOUNTED = 0.3  # share of those on paper
_BATCH, _ROUNDS = 16, 500
_RATE, _WEIGHT_DECAY = 4e-3, 0.01
_UNSEEN = 0.2  # share of the features' channels that are left out, by chance
_HELD_OUT = 10  # every tenth face


def fit_head_mask(net: Lcqs, faces: FaceFolder, count: int, seed: int = 0) -> float:
    """Fit `net.head_mask` in place; the encoder stays as it is.

    Parameters
    ----------
    net : Lcqs
    faces : FaceFolder
        Sharp faces.
    count : int
        How many of them are used, at most. Their features take 2.6 MB each at 256 px.
    seed : int
        Of everything random.

    Returns
    -------
    float
        Overlap (intersection over union) with GrabCut's masks of faces that were held out.
    """
    rng = np.random.default_rng((seed, count))
    chosen = rng.permutation(len(faces))[:count]
    sharp = [_Portrait.of(flip(faces[int(i)], rng), rng) for i in chosen]
    features = [
        one for start in range(0, len(sharp), 8) for one in _features(net, sharp[start : start + 8], rng)
    ]
    held_out = np.arange(len(sharp)) % _HELD_OUT == 0
    with ThreadPoolExecutor() as threads:  # GrabCut leaves Python's lock alone
        guessed = list(threads.map(_from_guesses, sharp))
        masks, believed = [mask for mask, _ in guessed], np.array([sure for _, sure in guessed])
        seen = _seen_by_others(net, features, _without_paper(sharp, masks), believed & ~held_out)
        masks = _without_paper(sharp, list(threads.map(_from_mask, sharp, seen, masks)))
    believed = np.array([_overlap(one, other) > _ALIKE for one, other in zip(masks, seen, strict=True)])
    head = _fitted(net, features, masks, believed & ~held_out, _ROUNDS)
    net.head_mask.load_state_dict(head.state_dict())
    found = _predict(head, [one for one, out in zip(features, held_out, strict=True) if out])
    known = [one for one, out in zip(masks, held_out, strict=True) if out]
    return float(np.mean([_overlap(one, other) for one, other in zip(found, known, strict=True)]))


@dataclass(frozen=True)
class _Portrait:
    face: _Face  # as GrabCut sees it: around heads on paper too little is left to compare them with
    seen: _Face  # as the network sees it
    paper: _Places  # (96, 96): nobody, whatever is beneath

    @classmethod
    def of(cls, face: _Face, rng: np.random.Generator) -> _Portrait:
        """Lay a face on paper, or leave it as it is."""
        face = np.ascontiguousarray(face)
        mounted, covered = on_a_mount(face, rng)
        if rng.random() > _MOUNTED:
            return cls(face, face, np.zeros((_SIDE, _SIDE), np.bool_))
        return cls(face, mounted, cv2.resize(covered, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA) > 0.5)


@torch.no_grad()
def _features(net: Lcqs, sharp: Sequence[_Portrait], rng: np.random.Generator) -> list[list[Tensor]]:
    """Give what the mask sees of each face, damaged or not, in half precision, on the network's device."""
    seen = []
    for portrait in sharp:
        face = draw_tone(portrait.seen, rng)
        damaged = rng.random() < _DAMAGED
        seen.append(draw_damage(rng).apply(face, float(rng.uniform(0.2, 1.0) ** 0.5)) if damaged else face)
    device = next(net.parameters()).device
    low = torch.from_numpy(np.stack(seen)).to(device).permute(0, 3, 1, 2).float() / 255
    encoding = net.encode(low.contiguous(memory_format=torch.channels_last))
    features = both(encoding.features[1:], net.shifted_features(encoding)[1:])
    return [[one[i].half() for one in features] for i in range(len(sharp))]


def _fitted(
    net: Lcqs, features: list[list[Tensor]], masks: list[Mask], believed: NDArray[np.bool_], rounds: int
) -> HeadMask:
    """Fit a new mask to those that are believed, or to all where none are."""
    head = HeadMask(net.config.widths[1:]).to(features[0][0].device)
    side = features[0][0].shape[-1]
    small = np.stack([cv2.resize(mask, (side, side), interpolation=cv2.INTER_AREA) for mask in masks])
    wanted = torch.from_numpy(small).to(features[0][0].device)
    rows = torch.from_numpy(np.nonzero(believed if believed.any() else ~believed)[0])
    optimiser = torch.optim.AdamW(head.parameters(), _RATE, weight_decay=_WEIGHT_DECAY)
    course = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, rounds)
    rng = torch.Generator().manual_seed(len(rows))
    for _ in range(rounds):
        some = rows[torch.randint(len(rows), (_BATCH,), generator=rng)]
        seen = [F.dropout2d(one, _UNSEEN) for one in _stacked([features[int(i)] for i in some])]
        drawn = head.logits(seen)
        loss = F.binary_cross_entropy_with_logits(drawn, wanted[some])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        course.step()
    return head.requires_grad_(False)


def _seen_by_others(
    net: Lcqs, features: list[list[Tensor]], masks: list[Mask], believed: NDArray[np.bool_]
) -> list[Mask]:
    """Give the masks that are seen in either half of the faces by who has learnt from the other half.

    Who has learnt from a mask would see its errors again.
    """
    seen: list[Mask] = [np.empty(0, np.float32)] * len(features)
    even = np.arange(len(features)) % 2 == 0
    for half in (even, ~even):
        head = _fitted(net, features, masks, believed & ~half, _ROUNDS // 2)
        rows = np.nonzero(half)[0]
        for row, mask in zip(rows, _predict(head, [features[row] for row in rows]), strict=True):
            seen[row] = mask
    return seen


def _stacked(features: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    return [torch.stack(size).float() for size in zip(*features, strict=True)]


@torch.no_grad()
def _predict(head: HeadMask, features: Sequence[Sequence[Tensor]]) -> list[Mask]:
    """Give the masks that a network sees."""
    batches = (features[start : start + _BATCH] for start in range(0, len(features), _BATCH))
    return [mask for batch in batches for mask in head.logits(_stacked(batch)).sigmoid().cpu().numpy()]


def _overlap(one: Mask, other: Mask) -> float:
    """Intersection over union of two masks, of any sizes."""
    shape = other.shape[1], other.shape[0]
    a, b = cv2.resize(one, shape, interpolation=cv2.INTER_LINEAR) > 0.5, other > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


def _from_guesses(portrait: _Portrait) -> tuple[Mask, bool]:
    """Give the mean of the masks that GrabCut finds from guesses, and whether they are alike."""
    y, x = _places()
    rim = (np.minimum(x, 1 - x) < _RIM) & (y < _RIM_DOWN)
    found = []
    for size in _GUESSES:
        shoulders = (y > _SHOULDERS) & (np.abs(x - 0.5) < 0.16 + 1.5 * (y - _SHOULDERS))
        marks = np.where(_inside(_HEAD, size) | shoulders, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
        found.append(_grab(portrait.face, np.where(rim, cv2.GC_BGD, marks)))
    return np.asarray(np.mean(found, 0), np.float32), _overlap(found[0], found[1]) > _ALIKE


def _without_paper(portraits: Sequence[_Portrait], masks: Sequence[Mask]) -> list[Mask]:
    return [np.where(one.paper, np.float32(0), mask) for one, mask in zip(portraits, masks, strict=True)]


def _from_mask(portrait: _Portrait, mask: Mask, beneath: Mask) -> Mask:
    """Give the mask that GrabCut finds from another one, and beneath the paper from a third."""
    likely = cv2.resize(mask, (_SIDE, _SIDE), interpolation=cv2.INTER_LINEAR)
    likely = np.where(portrait.paper, beneath, likely)
    marks = np.where(likely > _LIKELY, cv2.GC_PR_FGD, cv2.GC_PR_BGD)
    marks[likely > _CERTAIN] = cv2.GC_FGD
    marks[likely < _NOBODY] = cv2.GC_BGD
    return _grab(portrait.face, marks)


def _grab(face: _Face, marks: NDArray[np.int64]) -> Mask:
    """Run GrabCut from its marks, (96, 96); where it has nothing to tell apart, the marks stay."""
    marks = np.where(_inside(_CORE), cv2.GC_FGD, marks).astype(np.uint8)
    if np.isin(marks, (cv2.GC_BGD, cv2.GC_PR_BGD)).any():
        small = cv2.resize(face, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        cv2.setRNGSeed(1)  # of this thread: GrabCut begins with clusters of colours
        models = np.zeros((2, 1, 65))
        cv2.grabCut(small, marks, (0, 0, 1, 1), models[0], models[1], _LOOKS, cv2.GC_INIT_WITH_MASK)
    return _in_one_piece(np.isin(marks, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8))


def _in_one_piece(mask: NDArray[np.uint8]) -> Mask:
    """Take off what is apart from the head, and fill in what lies within: dark hair before the dark."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    head = np.zeros_like(mask)
    cv2.drawContours(head, [max(outlines, key=cv2.contourArea)], 0, 1, cv2.FILLED)
    gap, above = round(GAP * len(head)), round(CHEEKS * len(head))
    head[:above] = np.minimum(gaps_closed(head, gap), between_sides(head))[:above]
    return head.astype(np.float32)


def _places() -> NDArray[np.float64]:
    """Give rows and columns of GrabCut's pixels, in sides of a face."""
    return (np.mgrid[:_SIDE, :_SIDE] + 0.5) / _SIDE


def _inside(ellipse: tuple[tuple[float, float], tuple[float, float]], size: float = 1.0) -> NDArray[np.bool_]:
    (x0, y0), (across, down) = ellipse
    y, x = _places()
    return np.asarray(((x - x0) / across) ** 2 + ((y - y0) / down) ** 2 <= size**2)
