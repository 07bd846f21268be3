"""Put restored faces back into the full photo.

What is added to the photo is the *change* that restoration made to the crop, not the restored crop itself::

    photo + weight · ( up(restored − crop) − (1 − kept) · finer )

- ``up`` draws from the crop's frame into the photo's. An unchanged crop changes nothing, at any size of face,
  and pasting again never blurs or shifts.
- ``finer = photo − up(crop)`` is what a photo with a large face holds beyond the crop's resolution, and what
  of a small one is lost on the way to the crop and back: pores and lashes, but grain and dots of print as
  well. ``kept`` tells them apart: it is the share of the finest details of both crop and photo that
  restoration kept, measured around each place as the regression of the restored details on those of the
  crop. Where restoration kept them, finer ones stay (1: pure change); where it replaced them, finer ones go
  (0: pure replacement).
- A difference in tone along the feathered border is taken off the change, so that the face keeps the
  brightness and colour of its surroundings.
- Of the fine grain that restoration took away, a share is put back as new grain, never more than the
  surroundings have: a face without any in a photo full of it looks pasted.
- ``weight`` is 1 on the face, 0 beyond it and everywhere outside the crop, smooth between; where a head mask
  is given, the background beside the head is beyond it, see `engine.faces.paste_weight`. Where faces overlap,
  weights that sum to more than 1 are divided by their sum, so that no place is changed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np

from engine.faces.alignment import PASTED, AlignedFace
from engine.faces.geometry import invert, transform
from engine.faces.paste_weight import oval, somebody
from engine.faces.regions import Region, intersection, on_strips, overlap, strips, whole, widened, within
from engine.faces.resample import resample

GRAIN = 0.5
"""Share of the lost grain that is put back by default: hides the paste, does not look damaged."""

_TONE_GRID = 32  # cells for one side of the crop
_TONE = 10 / 255  # difference of a cell; where it is much larger, a thing has gone: a frame, a light
_TOLD = 0.1  # least share of a border that tells of the tone, by which a face is toned wholly
_MOST_GRAIN = 4 / 255  # standard deviation; more than film grain is damage, not character
_NOISE_FLOOR = 1 / 255  # details below this can't be told from rounding
_AROUND = 12  # px: the reach of local variance, 8 of its Gaussian and 4 of its mean
_MOST_STRIPS = 8  # of the surroundings, whose grain is looked at
_LUMINANCE = np.array((0.299, 0.587, 0.114), np.float32)  # ITU-R BT.601


@dataclass(frozen=True, eq=False)
class Change:
    """What restoration adds to a part of the photo.

    Attributes
    ----------
    region : (slice, slice)
        Rows and columns of the photo.
    """

    region: Region
    _plan: PastePlan
    _toned: np.ndarray  # (S, S) or (S, S, 3) float32: what the crop gains, 0..1
    _lost: np.ndarray  # (s, s) float32, 0..1: share of what is finer that goes, over the crop
    _whole: np.ndarray | None  # of a small face, which is averaged: in parts it would be over other blocks

    def values(self, part: Region) -> np.ndarray:
        """Give what is added to a part of the region; may be called from any thread.

        Parameters
        ----------
        part : (slice, slice)
            Rows and columns of the photo.

        Returns
        -------
        (h, w) or (h, w, 3) float32 array
            In the unit of the photo's pixels (0..255 or 0..65535); (h, w) holds for every channel.
        """
        inner = within(part, self.region)
        if self._whole is not None:
            return self._whole[inner]
        return self._plan._added(self._toned, self._lost, inner)


@dataclass(frozen=True, eq=False)
class PastePlan:
    """Everything about pasting one face that does not depend on how it is restored; see :func:`plan_paste`.

    Attributes
    ----------
    region : (slice, slice)
        Rows and columns of the photo that the face's weight touches.
    weight : (h, w) float32 array
        0..1, for the region.
    """

    region: Region
    weight: np.ndarray
    _alone: np.ndarray  # the same as if there were no other face
    _pixels: np.ndarray  # the photo's, of the region
    _crop: np.ndarray  # (S, S) or (S, S, 3) float32, 0..1
    _border: np.ndarray  # (32, 32) float32, 0..1: where the weight falls, in the crop
    _to_region: np.ndarray  # (2, 3) map from crop to region coordinates
    _scale: float  # crop pixels for one photo pixel
    _grain: np.ndarray  # (h, w) float32, standard deviation 1, times the share that is put back
    _grain_limit: float  # variance

    @property
    def _is_small(self) -> bool:
        """Whether the photo holds no more than the crop."""
        return self._scale >= 1

    def change(self, restored: np.ndarray) -> Change:
        """Work out what the photo gains from a restored crop.

        Parameters
        ----------
        restored : (S, S, 3) float32 array, 0..1, RGB
            The restored crop. Its luminance alone counts when the crop is grey.

        Returns
        -------
        Change
            All zero when the restored crop equals the crop.

        Raises
        ------
        ValueError
            The restored crop's shape differs from the crop's.
        """
        if restored.shape != (*self._crop.shape[:2], 3):
            raise ValueError(f"the restored face is {restored.shape}, the crop {self._crop.shape}")
        difference = np.asarray(restored, np.float32) - np.atleast_3d(self._crop)
        if self._crop.ndim == 2:
            difference = _luminance(difference)
        toned = difference - _tone(difference, self._border)
        lost = 1 - _kept(_luminance(self._crop), _luminance(difference), max(1.0, self._scale))
        small = self._added(toned, lost, whole(self.weight.shape)) if self._is_small else None
        return Change(self.region, self, toned, lost, small)

    def _added(self, toned: np.ndarray, lost: np.ndarray, part: Region) -> np.ndarray:
        """Give what is added to a part of the region, see `Change.values`."""
        around = widened(part, _AROUND, self.weight.shape)
        photo, finer = self._whole_photo if self._is_small else self._photo(around)
        change = self._drawn(toned, around, outside=0)
        change -= _like(self._drawn(lost, around, outside=0), finer) * finer
        inner = within(part, around)
        change = change[inner] + _like(self._lost_grain(photo, change, part, inner), change)
        return change * (_like(self.weight[part], change) * np.float32(_white(self._pixels)))

    @cached_property
    def _whole_photo(self) -> tuple[np.ndarray, np.ndarray]:
        # Of a small face, which is the same for every level: drawing the crop takes most of the time.
        return self._photo(whole(self.weight.shape))

    def _photo(self, part: Region) -> tuple[np.ndarray, np.ndarray]:
        """Give a part of the region as the photo has it, and what of that is finer than the crop."""
        photo = _scaled(self._pixels[part])
        return photo, (_luminance(photo) if self._crop.ndim == 2 else photo) - self._drawn(self._crop, part)

    def _drawn(self, crop: np.ndarray, part: Region, outside: int | None = None) -> np.ndarray:
        """Draw something that covers the crop into a part of the region."""
        rows, columns = part
        matrix = self._to_region.copy()
        matrix[:, :2] *= len(self._crop) / len(crop)
        matrix[:, 2] -= columns.start, rows.start
        return resample(crop, matrix, (columns.stop - columns.start, rows.stop - rows.start), outside)

    def _lost_grain(self, photo: np.ndarray, change: np.ndarray, part: Region, inner: Region) -> np.ndarray:
        """Give the grain that replaces, in a part, `inner` in photo and change, some of what is lost."""
        before, gained = _luminance(photo), _luminance(change)
        lost = _local_variance(before)[inner] - _local_variance(before + gained)[inner]
        return self._grain[part] * np.sqrt(np.clip(lost, 0, self._grain_limit))


def plan_paste(
    pixels: np.ndarray,
    faces: Sequence[AlignedFace],
    masks: Sequence[np.ndarray] = (),
    *,
    grain: float = GRAIN,
) -> tuple[PastePlan, ...]:
    """Prepare the pasting of all faces of a photo.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of uint8 or uint16
        The photo, grey or RGB; a grey photo stays grey, also when it has three equal channels.
    faces : sequence of AlignedFace
        All faces that will be restored, as :func:`engine.faces.align` cut them out of this photo.
    masks : sequence of (m, m) float32 arrays, 0..1, optional
        For each face, where in its crop somebody is; without any, everywhere.
    grain : float
        Share of the lost grain that is put back, 0..1.

    Returns
    -------
    tuple of PastePlan, in the order of ``faces``.

    Raises
    ------
    ValueError
        A face lies outside the photo, or there are some masks, but not as many as faces.
    """
    heads: Sequence[np.ndarray | None] = [somebody(one) for one in masks] if masks else [None] * len(faces)
    plans = [_plan_one(pixels, face, head, grain) for face, head in zip(faces, heads, strict=True)]
    return tuple(share_weight(plan, plans) for plan in plans)


def share_weight(plan: PastePlan, plans: Sequence[PastePlan]) -> PastePlan:
    """Divide a face's weight by the sum of all faces' weights where that exceeds 1.

    Parameters
    ----------
    plan : PastePlan
    plans : sequence of PastePlan
        Of all faces of the photo, `plan` among them; whether they are shared already does not count.

    Returns
    -------
    PastePlan
        `plan` itself for a face that meets no other one.
    """
    meeting = [other for other in plans if overlap(plan.region, other.region)]
    if len(meeting) == 1:
        return plan
    total = np.zeros_like(plan.weight)
    for other in meeting:
        common = intersection(plan.region, other.region)
        total[within(common, plan.region)] += other._alone[within(common, other.region)]
    return replace(plan, weight=plan._alone / np.maximum(total, 1))


def apply_changes(pixels: np.ndarray, changes: Sequence[Change], region: Region | None = None) -> np.ndarray:
    """Add changes to a photo; rounds once, so overlapping faces lose nothing.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of uint8 or uint16
        The photo; it is not written to.
    changes : sequence of Change
    region : (slice, slice), optional
        Rows and columns to return (start and stop given); the whole photo when left out.

    Returns
    -------
    New array of the region's shape, dtype of ``pixels``. Bit-identical to the photo where no change applies.
    """
    wanted = whole(pixels.shape) if region is None else region
    result = pixels[wanted].copy()

    def change(strip: Region) -> None:
        touching = [change for change in changes if overlap(change.region, strip)]
        if touching:
            total = np.zeros(pixels[strip].shape, np.float32)  # changes first: two give the same either way
            for change in touching:
                part = intersection(change.region, strip)
                added = total[within(part, strip)]
                added += _like(change.values(part), added)
            total += pixels[strip]
            result[within(strip, wanted)] = np.clip(np.rint(total), 0, _white(pixels))

    on_strips(change, wanted)
    return result


def paste(
    pixels: np.ndarray,
    faces: Sequence[AlignedFace],
    restored: Sequence[np.ndarray],
    masks: Sequence[np.ndarray] = (),
    *,
    grain: float = GRAIN,
) -> np.ndarray:
    """Put restored faces back into a photo: plan, changes and their application in one call.

    Parameters
    ----------
    pixels, faces, masks, grain
        See :func:`plan_paste`.
    restored : sequence of (S, S, 3) float32 arrays, 0..1, RGB
        One for each face.

    Returns
    -------
    New array of the photo's shape and dtype. Bit-identical to the photo beyond the faces.

    Raises
    ------
    ValueError
        A face lies outside the photo, or a restored crop has another shape than its face.
    """
    plans = plan_paste(pixels, faces, masks, grain=grain)
    return apply_changes(pixels, [plan.change(crop) for plan, crop in zip(plans, restored, strict=True)])


def pasted_region(shape: tuple[int, ...], face: AlignedFace) -> Region:
    """Give the rows and columns of a photo that pasting a face may touch.

    Parameters
    ----------
    shape : (H, W, ...)
        Of the photo.
    face : AlignedFace

    Raises
    ------
    ValueError
        The face lies outside the photo.
    """
    (left, top), (right, bottom) = PASTED
    pasted = np.array(((left, top), (right, top), (right, bottom), (left, bottom)))
    corners = transform(invert(face.matrix), pasted * face.size)
    x0, y0 = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(corners.max(axis=0)), (shape[1], shape[0])).astype(int)
    if x1 <= x0 or y1 <= y0:
        raise ValueError("the face lies outside the photo")
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def _plan_one(pixels: np.ndarray, face: AlignedFace, head: np.ndarray | None, grain: float) -> PastePlan:
    region = pasted_region(pixels.shape, face)
    rows, columns = region
    part = pixels[region]
    to_region = invert(face.matrix)
    to_region[:, 2] -= (columns.start, rows.start)
    crop = _scaled(face.pixels)
    if not np.ptp(face.pixels, axis=2).any():
        crop = np.ascontiguousarray(crop[..., 0])
    x, y = np.arange(columns.start, columns.stop) + 0.5, np.arange(rows.start, rows.stop)[:, None] + 0.5
    weight = oval(face, pixels.shape, x, y)
    coarse = oval(face, pixels.shape, *face.places(_TONE_GRID))
    if head is not None:
        from_head = to_region.copy()
        from_head[:, :2] *= face.size / len(head)
        weight *= np.clip(resample(head, from_head, part.shape[1::-1], outside=0), 0, 1)
        coarse = coarse * cv2.resize(head, coarse.shape, interpolation=cv2.INTER_AREA)
    limit, correlation = _surrounding_grain(part, weight)
    noise = _noise(region, correlation)
    noise *= np.float32(grain)
    border = 4 * coarse * (1 - coarse)
    return PastePlan(region, weight, weight, part, crop, border, to_region, face.scale, noise, limit)


def _tone(difference: np.ndarray, border: np.ndarray) -> np.ndarray:
    """Smooth continuation over the crop of the mean difference along the feathered border, (32, 32).

    Normalised convolution with a wide Gaussian, on a coarse grid; cells weigh as Cauchy's distribution says,
    so that the brightness of a thing that has gone is not put back as a haze. Where hardly any cell of the
    border tells of the tone, as along a line that has gone, it is left as it is.
    """
    size = difference.shape[0]
    coarse = cv2.resize(difference, (_TONE_GRID, _TONE_GRID), interpolation=cv2.INTER_AREA)
    told = border / (1 + np.square(_luminance(coarse) / _TONE))
    sums = coarse * _like(told, coarse)
    total, near, sums = (cv2.GaussianBlur(one, (0, 0), 0.15 * _TONE_GRID) for one in (border, told, sums))
    mean = sums / _like(np.maximum(near, _TOLD * total) + 1e-6, sums)
    return cv2.resize(mean, (size, size), interpolation=cv2.INTER_CUBIC)


def _kept(luminance: np.ndarray, difference: np.ndarray, finest: float) -> np.ndarray:
    """Share of a crop's details of some `finest` px that restoration kept, around each place, 0..1.

    The slope of the regression of the details after on those before, to which new details add nothing. It
    has a pixel for each `finest` of the crop's (S, S).
    """
    side = max(1, round(len(luminance) / finest))

    def around(product: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(cv2.resize(product, (side, side), interpolation=cv2.INTER_AREA), (0, 0), 4.0)

    fine, gained = (one - cv2.GaussianBlur(one, (0, 0), finest) for one in (luminance, difference))
    return np.clip(1 + around(fine * gained) / (around(fine * fine) + _NOISE_FLOOR**2), 0, 1)


def _fine(luminance: np.ndarray) -> np.ndarray:
    return luminance - cv2.GaussianBlur(luminance, (0, 0), 2.0)


def _local_variance(luminance: np.ndarray) -> np.ndarray:
    """Variance (h, w) of fine detail around each pixel."""
    return cv2.boxFilter(_fine(luminance) ** 2, -1, (9, 9))


def _surrounding_grain(pixels: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Variance of the grain around a face and the correlation of neighbouring pixels in it.

    The calmer third of the surroundings shows grain, the rest the picture. In a large face some strips of it
    tell as much as all.
    """
    all_strips = list(strips(whole(weight.shape)))
    variances, pairs, variances_of_pairs = [], [], []
    for strip in all_strips[:: -(-len(all_strips) // _MOST_STRIPS)]:
        around = weight[strip] < 0.5
        seen = widened(strip, _AROUND, weight.shape)
        inner = within(strip, seen)
        luminance = _luminance(_scaled(pixels[seen]))
        variance, fine = _local_variance(luminance)[inner], _fine(luminance)[inner]
        variances.append(variance[around])
        pairs.append((fine[:, 1:] * fine[:, :-1])[around[:, 1:]])
        variances_of_pairs.append(variance[:, 1:][around[:, 1:]])
    variance, product, of_pairs = (np.concatenate(one) for one in (variances, pairs, variances_of_pairs))
    if not variance.size:
        return 0.0, 0.0
    level = float(np.quantile(variance, 0.3))
    calm = product[of_pairs <= level]
    correlation = float(calm.mean()) / level if calm.size and level > 0 else 0.0
    return min(level, _MOST_GRAIN**2), correlation


def _noise(region: Region, correlation: float) -> np.ndarray:
    """Grain (h, w) float32 of standard deviation 1 whose neighbours correlate; the same for the same place.

    White noise under a Gaussian of width σ has the correlation exp(-1 / 4σ²) at a distance of one pixel.
    """
    rows, columns = region
    shape = rows.stop - rows.start, columns.stop - columns.start
    noise: np.ndarray = np.random.default_rng((rows.start, columns.start)).standard_normal(shape, np.float32)
    if correlation > 0.05:
        sigma = min(1.2, 1 / np.sqrt(-4 * np.log(min(correlation, 0.9))))
        noise = cv2.GaussianBlur(noise, (0, 0), sigma)
    noise /= max(float(noise.std()), 1e-6)
    return noise


def _scaled(pixels: np.ndarray) -> np.ndarray:
    """Give pixels of uint8 or uint16 as float32, 0..1."""
    return np.divide(pixels, np.float32(_white(pixels)), dtype=np.float32)


def _white(pixels: np.ndarray) -> int:
    return int(np.iinfo(pixels.dtype).max)


def _luminance(pixels: np.ndarray) -> np.ndarray:
    """Luminance (h, w) of an RGB or already grey picture."""
    return pixels if pixels.ndim == 2 else pixels @ _LUMINANCE


def _like(values: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Give (h, w) values the axis that lets them combine with a (h, w, 3) target."""
    return values[..., None] if values.ndim < target.ndim else values
