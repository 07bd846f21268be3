"""Random damage for training: what decades, cheap printing and careless scanning do to a photo of a face.

A `Damage` is a recipe drawn once; `Damage.apply` carries it out at any strength from 0 (nothing happens) to
1, with the same scratches and the same grain at each strength. So a face exists at every quality between
sharp and ruined, and the trainer can ask for any step in between. Damage never moves the tone of a face as a
whole: the rest of the photo would no longer match.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.degradation.flaws import KINDS, Rgb, cells
from engine.degradation.protocol import jpeg

_SHRINK = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC)
_GROW = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_GROW_RUINED = (cv2.INTER_NEAREST, *_GROW)
_BLUR_OF_SCANS = 1.2  # px, at most


@dataclass(frozen=True)
class Damage:
    """One recipe of damage; every amount is what strength 1 does.

    Attributes
    ----------
    seed : int
        Of the grain, the flaws and the stains.
    blur : float
        Standard deviation of the Gaussian or half-width of the disc, in pixels of a 256-px face.
    blur_kind : {"gauss", "oblong", "motion", "disc"}
        Kernel: round, elongated, a straight stroke, out of focus.
    angle : float
        Direction of oblong and motion blur, radians.
    shrink : float
        Factor by which resolution was lost (≥ 1).
    shrink_by, grow_by : int
        OpenCV interpolation flags of the way down and back up.
    noise : float
        σ of the noise added at the low resolution, of 255.
    noise_grey : bool
        Whether all channels share the noise (film) or not (sensor).
    grain : float
        σ of coarse film grain, of 255, added at full resolution; its cell is `grain_size` px.
    grain_size : float
        Correlation length of the grain, px.
    halftone : float
        Opacity of a printing screen, 0 to 1; its pitch is `pitch` px, its angle `angle`.
    pitch : float
        Distance of halftone dots or lines, px.
    lines : bool
        Whether the screen is of lines, as in engravings, instead of dots.
    texture : float
        Amplitude of paper texture, of 255.
    scratches : int
        Number of scratches and specks.
    streaks : int
        Number of thin straight lines right across, each of a colour of its own: dirt in a scanner.
    foxing, creases, losses : int
        Number of spots that damp has left, of folds right across, of places whose surface is gone.
    stains : float
        Amplitude of blotches, of 255.
    comb : int
        Pixels of the low resolution by which every other row is off, as in a picture of interlaced video.
    smooth : int
        Side of the filter with which software took noise away, px, odd; 0 where it did not.
    smooth_by : {"median", "bilateral", "means"}
        Which filter; all keep edges.
    sharpen : float
        How strongly software sharpened it, with an unsharp mask of `sharpen_width` px.
    sharpen_width : float
        Standard deviation of the mask's Gaussian, px.
    jpeg_first, jpeg_last : int
        JPEG quality at the low resolution and at the end; 0 means none.
    """

    seed: int
    blur: float = 0.0
    blur_kind: str = "gauss"
    angle: float = 0.0
    shrink: float = 1.0
    shrink_by: int = cv2.INTER_AREA
    grow_by: int = cv2.INTER_CUBIC
    noise: float = 0.0
    noise_grey: bool = False
    grain: float = 0.0
    grain_size: float = 1.0
    halftone: float = 0.0
    pitch: float = 4.0
    lines: bool = False
    texture: float = 0.0
    scratches: int = 0
    streaks: int = 0
    foxing: int = 0
    creases: int = 0
    losses: int = 0
    stains: float = 0.0
    comb: int = 0
    smooth: int = 0
    smooth_by: str = "median"
    sharpen: float = 0.0
    sharpen_width: float = 1.0
    jpeg_first: int = 0
    jpeg_last: int = 0

    @property
    def is_flawed_scan(self) -> bool:
        """Whether hardly anything is wrong but in places, as in what `draw_flawed` draws."""
        soft = self.blur > _BLUR_OF_SCANS or self.shrink > 1
        spoilt = self.noise or self.halftone or self.texture or self.stains or self.jpeg_first
        return self.is_flawed and not (soft or spoilt)

    @property
    def is_flawed(self) -> bool:
        """Whether it spoils a face in places, as `engine.degradation.flaws` has them."""
        return any(getattr(self, kind) for kind in KINDS)

    def without_flaws(self) -> Damage:
        """Give what is left of the recipe where no flaw lies."""
        none: dict[str, Any] = dict.fromkeys(KINDS, 0)
        return replace(self, **none)

    def apply(self, face: NDArray[np.uint8], strength: float = 1.0) -> NDArray[np.uint8]:
        """Damage a face.

        Parameters
        ----------
        face : (S, S, 3) uint8, RGB
            A sharp face.
        strength : float
            0 leaves it as it is, 1 carries out the whole recipe.

        Returns
        -------
        (S, S, 3) uint8, RGB
        """
        if strength <= 0:
            return face
        rng = np.random.default_rng(self.seed)
        size = face.shape[0]
        image: NDArray[Any] = face.astype(np.float32)
        if self.blur * strength > 0.2:
            image = cv2.filter2D(image, -1, self._kernel(self.blur * strength), borderType=cv2.BORDER_REFLECT)
        if self.halftone:
            image += strength * self.halftone * (self._screened(image) - image)
        if self.texture:
            image += self.texture * strength * cells(rng, size, 2.5)[..., None]
        if self.grain:
            image += self.grain * strength * cells(rng, size, self.grain_size)[..., None]
        low = max(12, round(size / (1 + (self.shrink - 1) * strength)))
        if low < size:
            image = cv2.resize(image, (low, low), interpolation=self.shrink_by)
        if self.noise:
            image = image + self.noise * strength * _noise(rng, size, low, self.noise_grey)
        if self.comb:
            image[1::2] += strength * (np.roll(image[1::2], self.comb, axis=1) - image[1::2])
        if self.jpeg_first:
            image = _compress(image, self.jpeg_first, strength)
        if low < size:
            image = cv2.resize(image, (size, size), interpolation=self.grow_by)
        if self.stains:
            image = image + self.stains * strength * cells(rng, size, size / 6)[..., None]
        for kind, draw in KINDS.items():
            if count := getattr(self, kind):
                image = draw(image, count, strength, rng)
        if self.smooth:
            image = image + strength * (self._smoothed(image) - image)
        if self.sharpen:
            fine = image - cv2.GaussianBlur(image, (0, 0), self.sharpen_width)
            image = image + strength * self.sharpen * fine
        if self.jpeg_last:
            image = _compress(image, self.jpeg_last, strength)
        return np.clip(np.rint(image), 0, 255).astype(np.uint8)

    def _screened(self, image: Rgb) -> Rgb:
        """Print an image with a screen: dark where the tone is below the screen's threshold, softly."""
        y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
        u = (x * np.cos(self.angle) + y * np.sin(self.angle)) * (2 * np.pi / self.pitch)
        v = (y * np.cos(self.angle) - x * np.sin(self.angle)) * (2 * np.pi / self.pitch)
        wave = 2 * np.cos(u) if self.lines else np.cos(u) + np.cos(v)
        ink = 1.0 / (1.0 + np.exp((127.5 + 60.0 * wave[..., None] - image) / 18.0))
        dots = 255.0 * ink
        # A screen keeps the local tone: give back what its curve took.
        return np.asarray(dots + cv2.GaussianBlur(image - dots, (0, 0), self.pitch), np.float32)

    def _smoothed(self, image: Rgb) -> Rgb:
        eight = np.clip(np.rint(image), 0, 255).astype(np.uint8)
        if self.smooth_by == "median":
            return cv2.medianBlur(eight, self.smooth).astype(np.float32)
        if self.smooth_by == "bilateral":
            return cv2.bilateralFilter(eight, 2 * self.smooth - 1, 60, self.smooth).astype(np.float32)
        strong = 2.0 * self.smooth
        return cv2.fastNlMeansDenoisingColored(eight, None, strong, strong, 5, 15).astype(np.float32)

    def _kernel(self, radius: float) -> NDArray[np.float32]:
        half = int(np.ceil(3 * radius if self.blur_kind in ("gauss", "oblong") else radius + 1))
        y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32)
        along = x * np.cos(self.angle) + y * np.sin(self.angle)
        across = y * np.cos(self.angle) - x * np.sin(self.angle)
        if self.blur_kind == "gauss":
            kernel = np.exp(-(x**2 + y**2) / (2 * radius**2))
        elif self.blur_kind == "oblong":
            kernel = np.exp(-(along**2) / (2 * radius**2) - across**2 / (2 * (0.35 * radius + 0.2) ** 2))
        elif self.blur_kind == "motion":
            kernel = np.clip(radius + 0.5 - np.abs(along), 0, 1) * np.clip(1.0 - np.abs(across), 0, 1)
        else:
            kernel = np.clip(radius + 0.5 - np.hypot(x, y), 0, 1)
        return np.asarray(kernel / kernel.sum(), np.float32)


def _noise(rng: np.random.Generator, size: int, low: int, grey: bool) -> NDArray[np.float32]:
    """Make white noise of unit variance at `low` resolution, from one field: alike at each strength."""
    field: NDArray[Any] = rng.standard_normal((size, size, 1 if grey else 3), dtype=np.float32)
    if low < size:
        field = cv2.resize(field, (low, low), interpolation=cv2.INTER_AREA).reshape(low, low, -1)
        field = field / (field.std() + 1e-6)
    return field


def _compress(image: Rgb, quality: int, strength: float) -> Rgb:
    softened = round(97 - (97 - quality) * strength)
    return jpeg(np.clip(np.rint(image), 0, 255).astype(np.uint8), softened).astype(np.float32)


def draw_damage(rng: np.random.Generator) -> Damage:
    """Draw a recipe: digital pictures, shrunk and compressed, old prints, or good scans with scratches."""
    kind = rng.random()
    if kind < 0.24:
        return draw_flawed(rng)
    seed = int(rng.integers(2**31))
    shrink_by, grow_by = int(rng.choice(_SHRINK)), int(rng.choice(_GROW))
    recipe = Damage(seed, shrink_by=shrink_by, grow_by=grow_by, angle=float(rng.uniform(0, np.pi)))
    if kind < 0.70:
        return replace(
            recipe,
            blur=float(rng.uniform(0.4, 4.0)) if rng.random() < 0.55 else 0.0,
            blur_kind=str(rng.choice(["gauss", "gauss", "oblong", "motion", "disc"])),
            shrink=float(np.exp(rng.uniform(np.log(1.8), np.log(10.5)))),
            noise=float(rng.uniform(3, 24)) if rng.random() < 0.7 else 0.0,
            noise_grey=bool(rng.random() < 0.25),
            jpeg_first=int(rng.integers(25, 92)) if rng.random() < 0.6 else 0,
            jpeg_last=int(rng.integers(50, 96)) if rng.random() < 0.2 else 0,
            scratches=int(rng.integers(1, 14)) if rng.random() < 0.3 else 0,
        )
    recipe = replace(
        recipe,
        blur=float(rng.uniform(0.4, 3.2)) if rng.random() < 0.8 else 0.0,
        blur_kind=str(rng.choice(["gauss", "gauss", "oblong", "disc"])),
        shrink=float(np.exp(rng.uniform(0.0, np.log(5.0)))) if rng.random() < 0.75 else 1.0,
        noise=float(rng.uniform(1, 12)) if rng.random() < 0.4 else 0.0,
        noise_grey=bool(rng.random() < 0.8),
        grain=float(rng.uniform(2, 22)) if rng.random() < 0.65 else 0.0,
        grain_size=float(rng.uniform(1.0, 4.5)),
        halftone=float(rng.uniform(0.1, 0.9)) if rng.random() < 0.3 else 0.0,
        pitch=float(rng.uniform(2.6, 9.0)),
        lines=bool(rng.random() < 0.3),
        texture=float(rng.uniform(2, 11)) if rng.random() < 0.3 else 0.0,
        scratches=int(rng.integers(1, 14)) if rng.random() < 0.6 else 0,
        streaks=int(rng.integers(1, 8)) if rng.random() < 0.12 else 0,
        stains=float(rng.uniform(2, 9)) if rng.random() < 0.15 else 0.0,
        jpeg_first=int(rng.integers(35, 92)) if rng.random() < 0.35 else 0,
        jpeg_last=int(rng.integers(40, 95)) if rng.random() < 0.5 else 0,
    )
    return _decayed(recipe, rng, 0.2)


def draw_flawed(rng: np.random.Generator) -> Damage:
    """Draw a recipe of a good scan: what is wrong with it are scratches, or other flaws, alone."""
    recipe = Damage(
        int(rng.integers(2**31)),
        blur=float(rng.uniform(0.0, _BLUR_OF_SCANS)),
        grain=float(rng.uniform(0, 6)) if rng.random() < 0.5 else 0.0,
        grain_size=float(rng.uniform(1.0, 3.0)),
        scratches=int(rng.integers(1, 14)),
        streaks=int(rng.integers(1, 8)) if rng.random() < 0.2 else 0,
        jpeg_last=int(rng.integers(70, 96)) if rng.random() < 0.5 else 0,
    )
    return _decayed(recipe, rng, 0.35)


def _decayed(recipe: Damage, rng: np.random.Generator, share: float) -> Damage:
    """Add what decades do in places: a `share` of photos has some of each kind."""
    return replace(
        recipe,
        foxing=int(rng.integers(1, 31)) if rng.random() < share else 0,
        creases=int(rng.integers(1, 4)) if rng.random() < share else 0,
        losses=int(rng.integers(1, 5)) if rng.random() < share else 0,
    )


def draw_screened(rng: np.random.Generator) -> Damage:
    """Draw a recipe of a printed picture that was scanned well: its screen can be seen."""
    return Damage(
        int(rng.integers(2**31)),
        blur=float(rng.uniform(0.4, 2.0)) if rng.random() < 0.5 else 0.0,
        angle=float(rng.uniform(0, np.pi)),
        shrink=float(rng.uniform(1.0, 1.7)) if rng.random() < 0.4 else 1.0,
        shrink_by=int(rng.choice(_SHRINK)),
        grow_by=int(rng.choice(_GROW)),
        grain=float(rng.uniform(2, 10)) if rng.random() < 0.5 else 0.0,
        grain_size=float(rng.uniform(1.0, 3.0)),
        halftone=float(rng.uniform(0.2, 1.0)),
        pitch=float(np.exp(rng.uniform(np.log(2.2), np.log(9.0)))),
        lines=bool(rng.random() < 0.2),
        texture=float(rng.uniform(2, 8)) if rng.random() < 0.3 else 0.0,
        scratches=int(rng.integers(1, 8)) if rng.random() < 0.2 else 0,
        jpeg_last=int(rng.integers(50, 96)) if rng.random() < 0.6 else 0,
    )


def draw_processed(rng: np.random.Generator) -> Damage:
    """Draw a recipe after which software took its turn: it smoothed, sharpened, or compressed the whole.

    What is left of a face looks sharp then, and is not: edges without anything between them, blocks, halos.
    """
    before = rng.random()
    recipe = Damage(int(rng.integers(2**31)), angle=float(rng.uniform(0, np.pi)))
    if before < 0.5:
        recipe = draw_damage(rng)
    elif before < 0.85:
        recipe = replace(
            recipe,
            shrink=float(np.exp(rng.uniform(0, np.log(8.0)))),
            shrink_by=int(rng.choice(_SHRINK)),
            grow_by=int(rng.choice(_GROW_RUINED)),
            noise=float(rng.uniform(2, 24)) if rng.random() < 0.4 else 0.0,
        )
    kinds: list[dict[str, Any]] = [
        {
            "smooth": int(rng.choice((3, 5, 7, 9))),
            "smooth_by": str(rng.choice(("median", "bilateral", "means"))),
        },
        {"sharpen": float(rng.uniform(0.5, 3.0)), "sharpen_width": float(rng.uniform(0.8, 4.0))},
        {"jpeg_last": int(rng.integers(4, 50))},
        {"comb": int(rng.integers(1, 9)), "shrink": float(rng.uniform(1.0, 4.0))},
    ]
    for i in rng.choice(len(kinds), int(rng.choice(3, p=(0.1, 0.55, 0.35))), replace=False):
        recipe = replace(recipe, **kinds[i])
    return recipe


def draw_mixed(rng: np.random.Generator) -> Damage:
    """Draw a recipe of any kind: damage as faces have it, prints, what software has changed, and ruins."""
    draws = draw_processed, draw_damage, draw_screened, draw_ruined
    return draws[int(rng.choice(len(draws), p=(0.4, 0.35, 0.12, 0.13)))](rng)


def draw_ruined(rng: np.random.Generator) -> Damage:
    """Draw a recipe that may leave little of a person, or nothing: one kind of damage or two, far too much.

    Some have none of that, so that faces are known by which much is left behind damage.
    """

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    seed = int(rng.integers(2**31))
    angle = float(rng.uniform(0, np.pi))
    kinds: list[dict[str, Any]] = [
        {"blur": between(2, 16), "blur_kind": str(rng.choice(["gauss", "oblong", "motion", "disc"]))},
        {"shrink": between(2.5, 24), "shrink_by": cv2.INTER_AREA, "grow_by": int(rng.choice(_GROW_RUINED))},
        {"halftone": float(rng.uniform(0.7, 1.0)), "pitch": between(4, 28), "shrink": between(1, 4)},
        {"grain": float(rng.uniform(10, 80)), "grain_size": between(0.7, 6)},
        {"noise": float(rng.uniform(20, 120)), "noise_grey": bool(rng.random() < 0.5)},
        {"jpeg_last": int(rng.integers(2, 20))},
        {"jpeg_first": int(rng.integers(2, 30)), "shrink": between(1, 6)},
    ]
    before = rng.random()
    recipe = Damage(seed, angle=angle)
    if before < 0.55:
        recipe = draw_damage(rng) if before < 0.4 else draw_screened(rng)
    for i in rng.choice(len(kinds), int(rng.choice(3, p=(0.15, 0.6, 0.25))), replace=False):
        recipe = replace(recipe, **kinds[i])
    return recipe


def draw_tone(face: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Give a sharp face the tone of another time: grey, tinted, faded or as it is.

    Input and target of training share it.

    Parameters
    ----------
    face : (S, S, 3) uint8, RGB
    rng : numpy.random.Generator

    Returns
    -------
    (S, S, 3) uint8, RGB
    """
    kind = rng.random()
    image = face.astype(np.float32)
    if kind < 0.45:
        image = np.repeat(image @ np.array([[0.299], [0.587], [0.114]], np.float32), 3, 2)
        if rng.random() < 0.35:
            tint = np.array([rng.uniform(0, 18), rng.uniform(-4, 6), -rng.uniform(0, 30)], np.float32)
            depth = np.float32(rng.uniform(0.5, 2.5) * (1 if rng.random() < 0.85 else -1))  # or bluish
            image += depth * tint * np.sin(image / 255 * np.pi)
    if rng.random() < 0.4:
        black, white = rng.uniform(0, 60), rng.uniform(190, 255)
        image = black + image * ((white - black) / 255)
    if rng.random() < 0.3:
        gamma = np.exp(rng.uniform(-0.35, 0.35))
        image = 255 * np.power(np.clip(image, 0, 255) / 255, gamma, dtype=np.float32)
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)
