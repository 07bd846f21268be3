"""The three degradations of the evaluation protocol, named as in the poster's table.

Each is a pure function of the face and of the file's name: the random generator is seeded from the name, so
that everyone who evaluates sees the same noise.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.degradation.compression import read_back

Rgb8 = NDArray[np.uint8]


def _resize(face: Rgb8, size: int, method: Image.Resampling) -> Rgb8:
    """Resize a square face with Pillow, whose kernels widen when shrinking like the literature's imresize."""
    return np.asarray(Image.fromarray(face).resize((size, size), method))


def _add_noise(face: Rgb8, sigma: float, rng: np.random.Generator) -> Rgb8:
    noisy = face + rng.normal(0.0, sigma, face.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8)


def jpeg(face: Rgb8, quality: int) -> Rgb8:
    """Compress `face`, (H, W, 3) uint8 RGB, as JPEG at `quality` (1 to 95) and read it back."""
    return read_back(face, "JPEG", quality)


def mild(face: Rgb8, rng: np.random.Generator) -> Rgb8:
    """Bicubic+Compression: bicubic ↓4, JPEG quality 40, bicubic ↑4."""
    size = face.shape[0]
    small = jpeg(_resize(face, size // 4, Image.Resampling.BICUBIC), 40)
    return _resize(small, size, Image.Resampling.BICUBIC)


def moderate(face: Rgb8, rng: np.random.Generator) -> Rgb8:
    """Bicubic+Noise: bicubic ↓4, Gaussian noise of σ = 15 (of 255), bicubic ↑4."""
    size = face.shape[0]
    small = _add_noise(_resize(face, size // 4, Image.Resampling.BICUBIC), 15.0, rng)
    return _resize(small, size, Image.Resampling.BICUBIC)


def severe(face: Rgb8, rng: np.random.Generator) -> Rgb8:
    """Blur+Bilinear+Noise: Gaussian blur of σ = 3 px, bilinear ↓8, Gaussian noise of σ = 10, bilinear ↑8.

    The blur is the antialiasing here: the bilinear kernel samples what it left and does not widen.
    """
    size = face.shape[0]
    blurred = cv2.GaussianBlur(face, (0, 0), 3.0)
    small = cv2.resize(blurred, (size // 8, size // 8), interpolation=cv2.INTER_LINEAR)
    noisy = _add_noise(np.asarray(small, np.uint8), 10.0, rng)
    return np.asarray(cv2.resize(noisy, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


FAMILIES: dict[str, Callable[[Rgb8, np.random.Generator], Rgb8]] = {
    "mild": mild,
    "moderate": moderate,
    "severe": severe,
}


def degrade(face: Rgb8, family: str, name: str) -> Rgb8:
    """Degrade a face as the protocol says.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
        A sharp aligned face; S is a multiple of 8.
    family : {"mild", "moderate", "severe"}
        The degradation.
    name : str
        The file's name without folders; seeds the noise.

    Returns
    -------
    (S, S, 3) uint8, RGB
    """
    rng = np.random.default_rng(zlib.crc32(f"{family}/{name}".encode()))
    return FAMILIES[family](face, rng)
