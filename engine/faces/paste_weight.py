"""How much of a restored face counts where: an oval in the aligned crop, in it somebody, not the background.

What lies beside a head is left as it was photographed: a calm oval in a grainy or dotted photo shows that it
was pasted, and lamps, beads and leaves of the background are no flaws of a face.
"""

from __future__ import annotations

import cv2
import numpy as np

from engine.faces.alignment import PASTED, AlignedFace
from engine.faces.geometry import invert, steps_to_edge
from engine.faces.regions import Region, on_strips, whole

_CENTRE = PASTED.mean(axis=0)  # of the oval, in crop sides
_OUTER = np.ptp(PASTED, axis=0) / 2  # half axes where the weight reaches 0
_INNER = 0.86  # share of the half axes up to which the weight is 1
_LEAST = 0.005  # share of the half axes over which the weight falls at least
_SQUARENESS = 4.5  # exponent of the oval: less would cut long hair and collars
_CORE_CENTRE, _CORE = np.array((0.5, 0.58)), np.array((0.2, 0.27))
_CORE_INNER = 0.6  # of the core, which is face whatever a mask says
_NOBODY, _SOMEBODY = 0.25, 0.6  # probabilities at which the weight leaves 0 and reaches 1
_CHEEKS = 0.55  # sides of the crop: above them a head has no gaps
_GAP = 0.3  # sides of the crop: of a disc that no gap in a head has room for
_GROWN = 3  # cells of the mask: outlines are restored, too


def oval(face: AlignedFace, shape: tuple[int, ...], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the oval's weight at places of the photo, 0..1, float32: flat, and falling smoothly to 0.

    It falls over as much as the photo has beyond the oval there, at most over a seventh of the half axes:
    where the photo ends, no blurred strip is left beside restored hair.

    Parameters
    ----------
    face : AlignedFace
    shape : (H, W, ...)
        Of the photo.
    x, y : arrays that broadcast to (h, w)
        Places in photo coordinates.

    Returns
    -------
    (h, w) float32 array
    """
    x, y = x.astype(np.float32), y.astype(np.float32)
    weight = np.empty(np.broadcast_shapes(x.shape, y.shape), np.float32)

    def fill(strip: Region) -> None:
        rows, _ = strip
        weight[rows] = _oval(face, shape, x if x.ndim == 1 else x[rows], y[rows])

    on_strips(fill, whole(weight.shape))
    return weight


def _oval(face: AlignedFace, shape: tuple[int, ...], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    radius: np.ndarray | float = 0.0
    for axis, half in enumerate(_OUTER.tolist()):
        step = invert(face.matrix)[:, axis] * face.size * half
        one, other, shift = (face.matrix[axis] / face.size / half).tolist()
        out = one * x + other * y + (shift - _CENTRE[axis].item() / half)
        share = np.abs(out)
        ends = share + np.where(out > 0, steps_to_edge(shape, x, y, step), steps_to_edge(shape, x, y, -step))
        falls = np.clip(ends - 1, _LEAST, 1 - _INNER)
        radius = radius + _power(share, _SQUARENESS * (1 - _INNER) / falls)
    return _falling(_power(radius, 1 / _SQUARENESS), _INNER)


def somebody(mask: np.ndarray) -> np.ndarray:
    """Give the weight of each cell of a head mask: 1 on the head and a little beyond, 0 on the background.

    Parameters
    ----------
    mask : (m, m) float32 array, 0..1
        Probability that there is somebody, over the whole crop.

    Returns
    -------
    (m, m) float32 array, 0..1
        1 in the middle of the face at any rate, 0 on what is apart from it, without holes: a bald head before
        the light has none.
    """
    grown = cv2.GaussianBlur(cv2.dilate(mask, np.ones((_GROWN, _GROWN), np.uint8)), (0, 0), 1.0)
    t = np.clip((grown - _NOBODY) / (_SOMEBODY - _NOBODY), 0, 1)
    weight = np.maximum(_smootherstep(t), middle_of_face(len(mask)))
    x, y = (_CORE_CENTRE * len(mask)).astype(int)
    _, parts = cv2.connectedComponents((weight > 0).astype(np.uint8))
    weight[parts != parts[y, x]] = 0
    return _filled(weight)


def middle_of_face(side: int) -> np.ndarray:
    """Give how certainly each cell of a crop is face, whatever a mask says: (side, side) float32, 0..1."""
    places = (np.arange(side) + 0.5) / side
    (x0, y0), (across, down) = _CORE_CENTRE, _CORE
    return _falling(np.hypot((places - x0) / across, (places[:, None] - y0) / down), _CORE_INNER)


def _filled(weight: np.ndarray) -> np.ndarray:
    """Fill gaps in a head, below the cheeks what is enclosed from all four sides alone."""
    enclosed = np.minimum(_between_sides(weight), _between_sides(weight.T).T)
    gap, above = round(_GAP * len(weight)), round(_CHEEKS * len(weight))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap))
    # Without a border, what lies between a head and the crop's side would pass for a gap.
    closed = cv2.morphologyEx(np.pad(weight, gap), cv2.MORPH_CLOSE, disc)[gap:-gap, gap:-gap]
    return np.vstack((np.maximum(enclosed, closed)[:above], enclosed[above:]))


def _between_sides(mask: np.ndarray) -> np.ndarray:
    """Fill each row between its left and its right: the lower of the highest values on either side."""
    from_left, from_right = (np.maximum.accumulate(one, axis=1) for one in (mask, mask[:, ::-1]))
    return np.minimum(from_left, from_right[:, ::-1])


def _power(base: np.ndarray | float, exponent: np.ndarray | float) -> np.ndarray:
    """Power of float32 numbers from 0 on; NumPy's own takes several times as long."""
    with np.errstate(divide="ignore", over="ignore"):
        return np.exp(exponent * np.log(base))


def _falling(radius: np.ndarray, inner: float) -> np.ndarray:
    """Weight 1 up to the radius `inner`, 0 from 1 on."""
    return _smootherstep(np.clip((1 - radius) / (1 - inner), 0, 1))


def _smootherstep(t: np.ndarray) -> np.ndarray:
    """Perlin's smootherstep: no visible kink; rounding leads beyond 1."""
    return np.minimum(t**3 * (t * (t * 6 - 15) + 10), 1).astype(np.float32)
