"""What hides faces: the dots of a print, grain, blocks, fading."""

import cv2
import numpy as np


def printed(picture: np.ndarray, pitch: float) -> np.ndarray:
    """Print in black dots, `pitch` pixels apart, at 45 degrees."""
    y, x = np.mgrid[: picture.shape[0], : picture.shape[1]] * np.sqrt(2) * np.pi / pitch
    dots = (np.cos(x + y) + np.cos(x - y)) / 4 + 0.5
    paper = 1 / (1 + np.exp((dots - cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) / 255) * 20))
    return np.repeat((paper * 255).astype(np.uint8)[..., None], 3, axis=2)


def grainy(picture: np.ndarray, deviation: float, width: float = 0.0) -> np.ndarray:
    """Add grey grain of some `width` in pixels, as strong as `deviation` of 255."""
    grain = np.random.default_rng(4).normal(size=picture.shape[:2])
    if width > 0:
        grain = cv2.GaussianBlur(grain, (0, 0), width)
    return np.clip(picture + grain[..., None] / grain.std() * deviation, 0, 255).astype(np.uint8)


def blocks(picture: np.ndarray, side: float) -> np.ndarray:
    """Leave blocks of one colour each, `side` pixels wide and high."""
    height, width = picture.shape[:2]
    size = max(1, round(width / side)), max(1, round(height / side))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


def block_steps(picture: np.ndarray, side: int = 8) -> float:
    """Tell how much larger steps between columns are where blocks of `side` pixels meet than elsewhere."""
    steps = np.abs(np.diff(picture.astype(np.float32), axis=1)).mean((0, 2))
    meets = (np.arange(len(steps)) + 1) % side == 0
    return float(steps[meets].mean() / steps[~meets].mean())


def faded(picture: np.ndarray, contrast: np.ndarray | float, black: np.ndarray | float) -> np.ndarray:
    """Leave so much of the contrast, of each channel or all, above a new black, of 255."""
    return np.clip(np.rint(picture * np.float32(contrast) + np.float32(black)), 0, 255).astype(np.uint8)
