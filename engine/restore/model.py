"""The shipped network at run time: encode a face once, decode it for every level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelError
from engine.runtime import DeviceReport, ModelInfo, open_session


@dataclass(frozen=True, eq=False)
class EncodedFace:
    """A face as the network sees it: all that the dial needs, about 5 MB.

    Attributes
    ----------
    pixels : (3, S, S) float32, RGB, 0 to 1
        The aligned face.
    codes : mapping of str to array
        w, (L, D), and the spatial features F by their name in the decoder, (C, h, w), float32.
    level : float
        α(x), the automatic level.
    """

    pixels: NDArray[np.float32]
    codes: Mapping[str, NDArray[np.float32]]
    level: float


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
        When a file is damaged or the model is of another kind.
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
        self._decode = open_session(info.read("decode"), device, threads=threads)

    @property
    def report(self) -> DeviceReport:
        """What the decoder, which the dial waits for, runs on."""
        return self._decode.report

    def warm_up(self) -> None:
        """Run once on zeros, so that the first face does not pay for allocation."""
        self._encode.warm_up()
        self._decode.warm_up()

    def encode(self, faces: Sequence[NDArray[np.uint8]]) -> list[EncodedFace]:
        """Encode aligned faces, all at once.

        Parameters
        ----------
        faces : sequence of (S, S, 3) uint8 or uint16, RGB
            S is the model's size; the full range of each dtype is black to white.

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
        pixels = np.stack([face.transpose(2, 0, 1).astype(np.float32) / full for face, full in scaled])
        codes = self._encode({"face": pixels})
        levels = np.clip(codes.pop("level"), *self.info.levels)
        return [
            EncodedFace(pixels[i], {name: array[i] for name, array in codes.items()}, float(level))
            for i, level in enumerate(levels)
        ]

    def decode(self, faces: Sequence[EncodedFace], levels: Sequence[float]) -> NDArray[np.float32]:
        """Draw encoded faces at levels, all at once.

        Parameters
        ----------
        faces : sequence of EncodedFace
        levels : sequence of float
            α of each face, 0 to 150.

        Returns
        -------
        (n, S, S, 3) float32, RGB, 0 to 1
            At level 0 exactly the encoded pixels: the dial starts at the photo as it is.

        Raises
        ------
        DeviceOutOfMemory
            When the batch is too large for the device.
        """
        drawn = np.stack([face.pixels for face in faces])
        moved = [i for i, level in enumerate(levels) if level > 0]
        if moved:
            feeds = {name: np.stack([faces[i].codes[name] for i in moved]) for name in faces[0].codes}
            feeds["face"] = drawn[moved]
            feeds["alpha"] = np.array([levels[i] for i in moved], np.float32)
            drawn[moved] = self._decode(feeds)["restored"]
        return np.ascontiguousarray(drawn.transpose(0, 2, 3, 1))
