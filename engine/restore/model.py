"""The shipped network at run time: encode a face once, decode it for every level.

Each face is drawn twice, as it is and mirrored, and both drawings are joined, see
`engine.restore.two_drawings`.

A face that the photo holds in more pixels than the network sees is shrunk for it, and drawn at its own size
by the finer stage, if the model has one. What compression put into one is taken away first, where that helps,
see `engine.lcqs.deblocker`; and one whose fine detail would only mislead the network is blurred for it, see
`engine.lcqs.softening`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.restore.lattice import without_lattice
from engine.restore.tone import Tone
from engine.restore.two_drawings import joined
from engine.runtime import DeviceReport, ModelInfo, open_session

_LEAST_LIKENESS = 4.5
"""Restored faces of less are often as near to a stranger as to the person, see the model card."""

_FULLY = 25.0
"""Level at which the finest details are drawn anew, of faces whose own level is no higher than that."""

_FADED_IN = 5.0
"""Level up to which what is drawn takes the photo's place by and by, so that the dial does not jump at 0."""

_OF_THE_WHOLE = {"w", "first_level", "strong_level"}  # what the encoder gives beside the spatial features


@dataclass(frozen=True, eq=False)
class EncodedFace:
    """A face and what the network sees in it: all that the dial needs, about 11 MB, at most 20.

    Attributes
    ----------
    pixels : (3, H, H) float32, RGB, 0 to 1
        The aligned face; H is one of the model's sizes.
    whole : (3, H, H) float32, RGB, 0 to 1
        The same before it was compressed, as far as that can be known; `pixels` themselves where it is left
        as it is.
    seen : (3, S, S) float32, RGB, 0 to 1
        What the network sees of it: in its tone, blurred, and shrunk to the network's size.
    tone : Tone
        In which the network sees it.
    softening : float
        Standard deviation of the Gaussian by which it is blurred for the network, px; 0 where it is not.
    codes : mapping of str to array
        Of the face as it is and mirrored: w, (2, L, D), and the spatial features F by their name in the
        decoder, (2, C, h, w), float32.
    level : float
        α(x).
    mask : (m, m) float32, 0 to 1
        Where in the face's crop somebody is.
    likeness : float
        How far the face, restored, is expected to be nearer to the person than to strangers, see
        `engine.lcqs.likeness`.
    """

    pixels: NDArray[np.float32]
    whole: NDArray[np.float32]
    seen: NDArray[np.float32]
    tone: Tone
    softening: float
    codes: Mapping[str, NDArray[np.float32]]
    level: float
    mask: NDArray[np.float32]
    likeness: float

    @property
    def automatic(self) -> float | None:
        """Level at which it is drawn if nobody says otherwise; None if too little of the person is left."""
        return self.level if self.likeness >= _LEAST_LIKENESS else None

    @cached_property
    def shown(self) -> NDArray[np.float32]:
        """What the network is shown of the pixels, (3, H, H), but for tone and size."""
        return _blurred(self.whole, self.softening)

    @cached_property
    def shown_to_finer(self) -> NDArray[np.float32]:
        """What the finer stage is shown, but for the tone: blurred half as far.

        It has to see where edges run, and to draw without dots it has learnt.
        """
        return _blurred(self.whole, self.softening / 2)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A face as it was drawn.

    Attributes
    ----------
    pixels : (H, H, 3) float32, RGB, 0 to 1
        As large as the aligned face was.
    details : (H, H, 3) float32, or None
        What the mirrored drawing and the finer stage changed in the one drawing of the face as it is; None at
        level 0.
    """

    pixels: NDArray[np.float32]
    details: NDArray[np.float32] | None = None


class LcqsModel:
    """A model of the store, opened on a device. Call it from the thread that opened it.

    Parameters
    ----------
    info : ModelInfo
        Which model.
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    threads : int, optional
        Threads on the CPU; as many as cores when None.

    Raises
    ------
    ModelError
        When a file is damaged, or the model is of another kind or was exported by an older Heirloom.
    UsageError
        For an unknown device.
    """

    def __init__(self, info: ModelInfo, device: str = "auto", threads: int | None = None) -> None:
        if info.kind != "lcqs":
            raise ModelError(
                f"The model {info.name} is of the kind {info.kind!r}, which this Heirloom can't run."
            )
        self.info = info
        self._encode = open_session(info.read("encode"), device, threads=threads)
        self._level = open_session(info.read("level"), device, threads=threads)
        self._finer, self._deblocking_helps, self._deblock = (
            open_session(info.read(part), device, threads=threads) if part in info.files else None
            for part in ("finer", "deblocking_helps", "deblock")
        )
        given = {*info.files, *self._encode.output_names, *self._level.output_names}
        needed = {"softening", "first_level", "strong_level", "mask", "likeness"}
        if self._deblocking_helps is not None:
            given.update(self._deblocking_helps.output_names)
            needed.add("passed0")
        if not needed <= given:
            name = f"{info.name} {info.version}"
            raise ModelError(f"The model {name} was made for an older Heirloom: export it anew.")
        self._softening = open_session(info.read("softening"), device, threads=threads)
        self._decode = open_session(info.read("decode"), device, threads=threads)

    @property
    def report(self) -> DeviceReport:
        """What the decoder, which the dial waits for, runs on."""
        return self._decode.report

    def warm_up(self) -> None:
        """Run once on zeros, so that the first face does not pay for allocation."""
        self._encode.warm_up()
        self._softening.warm_up()
        self._decode.warm_up()
        self._level.warm_up()
        if self._finer is not None:
            self._finer.warm_up()

    def encode(self, faces: Sequence[NDArray[np.uint8]]) -> list[EncodedFace]:
        """Encode aligned faces, all at once.

        Parameters
        ----------
        faces : sequence of (H, H, 3) uint8 or uint16, RGB
            Each H is one of the model's sizes; the full range of each dtype is black to white.

        Returns
        -------
        list of EncodedFace

        Raises
        ------
        DeviceOutOfMemory
            When the batch is too large for the device.
        """
        if not faces:
            return []
        full_scales = [np.float32(np.iinfo(face.dtype).max) for face in faces]
        scaled = zip(faces, full_scales, strict=True)
        pixels = [face.transpose(2, 0, 1).astype(np.float32) / full for face, full in scaled]
        tones = [Tone.of(face) for face in faces]
        shrunk = np.stack([self._shrunk(_toned(*face)) for face in zip(pixels, tones, strict=True)])
        count = len(faces)
        codes = self._encode_twice(shrunk)
        features = {name: array[:count] for name, array in codes.items() if name not in _OF_THE_WHOLE}
        whole, shown = list(pixels), list(pixels)

        def see_anew(some: NDArray[np.intp]) -> None:
            for i in some:
                shrunk[i] = self._shrunk(_toned(shown[i], tones[i]))
            if some.size:
                for name, array in self._encode_twice(shrunk[some]).items():
                    codes[name][np.concatenate([some, some + count])] = array

        deblocked = [self._deblocked(one, features, i) for i, one in enumerate(pixels)]
        blocked = np.flatnonzero([one is not None for one in deblocked])
        before = self._likeness(features, blocked)
        for number, one in enumerate(deblocked):
            if one is not None:
                whole[number] = shown[number] = one
        see_anew(blocked)
        scales = np.array([len(face) / self.info.size for face in faces])
        sigmas = self._softening(features)["softening"] * scales
        softer = np.flatnonzero(sigmas)
        for i in softer:
            shown[i] = _blurred(whole[i], sigmas[i])
        see_anew(softer)
        first, strong = codes.pop("first_level")[:count], codes.pop("strong_level")[:count]
        seen = {name: array[:count] for name, array in codes.items()}
        found = self._second_look(shrunk, seen, first, strong)
        levels, likeness = np.clip(found["level"], *self.info.levels), found["likeness"]
        levels[blocked] = np.maximum(levels[blocked], _FULLY)  # below it a part of the blocks would stay
        likeness[blocked] = np.minimum(likeness[blocked], before)
        return [
            # Both sides by a step: they are views, and a batch's codes are kept as long as one of its faces.
            EncodedFace(
                pixels[i],
                whole[i],
                shrunk[i],
                tones[i],
                float(sigmas[i]),
                {name: array[i::count] for name, array in codes.items()},
                float(levels[i]),
                found["mask"][i],
                float(likeness[i]),
            )
            for i in range(count)
        ]

    def _likeness(
        self, features: Mapping[str, NDArray[np.float32]], some: NDArray[np.intp]
    ) -> NDArray[np.float32]:
        """Give the likeness of some faces, (k,), by F of them as they are: deblocking adds nothing known."""
        if not some.size:
            return np.zeros(0, np.float32)
        seen = {name: array[some] for name, array in features.items()}
        unmoved = {f"shifted_{name}": array for name, array in seen.items()}
        return self._level({"first_level": np.zeros(some.size, np.float32), **seen, **unmoved})["likeness"]

    def _deblocked(
        self, pixels: NDArray[np.float32], features: Mapping[str, NDArray[np.float32]], number: int
    ) -> NDArray[np.float32] | None:
        """Undo the compression of a face, (3, H, H), whose F has that number; None if that would not help.

        One at a time: they are of different sizes.
        """
        if self._deblocking_helps is None or self._deblock is None:
            return None
        own = {name: array[number : number + 1] for name, array in features.items()}
        seen = self._deblocking_helps({"face": pixels[None], **own})
        if not seen.pop("helps"):
            return None
        (whole,) = self._deblock({"face": pixels[None], **seen})["deblocked"]
        return np.asarray(whole, np.float32)

    def _encode_twice(self, faces: NDArray[np.float32]) -> dict[str, NDArray[np.float32]]:
        """Encode faces, (n, 3, S, S), as they are and mirrored: codes (2 n, …)."""
        return self._encode({"face": np.concatenate([faces, _mirrored(faces)])})

    def _second_look(
        self,
        faces: NDArray[np.float32],
        codes: Mapping[str, NDArray[np.float32]],
        first: NDArray[np.float32],
        strong: NDArray[np.float32],
    ) -> dict[str, NDArray[np.float32]]:
        """Give level and likeness, (n,), and head mask, (n, m, m), by F and what a strong shift changes."""
        shifted = self._encode({"face": self._decode({"face": faces, "alpha": strong, **codes})["restored"]})
        names = [name for name in codes if name not in _OF_THE_WHOLE]
        seen = {name: codes[name] for name in names} | {f"shifted_{name}": shifted[name] for name in names}
        return self._level({"first_level": first, **seen})

    def decode(
        self,
        faces: Sequence[EncodedFace],
        levels: Sequence[float],
        details: Sequence[NDArray[np.float32] | None] = (),
    ) -> list[Drawing]:
        """Draw encoded faces at levels, all at once.

        Parameters
        ----------
        faces : sequence of EncodedFace
        levels : sequence of float
            α of each face, 0 to 150.
        details : sequence of array or None, optional
            Of drawings of the same faces at other levels. Where there are some they are used again, and the
            face is drawn once: in half the time, a large one in a third.

        Returns
        -------
        list of Drawing
            At level 0 exactly the encoded pixels: the dial starts at the photo as it is.

        Raises
        ------
        DeviceOutOfMemory
            When the batch is too large for the device.
        """
        drawings = [Drawing(_rows(face.pixels)) for face in faces]
        known = dict(enumerate(details))
        moved = [i for i, level in enumerate(levels) if level > 0]
        twice = [i for i in moved if known.get(i) is None]
        if moved:
            sides = [(faces[i].codes, 0) for i in moved] + [(faces[i].codes, 1) for i in twice]
            feeds = {name: np.stack([codes[name][side] for codes, side in sides]) for name in faces[0].codes}
            feeds["face"] = np.stack(
                [faces[i].seen for i in moved] + [_mirrored(faces[i].seen) for i in twice]
            )
            feeds["alpha"] = np.array([levels[i] for i in moved + twice], np.float32)
            restored = self._decode(feeds)["restored"]
            mirrored = dict(zip(twice, _mirrored(restored[len(moved) :]), strict=True))
            for i, drawn in zip(moved, restored, strict=False):
                face, one, again = faces[i], _rows(drawn), known.get(i)
                tone, photo = face.tone, face.shown.transpose(1, 2, 0)
                enlarged = tone.given_back(_enlarged(one, face), photo)
                if again is None:
                    both = joined(one, _rows(mirrored[i]), levels[i])
                    pixels = tone.given_back(self._finely(both, face, levels[i]), photo)
                    again = pixels - enlarged
                else:
                    pixels = np.clip(enlarged + again, 0, 1)
                left = np.float32(1 - replaced_share(levels[i], face.level))
                if left and (face.softening or face.whole is not face.pixels):
                    pixels = np.clip(pixels + left * self._not_shown(face), 0, 1)
                if levels[i] < _FADED_IN:  # shifted by nothing, the network gives back nearly the photo
                    share = np.float32(levels[i] / _FADED_IN)
                    pixels = drawings[i].pixels + share * (pixels - drawings[i].pixels)
                drawings[i] = Drawing(pixels, again)
        return drawings

    def _shrunk(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give a face, (3, H, H), at the size that the network sees."""
        step = pixels.shape[1] // self.info.size
        if step == 1:
            return pixels
        size = self.info.size
        return np.asarray(pixels.reshape(3, size, step, size, step).mean((2, 4)), np.float32)

    def _not_shown(self, face: EncodedFace) -> NDArray[np.float32]:
        """Give what of a face, (H, H, 3), is shown neither to the network nor to the finer stage."""
        coarse = self._shrunk(face.shown - face.shown_to_finer)
        return _rows(face.pixels - face.shown_to_finer) - _enlarged(_rows(coarse), face)

    def _finely(self, restored: NDArray[np.float32], face: EncodedFace, level: float) -> NDArray[np.float32]:
        """Draw a restored face, (S, S, 3), as large as it was; one at a time, whatever else is in a batch."""
        if self._finer is None or face.pixels.shape[1:] == restored.shape[:2]:
            return _enlarged(restored, face)
        share = np.float32(replaced_share(level, face.level))
        photo = _toned(face.shown_to_finer, face.tone)
        feeds = {"photo": photo, "restored": restored.transpose(2, 0, 1), "share": share}
        (finer,) = self._finer({name: np.asarray(value)[None] for name, value in feeds.items()})["finer"]
        return without_lattice(_rows(finer), float(share))


def _mirrored(faces: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give faces, (..., H, W), with left and right exchanged."""
    return np.ascontiguousarray(faces[..., ::-1])


def _blurred(pixels: NDArray[np.float32], sigma: float) -> NDArray[np.float32]:
    """Give a face, (3, H, H), blurred by a Gaussian of `sigma` px; the face itself where that is 0."""
    if not sigma:
        return pixels
    blurred = cv2.GaussianBlur(_rows(pixels), (0, 0), float(sigma))
    return np.ascontiguousarray(blurred.transpose(2, 0, 1))


def _toned(pixels: NDArray[np.float32], tone: Tone) -> NDArray[np.float32]:
    """Give a face, (3, H, H), in the tone in which the network sees it."""
    return np.ascontiguousarray(tone.stretched(pixels.transpose(1, 2, 0)).transpose(2, 0, 1))


def _enlarged(restored: NDArray[np.float32], face: EncodedFace) -> NDArray[np.float32]:
    """Give a restored face, (S, S, 3), as large as `face` was."""
    if face.pixels.shape[1:] == restored.shape[:2]:
        return restored
    larger = cv2.resize(restored, face.pixels.shape[1:], interpolation=cv2.INTER_LINEAR)
    return np.asarray(larger, np.float32)


def _rows(face: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give a face, (3, H, H), as (H, H, 3)."""
    return np.ascontiguousarray(face.transpose(1, 2, 0))


def replaced_share(level: float, automatic: float) -> float:
    """Give the share of a photo's own finest details, or a screen's dots, that the restored face replaces.

    Parameters
    ----------
    level, automatic : float
        α, and α(x) of the face, 0 to 150.

    Returns
    -------
    float
        0 at level 0, 1 from the automatic level on; less than that for faces that hardly need anything.
    """
    return min(level / max(automatic, _FULLY), 1.0)
