"""Compression as photos have it: of the whole picture, whatever part of it a face is.

`Damage` compresses the aligned face, so that a block is always an eighth of 64 px of it. In a photo the block
is as large as the face's resolution makes it, and turned as the face is.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.faces.resample import resample

_SCALES = 0.4, 2.2
"""Pixels of a window for one of the photo, least and most."""
_AS_THEY_ARE = 0.2  # share of the windows whose pixels are the photo's
_LARGEST = 640  # px: side of a photo that windows are cut out of
_SPARE = 1.25  # by which it is larger than the window needs, so that this can be turned
_WHOLE = (0.15, 1.25), (0.5, 3.9)
"""Pixels of a photo for one of the network's, for a whole face: least and most, at 256 px, at 512."""
_MOST_TURNED = np.radians(20)
_NONE, _WEBP, _AGAIN = 0.08, 0.15, 0.2  # shares

Rgb8 = NDArray[np.uint8]


@dataclass(frozen=True)
class Compression:
    """How a picture was compressed.

    Attributes
    ----------
    form : {"JPEG", "WEBP"}
    quality : int
        0 or 1 to 100, as the format has it; 100 leaves the picture as it is.
    whole_colours : bool
        Whether JPEG keeps a colour for each pixel (4:4:4) or for each four (4:2:0).
    again : int
        JPEG quality at which it was compressed once more, after a few rows and columns had been cut off; 0
        where it was not.
    cut : (int, int)
        How many columns and rows.
    """

    form: str
    quality: int
    whole_colours: bool = False
    again: int = 0
    cut: tuple[int, int] = (0, 0)

    def apply(self, picture: Rgb8) -> Rgb8:
        """Compress a picture, (H, W, 3) uint8 RGB, and read it back, as large as it was."""
        if self.quality == 100:
            return picture
        colours = {"subsampling": 0 if self.whole_colours else 2}
        once = read_back(picture, self.form, self.quality, **(colours if self.form == "JPEG" else {}))
        if not self.again:
            return once
        x, y = self.cut
        wider = np.asarray(cv2.copyMakeBorder(once, 8 - y, 0, 8 - x, 0, cv2.BORDER_REFLECT), np.uint8)
        return read_back(wider, "JPEG", self.again, **colours)[8 - y :, 8 - x :]


def draw_compression(rng: np.random.Generator, lightly: bool = False) -> Compression:
    """Draw how a photo was compressed, so that it shows or `lightly`; a few are as they were."""
    kind = rng.random()
    if kind < _NONE:
        return Compression("JPEG", 100)
    webp = kind < _NONE + _WEBP
    quality = rng.uniform(0, 50) if webp else np.exp(rng.uniform(np.log(5), np.log(75)))
    if lightly:
        quality = rng.uniform(50, 96)
    return Compression(
        "WEBP" if webp else "JPEG",
        int(quality),
        whole_colours=bool(rng.random() < 0.25),
        again=int(rng.integers(70, 96)) if rng.random() < _AGAIN else 0,
        cut=(int(rng.integers(8)), int(rng.integers(8))),
    )


@dataclass(frozen=True, eq=False)
class Cut:
    """What is cut out of a photo that a face fills, to show it or a part of it as the network is shown faces.

    Attributes
    ----------
    photo_side : int
        Of the photo, px.
    side : int
        Of what is cut out, px.
    matrix : (2, 3) float64 array
        Similarity from the photo's coordinates to those of what is cut out.
    """

    photo_side: int
    side: int
    matrix: NDArray[np.float64]

    def photo(self, face: Rgb8) -> Rgb8:
        """Give a face, (S, S, 3) uint8 RGB, in the photo's resolution."""
        by = cv2.INTER_AREA if self.photo_side < len(face) else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(face, (self.photo_side, self.photo_side), interpolation=by), np.uint8)

    def of(self, photo: Rgb8) -> Rgb8:
        """Cut out of a photo, as `photo` gives it: (side, side, 3) uint8 RGB."""
        return resample(photo, self.matrix, (self.side, self.side))

    def of_sharp(self, face: Rgb8) -> Rgb8:
        """Cut out of a face, (S, S, 3) uint8 RGB, what `of` cuts out of its photo."""
        matrix = self.matrix * (self.photo_side / len(face), self.photo_side / len(face), 1)
        return resample(face, matrix, (self.side, self.side))


def draw_window(rng: np.random.Generator, side: int) -> Cut:
    """Draw a window of `side` px, anywhere in a photo that holds its face in few pixels, or in many."""
    if rng.random() < _AS_THEY_ARE:
        photo = round(_between(rng, side, _LARGEST))
        corner = rng.integers(0, photo - side + 1, 2)
        return Cut(photo, side, np.column_stack((np.eye(2), -corner)).astype(np.float64))
    least, most = _SCALES
    photo = round(_between(rng, _SPARE * side / most, _LARGEST))
    scale = _between(rng, max(least, _SPARE * side / photo), most)
    room = max(0.0, photo - _SPARE * side / scale) / 2
    return _cut(rng, photo, side, scale, photo / 2 + rng.uniform(-room, room, 2))


def draw_whole(rng: np.random.Generator, side: int, face: int) -> Cut:
    """Draw a photo out of which a whole face is cut at `side` px: the network's `face` px, or twice them."""
    return draw_turned(rng, side, round(face * _between(rng, *_WHOLE[side > face])))


def draw_turned(rng: np.random.Generator, side: int, photo: int) -> Cut:
    """Draw how a whole face is turned in a photo of `photo` px, to be cut out at `side` px."""
    return _cut(rng, photo, side, side / photo, np.full(2, photo / 2))


def _between(rng: np.random.Generator, least: float, most: float) -> float:
    """Draw a number, each octave as often as another."""
    return float(np.exp(rng.uniform(np.log(least), np.log(max(least, most)))))


def _cut(rng: np.random.Generator, photo: int, side: int, scale: float, middle: NDArray[np.float64]) -> Cut:
    turn = rng.uniform(-_MOST_TURNED, _MOST_TURNED)
    linear = scale * np.array(((np.cos(turn), -np.sin(turn)), (np.sin(turn), np.cos(turn))))
    return Cut(photo, side, np.column_stack((linear, side / 2 - linear @ middle)))


def read_back(picture: Rgb8, form: str, quality: int, **settings: int) -> Rgb8:
    """Compress a picture, (H, W, 3) uint8 RGB, with Pillow's `settings` for the format, and read it back."""
    stream = io.BytesIO()
    Image.fromarray(picture).save(stream, form, quality=quality, **settings)
    return np.asarray(Image.open(stream).convert("RGB"))
