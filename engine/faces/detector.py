"""Find the faces of a photo of any size: a search at several sizes, then a closer look at each find.

The search runs the network over the whole photo at a few sizes, so that every face between 20 photo pixels
and the whole picture appears at a size that the network knows. The closer look then cuts each find out,
upright and at one size, and asks the network again, also for the mirror image: that makes the landmarks
independent of the photo's size and place, and is a second opinion on whether it is a face at all.

Grain, blocks and the dots of a print hide a face from the network: what the closer look doubts is looked at
again, softened and smaller, and where no face is seen otherwise, or some are seen only so, the whole photo is
searched softened as well. Scans lie on their side or upside down, too: where no face stands, and where some
lie, the photo is searched the other ways round.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

import cv2
import numpy as np

from engine.faces import centerface
from engine.faces.alignment import TEMPLATE
from engine.faces.face import Face
from engine.faces.geometry import Box, invert, length, overlaps, quarter_turn, similarity, transform
from engine.faces.plausibility import refusal, roll
from engine.faces.resample import resample
from engine.photo import halved

CERTAIN = 0.6
"""A face with a lower score is reported as uncertain."""
REPORTED = 0.45
"""A find with a lower score is not reported."""

_CANDIDATE = (
    0.05  # score at which the search takes a closer look: low, or faces of 20 network pixels get lost
)
_LIKELY = 0.4  # score at which the search for how a photo lies does: such faces had .82 to .95 there
_BY_HAND = 0.1  # score of a face inside a box that a user drew
_SEEN = 0.2  # score of a face that a closer look sees
_FINE_AREA = 1.2e6  # network pixels of the finest size, while its scale stays between the next two
_FINE_SCALES = (0.37, 1.25)
_LARGEST_AREA = 8e6
_TURNED_AREA = 0.25e6  # network pixels of the finest size in the search for how the photo lies
_COARSER = (
    3.0  # from one size to the next: less than the range of face sizes that the network finds at one size
)
_COARSE_SIDE = 192  # longer side of the photo at the coarsest size, where a face may fill it
_COARSE_FRAME = (
    1 / 3
)  # frame around the coarsest sizes, in longer sides: what a face that fills the photo needs
_FRAME = 16  # frame around the other sizes, in network pixels
_GREY = (
    127  # the frame's value: with grey, more faces are found at borders than with mirrored or repeated pixels
)
_TILE, _OVERLAP = (
    1024,
    64,
)  # a tile bounds the memory of a run; faces up to the overlap lie whole in one of them
_VIEW, _VIEW_FACE = 192, 104  # side of the closer look and height of the face's box in it
_SPARE = 4.0  # pixels for one of the closer look in what it is drawn from, if the photo has as many
_SOFTENED = 3.0  # standard deviation of what softens a search, in network pixels
_SOFTENED_VIEWS = (160, 80, 2.0), (160, 52, 3.0)  # side, face and deviation of softened looks
_SOFTENED_TRUST = 0.93  # share of a softened look's score that counts: what is no face had up to .46
_SOFTENED_SCALE = 0.58  # of a softened search, beside the scales of the other: between two of them
_MIRRORED = (1, 0, 2, 4, 3)  # order of the landmarks in a mirror


class FaceDetector:
    """Finds faces with the CenterFace network.

    Parameters
    ----------
    run : callable, optional
        Runs the network: (N, 3, H, W) float32 array, 0..255, RGB, to its four output maps, see
        :mod:`engine.faces.centerface`. Left out, the detector opens the network on the CPU at its first use.
    """

    def __init__(self, run: centerface.Run | None = None) -> None:
        self._run_network = run

    def __call__(self, rgb: np.ndarray) -> tuple[Face, ...]:
        """Find all faces of a photo.

        Parameters
        ----------
        rgb : (H, W, 3) uint8 array
            The photo, RGB.

        Returns
        -------
        tuple of Face
            Sorted from left to right by the middle of the box. Faces that must be left alone carry a refusal.

        Raises
        ------
        ModelError
            The network's file is missing or damaged.
        """
        _check(rgb)
        sizes = _Sizes(rgb)
        seen, softened = self._seen(sizes, self._search(rgb))
        if softened or not _quarters(_faces(seen)):
            finds = self._search(rgb, _SOFTENED)
            certain = seen[seen[:, 0] >= CERTAIN]
            new = [find for find in finds if not any(_contains(tuple(row[1:5]), find) for row in certain)]
            more, _ = self._seen(sizes, _rows(new), softened=True)
            seen = centerface.strongest(np.concatenate((seen, more)))
        ways = set(_quarters(_faces(seen)))
        if not ways:
            turned = np.concatenate([self._search_turned(rgb, q, _TURNED_AREA) for q in (1, 2, 3)])
            likely = centerface.strongest(turned[turned[:, 0] >= _LIKELY])
            ways = set(_quarters(_faces(self._seen(sizes, likely)[0])))
        for quarters in (1, 2, 3) if ways - {0} else ():  # a page of mixed directions may hold all of them
            more, _ = self._seen(sizes, self._search_turned(rgb, quarters))
            seen = centerface.strongest(np.concatenate((seen, more)))
        faces = _faces(seen)
        return tuple(sorted(faces, key=lambda face: (face.box[0] + face.box[2], face.box[1] + face.box[3])))

    def detect_in_box(self, rgb: np.ndarray, box: Box) -> Face | None:
        """Find the face that a user framed by hand.

        The box is searched at a large size and with a low threshold, and a low score is no reason to refuse
        the face, because a person has pointed at it.

        Parameters
        ----------
        rgb : (H, W, 3) uint8 array
            The photo, RGB.
        box : (x0, y0, x1, y1) of float
            The user's box in photo coordinates, at least 4 × 4 pixels.

        Returns
        -------
        Face or None
            None when no eyes and mouth can be found in the box.

        Raises
        ------
        ModelError
            The network's file is missing or damaged.
        """
        _check(rgb)
        frame = _clipped(box, rgb.shape)
        if min(frame[2] - frame[0], frame[3] - frame[1]) < 4:
            return None
        guess, sizes = None, _Sizes(rgb)
        for softened in (0.0, _SOFTENED):
            find = _meant(self._search_box(sizes, frame, softened), frame)
            if find is None:
                continue
            looked, _ = self._look(sizes, find)
            if looked[0] > 0:
                return _framed(looked)
            if not softened:
                guess = _framed(find)
        return guess

    def _run(self, pictures: np.ndarray) -> list[np.ndarray]:
        """Run the network on (N, H, W, 3) uint8 pictures."""
        if self._run_network is None:
            self._run_network = centerface.open_network()
        return self._run_network(centerface.network_input(pictures))

    def _search(self, rgb: np.ndarray, softened: float = 0.0, finest: float = math.inf) -> np.ndarray:
        """Candidates (M, 15) in photo coordinates from all sizes of the photo up to the scale ``finest``.

        Softened, by so many network pixels, the photo is searched at sizes between the others.
        """
        height, width = rgb.shape[:2]
        rows: list[np.ndarray] = []
        picture = rgb
        for scale in _scales(height, width):
            if scale > finest:
                continue
            scale *= _SOFTENED_SCALE if softened else 1.0
            picture = _scaled(picture, max(1, round(width * scale)), max(1, round(height * scale)))
            shown = _softened(picture, softened)
            for tile, tile_to_photo, owned in _tiles(shown, width, height):
                candidates = centerface.strongest(centerface.decode(self._run(tile[None]), _CANDIDATE))
                rows += [_mapped(row, tile_to_photo) for row in candidates if _contains(owned, row)]
        return centerface.strongest(_rows([row for row in rows if _contains((0, 0, width, height), row)]))

    def _search_turned(self, rgb: np.ndarray, quarters: int, most: float = math.inf) -> np.ndarray:
        """Candidates (M, 15) in a photo after ``np.rot90(…, quarters)``, seen with `most` pixels at most."""
        height, width = rgb.shape[:2]
        scale, finest = math.sqrt(most / (height * width)), math.inf
        if scale < 1:
            rgb, finest = _scaled(rgb, max(1, round(width * scale)), max(1, round(height * scale))), 1.0
        turned = np.ascontiguousarray(np.rot90(rgb, quarters))
        to_turned = quarter_turn(quarters, rgb.shape[1], rgb.shape[0])
        to_turned[:, :2] *= rgb.shape[1] / width, rgb.shape[0] / height
        return _rows([_mapped(row, invert(to_turned)) for row in self._search(turned, finest=finest)])

    def _search_box(self, sizes: _Sizes, frame: Box, softened: float) -> np.ndarray:
        """Candidates (M, 15) whose middle lies in a frame, whichever way they stand."""
        middle = np.array((frame[0] + frame[2], frame[1] + frame[3])) / 2
        rows: list[np.ndarray] = []
        for height, quarters in product((_VIEW_FACE / 2, _VIEW_FACE, _VIEW_FACE * 2), range(4)):
            linear = quarter_turn(quarters, 0, 0)[:, :2] * height / length(frame)
            view = np.column_stack((linear, _VIEW - linear @ middle))
            shown = _softened(sizes.drawn(view, 2 * _VIEW), softened)
            candidates = centerface.strongest(centerface.decode(self._run(shown[None]), _BY_HAND))
            rows += [_mapped(row, invert(view)) for row in candidates]
        return _rows([row for row in rows if _contains(frame, row)])

    def _seen(self, sizes: _Sizes, finds: np.ndarray, softened: bool = False) -> tuple[np.ndarray, bool]:
        """What closer looks see (M, 15) of candidates, and whether any of it is certain only softened.

        Softened are, or are not, the finds.
        """
        looks = [self._look(sizes, find, softened) for find in finds]
        reported = [look for look, _ in looks if look[0] >= REPORTED]
        only = any(soft and look[0] >= CERTAIN for look, soft in looks)
        return centerface.strongest(_rows(reported)), only

    def _look(self, sizes: _Sizes, find: np.ndarray, softened: bool = False) -> tuple[np.ndarray, bool]:
        """Look closer at a candidate, and softened as well where that leaves doubts.

        A find that is softened itself counts as a look: grain may hide at one size what it shows at another.
        Other finds do not, as a face whose eyes are hidden may have .69, and .58 when looked at.

        Returns the surer look as a (15,) row, and whether it was a softened one.
        """
        sharp = self._look_closer(sizes, find)
        if sharp[0] >= CERTAIN:
            return sharp, False
        looks = [self._look_closer(sizes, find, *view) for view in _SOFTENED_VIEWS]
        looks += [find.copy()] if softened else []
        soft = max(looks, key=lambda look: look[0])
        soft[0] *= _SOFTENED_TRUST
        return (soft, True) if soft[0] > sharp[0] else (sharp, False)

    def _look_closer(
        self,
        sizes: _Sizes,
        find: np.ndarray,
        side: int = _VIEW,
        face: int = _VIEW_FACE,
        softened: float = 0.0,
    ) -> np.ndarray:
        """Look at a candidate again, upright, `face` of `side` pixels high, and at its mirror image.

        Softened by so many pixels, standard deviation.

        Returns the mean of both looks as a (15,) row; its score is 0 when one of them sees no face there.
        """
        photo_to_view = _view(find, side, face)
        view = _softened(sizes.drawn(photo_to_view, side), softened)
        looks = []
        for mirrored in (False, True):
            picture = view[:, ::-1] if mirrored else view
            rows = centerface.decode(self._run(picture[None]), _SEEN)
            rows = _mirrored(rows, side) if mirrored else rows
            centres = (rows[:, 1:3] + rows[:, 3:5]) / 2
            heights = rows[:, 4] - rows[:, 2]
            near = np.abs(centres - side / 2).max(axis=1) < face / 3
            alike = (heights > face / 2) & (heights < face * 1.6)
            rows = rows[near & alike]
            if not len(rows):
                return np.concatenate(((0.0,), find[1:]))
            looks.append(rows[0])
        return _mapped(np.mean(looks, axis=0), invert(photo_to_view))


class _Sizes:
    """A photo and, as soon as somebody looks at them, the same halved once, twice, and so on."""

    def __init__(self, rgb: np.ndarray) -> None:
        self._halved = [rgb]

    def drawn(self, to_view: np.ndarray, side: int) -> np.ndarray:
        """Draw a view from the smallest of them that holds far more than the view, or else the photo."""
        times = max(0, int(-math.log2(_SPARE * math.hypot(to_view[0, 0], to_view[1, 0]))))
        while len(self._halved) <= times:
            self._halved.append(halved(self._halved[-1]))
        matrix = to_view * (2**times, 2**times, 1)
        return resample(self._halved[times], matrix, (side, side), outside=_GREY)


def quarters_to_stand(faces: Sequence[Face]) -> int:
    """By how many quarters ``numpy.rot90`` has to turn a photo for most of its faces to stand."""
    quarters = _quarters(faces)
    return max(range(4), key=quarters.count) if quarters else 0


def _quarters(faces: Sequence[Face]) -> list[int]:
    """The same for each face that is certain."""
    return [round(roll(face.landmarks) / 90) % 4 for face in faces if face.score >= CERTAIN]


def _check(rgb: np.ndarray) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"the detector reads (H, W, 3) uint8 pictures, not {rgb.shape} {rgb.dtype}")


def _scales(height: int, width: int) -> list[float]:
    """Scales of the search, finest first."""
    low, high = _FINE_SCALES
    area = height * width
    fine = min(max(math.sqrt(_FINE_AREA / area), low), high, math.sqrt(_LARGEST_AREA / area))
    coarse = _COARSE_SIDE / max(height, width)
    scales = [fine]
    while scales[-1] / _COARSER > 1.2 * coarse:
        scales.append(scales[-1] / _COARSER)
    return [*scales, coarse] if coarse < 0.9 * scales[-1] else scales


def _scaled(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Scale a picture; down by averaging, so that the next coarser size may be made from this one."""
    method = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_LINEAR
    return cv2.resize(picture, (width, height), interpolation=method)


def _softened(picture: np.ndarray, deviation: float) -> np.ndarray:
    """Soften a picture that the network is about to see; 0 leaves it as it is."""
    return cv2.GaussianBlur(picture, (0, 0), deviation) if deviation else picture


def _tiles(small: np.ndarray, width: int, height: int) -> Iterator[tuple[np.ndarray, np.ndarray, Box]]:
    """Frame the scaled photo in grey and cut it into tiles that overlap.

    The frame lets the network see a face that the photo's border cuts or that fills the whole photo.

    Parameters
    ----------
    small : (h, w, 3) uint8 array
        The photo at the scale of the search.
    width, height : int
        Size of the photo itself.

    Yields
    ------
    tile : (h, w, 3) uint8 array
    tile_to_photo : (2, 3) float64 array
    owned : (x0, y0, x1, y1)
        Part of the tile, in its own coordinates, that no other tile answers for.
    """
    size = small.shape[1], small.shape[0]
    frame = round(_COARSE_FRAME * max(size)) if max(size) <= 2 * _COARSE_SIDE else _FRAME
    columns, rows = (_spans(length + 2 * frame) for length in size)
    canvas_width, canvas_height = columns[-1][1], rows[-1][1]
    left, top = (canvas_width - size[0]) // 2, (canvas_height - size[1]) // 2
    canvas = np.full((canvas_height, canvas_width, 3), _GREY, np.uint8)
    canvas[top : top + size[1], left : left + size[0]] = small
    ratio = np.array((width / size[0], height / size[1]))
    for y0, y1 in rows:
        for x0, x1 in columns:
            to_photo = np.column_stack((np.diag(ratio), ratio * (x0 - left, y0 - top)))
            owned = (
                _OVERLAP / 2 if x0 else -math.inf,
                _OVERLAP / 2 if y0 else -math.inf,
                x1 - x0 - _OVERLAP / 2 if x1 < canvas_width else math.inf,
                y1 - y0 - _OVERLAP / 2 if y1 < canvas_height else math.inf,
            )
            yield canvas[y0:y1, x0:x1], to_photo, owned


def _spans(length: int) -> list[tuple[int, int]]:
    """Cover at least 0..length with equal overlapping spans whose length the network accepts."""
    count = max(1, math.ceil((length - _OVERLAP) / (_TILE - _OVERLAP)))
    multiple = centerface.MULTIPLE
    span = math.ceil((length + (count - 1) * _OVERLAP) / count / multiple) * multiple
    return [(index * (span - _OVERLAP), index * (span - _OVERLAP) + span) for index in range(count)]


def _view(find: np.ndarray, side: int, face: int) -> np.ndarray:
    """Similarity from the photo to the closer look: the face upright, its box in the middle, of one size."""
    x0, y0, x1, y1 = find[1:5]
    tilt = similarity(find[5:].reshape(5, 2), TEMPLATE)[:, :2]
    linear = tilt / math.hypot(tilt[0, 0], tilt[1, 0]) * face / max(x1 - x0, y1 - y0)
    return np.column_stack((linear, side / 2 - linear @ ((x0 + x1) / 2, (y0 + y1) / 2)))


def _mapped(row: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Map a (15,) row by a (2, 3) map; the box stays parallel to the axes, its sides swap beyond 45°."""
    corners = row[1:5].reshape(2, 2)
    size = (corners[1] - corners[0]) * math.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if abs(matrix[1, 0]) > abs(matrix[0, 0]):
        size = size[::-1]
    middle = transform(matrix, corners.mean(axis=0)[None])[0]
    points = transform(matrix, row[5:].reshape(5, 2))
    return np.concatenate((row[:1], middle - size / 2, middle + size / 2, points.ravel()))


def _mirrored(rows: np.ndarray, side: int) -> np.ndarray:
    """Undo the left-right mirroring of a view, `side` pixels wide, in (M, 15) rows."""
    points = rows[:, 5:].reshape(-1, 5, 2)[:, _MIRRORED]
    points = np.stack((side - points[:, :, 0], points[:, :, 1]), axis=-1).reshape(-1, 10)
    return np.column_stack((rows[:, 0], side - rows[:, 3], rows[:, 2], side - rows[:, 1], rows[:, 4], points))


def _clipped(box: Box, shape: tuple[int, ...]) -> Box:
    """Give what of a box, from any of its corners to the other, lies in a photo of a (height, width, …)."""
    x0, x1 = np.clip(sorted((box[0], box[2])), 0, shape[1]).tolist()
    y0, y1 = np.clip(sorted((box[1], box[3])), 0, shape[0]).tolist()
    return x0, y0, x1, y1


def _meant(finds: np.ndarray, frame: Box) -> np.ndarray | None:
    """The candidate (15,) that a person means with a frame, or None where there is none.

    It is as large as the frame and in its middle, as far as can be, and need not be the surest: that may be a
    neighbour who reaches into the frame, or the portrait on a wall behind. Nor is it all that could be a
    face and fits the frame: around each face is much with a score of a tenth.

    Parameters
    ----------
    finds : (M, 15) array
        With their middles in the frame.
    frame : (x0, y0, x1, y1) of float
    """
    finds = centerface.strongest(finds)
    if not len(finds):
        return None
    corners = np.reshape(frame, (2, 2))
    middles = finds[:, 1:5].reshape(-1, 2, 2).mean(axis=1)
    off = np.abs(middles - corners.mean(axis=0)) / (corners[1] - corners[0]) * 2  # 0 to 1, at the edge
    return finds[np.argmax(finds[:, 0] * overlaps(frame, finds[:, 1:5]) * (1 - off.max(axis=1)))]


def _contains(area: Box, row: np.ndarray) -> bool:
    """Whether the middle of a row's box lies in an area (its upper and left edges included)."""
    x, y = (row[1] + row[3]) / 2, (row[2] + row[4]) / 2
    return bool(area[0] <= x < area[2] and area[1] <= y < area[3])


def _rows(rows: list[np.ndarray]) -> np.ndarray:
    return np.array(rows, np.float64).reshape(-1, 15)


def _framed(row: np.ndarray) -> Face:
    """The face that a person has framed: a low score is no reason to refuse it."""
    return replace(_face(row, certain=0.0), by_hand=True)


def _faces(rows: np.ndarray) -> list[Face]:
    return [_face(row, CERTAIN) for row in rows]


def _face(row: np.ndarray, certain: float) -> Face:
    score = float(row[0])
    box = (float(row[1]), float(row[2]), float(row[3]), float(row[4]))
    landmarks = row[5:].reshape(5, 2).astype(np.float32)
    return Face(box, score, landmarks, refusal(score, box, landmarks, certain))
