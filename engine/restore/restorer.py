"""Analyse a photo once, render it at any level."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.faces import Box, Face, FaceDetector, align_to_fit
from engine.photo import Photo
from engine.restore.analysis import AnalysedFace, Analysis
from engine.restore.arrangement import Arrangement
from engine.restore.model import Drawing, EncodedFace, LcqsModel, replaced_share
from engine.restore.rendering import Rendering
from engine.restore.screen import Screen
from engine.restore.tint import Tint
from engine.runtime import DeviceReport, InferenceThread, ModelInfo, find_model

Choose = Callable[[float | None], float]
"""Gives a face's level for its automatic one, which is None where too little of the person is left."""

_BATCH = 4
_AS_IT_IS = Arrangement()


@dataclass(frozen=True, eq=False)
class DrawnFace:
    """A face that was encoded and drawn in one go.

    Attributes
    ----------
    automatic : float or None
        α(x), 0 to 150; None where too little of the person is left.
    level : float
        The level at which it was drawn.
    pixels : (S, S, 3) float32, RGB, 0 to 1
        Grey or tinted where the photo is.
    mask : (m, m) float32, 0 to 1
        Where in the face's crop somebody is.
    """

    automatic: float | None
    level: float
    pixels: NDArray[np.float32]
    mask: NDArray[np.float32]


class Restorer:
    """The engine in one object: a detector, a model, and the one thread that runs them.

    Its methods may be called from any thread; the models work on their own. Use it as a context manager, or
    `close` it.

    Parameters
    ----------
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``cuda:N``.
    model : str, optional
        Name of a model of the store, or a folder with one; the default one when None.
    threads : int, optional
        Threads of one model run on the CPU; as many as cores when None.

    Raises
    ------
    ModelError
        When the model is missing or damaged.
    UsageError
        For an unknown device.
    """

    def __init__(self, device: str = "auto", model: str | None = None, threads: int | None = None) -> None:
        self.info: ModelInfo = find_model(model)
        self._inference = InferenceThread()
        try:
            self._model = self._inference.call(LcqsModel, self.info, device, threads)
        except BaseException:
            self._inference.close()
            raise
        self._detector = FaceDetector()

    @property
    def report(self) -> DeviceReport:
        """What the model runs on, and why not on what was asked for."""
        return self._model.report

    @property
    def model_name(self) -> str:
        """Name and version of the model, as results state it."""
        return f"{self.info.name} {self.info.version}"

    def warm_up(self) -> None:
        """Run the model once, so that the first photo does not wait for it."""
        self._inference.call(self._model.warm_up)

    def find(self, photo: Photo) -> tuple[Face, ...]:
        """Find the faces of a photo, from left to right."""
        return self._inference.call(self._detector, photo.rgb8())

    def analyse(
        self, photo: Photo, arrangement: Arrangement = _AS_IT_IS, faces: Sequence[Face] | None = None
    ) -> Analysis:
        """Find, align and encode the faces of a photo: `locate` and `encode`.

        Parameters
        ----------
        photo : Photo
        arrangement : Arrangement
            What is done to the photo first. The faces are those of the photo as it is: one that is too small
            stays so.
        faces : sequence of Face, optional
            What `find` found in the photo as it is; they are looked for when None.

        Returns
        -------
        Analysis
            Of the arranged photo; its faces numbered from 1, as they are given or from left to right.

        Raises
        ------
        UsageError
            When the photo can't be enlarged so far.
        DeviceError
            When the device fails.
        """
        return self.encode(self.locate(photo, arrangement, faces))

    def locate(
        self, photo: Photo, arrangement: Arrangement = _AS_IT_IS, faces: Sequence[Face] | None = None
    ) -> Analysis:
        """Tell where the faces of a photo are, and leave all of them `Analysis.waiting`; as `analyse`."""
        photo, faces = arrangement.with_faces(photo, self.find(photo) if faces is None else faces)
        return Analysis(photo, tuple(AnalysedFace(n, face) for n, face in enumerate(faces, 1)))

    def encode(self, analysis: Analysis, numbers: Container[int] | None = None) -> Analysis:
        """Align and encode faces that wait for it.

        Parameters
        ----------
        analysis : Analysis
        numbers : container of int, optional
            Which of the waiting faces; all of them when None.

        Returns
        -------
        Analysis
            The same, in which they have their codes and levels.

        Raises
        ------
        DeviceError
            When the device fails.
        """
        waiting = [face for face in analysis.waiting if numbers is None or face.number in numbers]
        encoded: dict[int, AnalysedFace] = {}
        for start in range(0, len(waiting), _BATCH):
            some = self._encoded(analysis.photo, waiting[start : start + _BATCH])
            encoded |= {face.number: face for face in some}
        return replace(analysis, faces=tuple(encoded.get(face.number, face) for face in analysis.faces))

    def add_face(self, analysis: Analysis, box: Box) -> Analysis:
        """Add the face that a person framed by hand, under the next number.

        Parameters
        ----------
        analysis : Analysis
        box : (x0, y0, x1, y1) of float
            Around the face, in photo pixels.

        Raises
        ------
        UsageError
            When no eyes and mouth can be found in the box, or only those of a face that was found without it
            and can be restored.
        """
        face = self._inference.call(self._detector.detect_in_box, analysis.photo.rgb8(), box)
        if face is None:
            raise UsageError(
                "No face with eyes and mouth can be found in this frame; draw it from forehead to chin."
            )
        for known in analysis.faces:
            # One that was framed by hand is no obstacle: its adding may have been undone.
            if known.face.refusal is None and not known.face.by_hand and known.face.is_same_as(face):
                raise UsageError(f"This is face {known.number} already; turn its level.")
        added = AnalysedFace(len(analysis.faces) + 1, face)
        return self.encode(replace(analysis, faces=(*analysis.faces, added)), {added.number})

    def render(self, analysis: Analysis, levels: Mapping[int, float] | None = None) -> Photo:
        """Restore the faces of a photo.

        Parameters
        ----------
        analysis : Analysis
        levels : mapping of int to float, optional
            Level of each face by number, 0 to 150; a face that is not named gets its automatic level.

        Returns
        -------
        Photo
            Everything outside the restored faces is the input's, pixel for pixel; with all levels 0 it is the
            input itself.

        Raises
        ------
        UsageError
            For an unknown face, one that is left alone, or a level outside the dial.
        """
        automatic = {face.number: face.automatic_level for face in analysis.restorable}
        return self.begin(analysis, automatic | dict(levels or {})).photo()

    def begin(self, analysis: Analysis, levels: Mapping[int, float] | None = None) -> Rendering:
        """Begin to render a photo whose levels will change: what the dial holds on to.

        Parameters
        ----------
        analysis : Analysis
        levels : mapping of int to float, optional
            First levels by number; 0 for a face that is not named.

        Raises
        ------
        UsageError
            As `Rendering.set_levels`.
        """
        rendering = Rendering(analysis, self.draw)
        rendering.set_levels(levels or {})
        return rendering

    def draw(
        self,
        wanted: Sequence[tuple[AnalysedFace, float]],
        details: Sequence[NDArray[np.float32] | None] = (),
    ) -> list[Drawing]:
        """Draw faces at levels.

        Parameters
        ----------
        wanted : sequence of (AnalysedFace, float)
            Restorable faces and a level, 0 to 150, for each.
        details : sequence of array or None, optional
            Of drawings of the same faces at other levels, see `LcqsModel.decode`.

        Returns
        -------
        list of Drawing
            Of aligned faces, grey or tinted where the photo is.

        Raises
        ------
        DeviceError
            When the device fails.
        """
        drawings: list[Drawing] = []
        for start in range(0, len(wanted), _BATCH):
            some = slice(start, start + _BATCH)
            batch = wanted[some]
            encoded = [face.encoded for face, _ in batch if face.encoded is not None]
            levels = [level for _, level in batch]
            drawn = self._inference.call(self._model.decode, encoded, levels, details[some])
            for (face, level), code, drawing in zip(batch, encoded, drawn, strict=True):
                pixels = _as_printed(face.screen, face.tint, code, level, drawing.pixels)
                drawings.append(replace(drawing, pixels=pixels))
        return drawings

    def redraw(self, crops: Sequence[NDArray[Any]], choose: Sequence[Choose]) -> list[DrawnFace]:
        """Encode faces of any photos and draw them, all in one batch; the codes are not kept.

        Parameters
        ----------
        crops : sequence of (S, S, 3) uint8 or uint16, RGB
            Aligned faces; each S is one of the model's sizes.
        choose : sequence of callable
            For each face, gives the level, 0 to 150, for `DrawnFace.automatic`.

        Returns
        -------
        list of DrawnFace

        Raises
        ------
        DeviceOutOfMemory
            When the batch is too large for the device.
        DeviceError
            When the device fails.
        """
        return self._inference.call(self._redraw, crops, choose)

    def _redraw(self, crops: Sequence[NDArray[Any]], choose: Sequence[Choose]) -> list[DrawnFace]:
        encoded = self._model.encode(crops)
        levels = [pick(face.automatic) for pick, face in zip(choose, encoded, strict=True)]
        drawn = self._model.decode(encoded, levels)
        return [
            DrawnFace(
                face.automatic,
                level,
                _as_printed(Screen.of(crop), Tint.of(crop), face, level, drawing.pixels),
                face.mask,
            )
            for crop, face, level, drawing in zip(crops, encoded, levels, drawn, strict=True)
        ]

    def _encoded(self, photo: Photo, faces: Sequence[AnalysedFace]) -> list[AnalysedFace]:
        """Align and encode faces in one batch."""
        aligned = [align_to_fit(photo.pixels, face.face.landmarks, self.info.sizes) for face in faces]
        codes = self._inference.call(self._model.encode, [crop.pixels for crop in aligned])
        return [
            replace(
                face, aligned=crop, encoded=code, tint=Tint.of(crop.pixels), screen=Screen.of(crop.pixels)
            )
            for face, crop, code in zip(faces, aligned, codes, strict=True)
        ]

    def close(self) -> None:
        """End the inference thread."""
        self._inference.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _as_printed(
    screen: Screen | None,
    tint: Tint | None,
    encoded: EncodedFace,
    level: float,
    drawn: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Leave a drawing no dots of the photo's screen, and no colour that its tint does not have."""
    if screen is not None:
        drawn = screen.taken_from(drawn, replaced_share(level, encoded.level))
    return drawn if tint is None else tint.keep(encoded.pixels.transpose(1, 2, 0), drawn)
