"""The engine at work for one window: what each request does. Runs on the engine's thread, and only there."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import singledispatchmethod
from importlib.resources.abc import Traversable
from pathlib import Path

from PySide6.QtCore import QRectF, QStandardPaths
from PySide6.QtGui import QImage

from desktop_app.memory import Remembered, fingerprint, recall, remember
from desktop_app.messages import (
    AddFace,
    Answer,
    Copied,
    CopyPhoto,
    DrawSheet,
    EngineReady,
    FaceAdded,
    FaceRead,
    FacesFound,
    FindFaces,
    FoundFace,
    Listed,
    ListPhotos,
    Opened,
    OpenPhoto,
    Patch,
    Prepare,
    Present,
    Presented,
    ReadFace,
    Render,
    Rendered,
    Request,
    Saved,
    SavePhoto,
    SaveSheet,
    Settle,
    SheetDrawn,
)
from desktop_app.pictures import Display, contact_sheet, to_pixels
from desktop_app.restorers import Restorers
from engine import __version__
from engine.errors import HeirloomError, PhotoError, UsageError, named
from engine.faces import Box, Face, invert, mapped_box, quarters_to_stand
from engine.paths import is_file, is_folder
from engine.photo import EXTENSIONS, AiEdit, Photo, PhotoFormat, read_ai_edit, read_photo, write_photo
from engine.restore import AnalysedFace, Analysis, Arrangement, Rendering, Restorer, never

_NOT_OPEN = "This photo is not open any more; open it again."


def memory_folder() -> Path:
    """Folder for what is remembered of photos."""
    location = QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QStandardPaths.writableLocation(location)) / "heirloom" / "photos"


class EngineRoom:
    """One restorer, one open photo.

    Parameters
    ----------
    answer : callable
        Takes each answer.
    restorers : Restorers
        Shared with the album.
    waits : callable
        Tells whether a request of a kind waits.
    """

    def __init__(
        self,
        answer: Callable[[Answer], None],
        restorers: Restorers,
        waits: Callable[[type[Request]], bool],
    ) -> None:
        self._answer = answer
        self._waits = waits
        self._restorers = restorers
        self._loaded: Restorer | None = None
        self._stamp = 0
        self._photo: Photo | None = None
        self._display: Display | None = None
        self._rendering: Rendering | None = None
        self._arrangement = Arrangement()  # of what is shown
        self._faces: tuple[Face, ...] = ()  # where they are in the photo as it lies in its file
        self._by_hand: tuple[Box, ...] = ()  # there, too
        self._left = Remembered()  # how the open photo was left the last time, or else what it begins with
        self._key = ""
        self._drawn_at: dict[int, float] = {}  # when the dial had turned a face, s of some clock

    def close(self) -> None:
        """Let go of the open photo."""
        self._photo = self._display = self._rendering = None

    @singledispatchmethod
    def handle(self, request: Request) -> None:
        """Do what a request asks for and answer it; what is about another photo than the open one is dropped.

        Raises
        ------
        HeirloomError
            With one sentence for the user.
        """
        raise TypeError(f"nobody handles {type(request).__name__}")

    @handle.register
    def _prepare(self, request: Prepare) -> None:
        if self._loaded is None:
            self._restorer(request).warm_up()

    @handle.register
    def _list(self, request: ListPhotos) -> None:
        folders = [path for path in request.paths if is_folder(path)]
        found: list[Path] = []
        for path in request.paths:
            found += _photos_in(path) if path in folders else [path]
        if not found:
            folder = request.paths[0] if request.paths else Path()
            raise PhotoError(f"There is no photo in {named(folder)}.")
        only = request.paths[0] if len(request.paths) == 1 and folders else None
        self._answer(Listed(request.stamp, tuple(found), only))

    @handle.register
    def _open(self, request: OpenPhoto) -> None:
        source = request.source
        photo = read_photo(source) if isinstance(source, Path) else _from_clipboard(source)
        key, left = "", Remembered()
        if photo.path is not None:
            with suppress(OSError):
                key = fingerprint(photo.path)
                left = recall(memory_folder(), key)
        arrangement = Arrangement(left.quarters, left.enlargement)
        shown = arrangement.of(photo)
        if not left.settings:
            left = replace(left, settings=request.settings)
        # Only now: a file that can't be read leaves the open photo open.
        self._stamp, self._rendering, self._by_hand, self._key = request.stamp, None, (), key
        self._left, self._arrangement = left, arrangement
        self._photo, self._display = photo, Display(shown)
        edit = read_ai_edit(photo.metadata)
        self._answer(
            Opened(
                request.stamp,
                photo.path,
                photo.path.name if photo.path is not None else "",
                shown.width,
                shown.height,
                photo.pixels.dtype.itemsize * 8,
                photo.format.value,
                photo.format.extension(photo.path or Path()),
                photo.foreign,
                self._display.pyramid(shown.pixels),
                left.quarters,
                left.enlargement,
                None if edit is None else edit.levels,
                left.original if left.original is not None and is_file(left.original) else None,
            )
        )

    @handle.register
    def _find_faces(self, request: FindFaces) -> None:
        if request.stamp == self._stamp and self._photo is not None:
            self._begin(request, self._photo)

    def _begin(self, request: Request, photo: Photo) -> Rendering:
        """Find the faces, and tell where they are."""
        restorer = self._restorer(request)
        self._faces, self._by_hand = restorer.find(photo), ()
        analysis = restorer.locate(photo, self._arrangement, self._faces)
        matrix = self._arrangement.matrix(photo)
        for box in self._left.by_hand:
            with suppress(HeirloomError):  # an older version's box that this one finds no face in
                analysis = self._with_face(restorer, analysis, mapped_box(matrix, box))
        if not self._left.settings and read_ai_edit(photo.metadata) is not None:
            # Restored already: it opens as it is, and is not restored a second time.
            self._left = replace(self._left, settings={face.number: (0.0, True) for face in analysis.faces})
        self._rendering, self._drawn_at = restorer.begin(analysis), {}
        faces = tuple(self._found(face) for face in analysis.faces)
        standing = quarters_to_stand(self._faces)
        self._answer(FacesFound(request.stamp, faces, self._left.settings, standing))
        return self._rendering

    @handle.register
    def _read_face(self, request: ReadFace) -> None:
        if request.stamp == self._stamp and self._rendering is not None:
            waiting = self._rendering.analysis.waiting
            if waiting:
                self._read(request, self._rendering, max(waiting, key=lambda face: face.face.length).number)

    def _read(self, request: Request, rendering: Rendering, number: int) -> None:
        """Encode a face that waits, and tell what is known of it."""
        analysis = self._restorer(request).encode(rendering.analysis, {number})
        rendering.extend(analysis)
        face = self._found(analysis.faces[number - 1])
        self._answer(FaceRead(request.stamp, face, len(analysis.waiting)))

    @handle.register
    def _render(self, request: Render) -> None:
        """Answer after each face: nobody waits for the last one to see the first.

        First comes what was drawn before, as the dial turns one of these, or all, who take turns; then the
        largest. What is left when newer levels wait is drawn with these.
        """
        start = time.perf_counter()
        if request.stamp != self._stamp or self._rendering is None:
            return
        levels = dict(self._rendering.levels)
        moved = [
            f for f in self._by_size() if request.levels.get(f.number, levels[f.number]) != levels[f.number]
        ]
        moved.sort(key=lambda face: (levels[face.number] == 0, self._drawn_at.get(face.number, 0.0)))
        for face in moved:
            self._draw(request, face, request.levels[face.number], start, quickly=True)
            self._drawn_at[face.number] = time.perf_counter()
            if self._waits(Render):
                return
        if not moved:
            self._answer_rendered(request, (), {}, start)

    @handle.register
    def _present(self, request: Present) -> None:
        if request.stamp != self._stamp or self._rendering is None or self._photo is None:
            return
        arrangement = Arrangement(request.quarters, request.enlargement)
        if arrangement == self._arrangement:
            return
        restorer = self._restorer(request)
        analysis = restorer.locate(self._photo, arrangement, self._faces)
        self._arrangement, self._display = arrangement, Display(analysis.photo)
        self._rendering = restorer.begin(analysis)
        self._answer(
            Presented(
                request.stamp,
                request.quarters,
                request.enlargement,
                analysis.photo.width,
                analysis.photo.height,
                self._display.pyramid(analysis.photo.pixels),
                tuple(self._found(face) for face in analysis.faces),
            )
        )

    @handle.register
    def _settle(self, request: Settle) -> None:
        """The largest of those that were drawn quickly."""
        start = time.perf_counter()
        if request.stamp == self._stamp and self._rendering is not None:
            unsettled = [face for face in self._by_size() if face.number in self._rendering.unsettled]
            for face in unsettled[:1]:
                level = self._rendering.levels[face.number]
                self._draw(request, face, level, start, stop=lambda: self._waits(Request))

    def _by_size(self) -> list[AnalysedFace]:
        """Give the faces that can be restored, the largest first."""
        faces = () if self._rendering is None else self._rendering.analysis.restorable
        return sorted(faces, key=lambda face: -face.face.length)

    def _draw(
        self,
        request: Request,
        face: AnalysedFace,
        level: float,
        start: float,
        quickly: bool = False,
        stop: Callable[[], bool] = never,
    ) -> None:
        """Bring a face to a level, and answer."""
        if self._rendering is None or self._display is None:
            return
        patches, pictures = [], {}
        for part in self._rendering.set_levels({face.number: level}, quickly, stop):
            patches.append(self._display.patch(part))
            pictures[face.number] = self._display.square(part.pixels, _rect(face), part.step)
        self._answer_rendered(request, tuple(patches), pictures, start)

    def _answer_rendered(
        self, request: Request, patches: tuple[Patch, ...], pictures: dict[int, QImage], start: float
    ) -> None:
        if self._rendering is not None:
            levels, settled = dict(self._rendering.levels), not self._rendering.unsettled
            milliseconds = (time.perf_counter() - start) * 1000
            self._answer(Rendered(request.stamp, levels, patches, pictures, milliseconds, settled))

    @handle.register
    def _add_face(self, request: AddFace) -> None:
        if request.stamp != self._stamp or self._rendering is None:
            return
        restorer = self._restorer(request)
        analysis = self._with_face(restorer, self._rendering.analysis, _corners(request.box))
        self._rendering.extend(analysis)
        self._answer(FaceAdded(request.stamp, self._found(analysis.faces[-1])))

    def _with_face(self, restorer: Restorer, analysis: Analysis, box: Box) -> Analysis:
        """Add a face that was framed by hand, the box in pixels of the photo as it is shown."""
        if self._photo is None:
            raise UsageError(_NOT_OPEN)
        analysis = restorer.add_face(analysis, box)
        to_file = invert(self._arrangement.matrix(self._photo))
        self._by_hand += (mapped_box(to_file, box),)
        self._faces += (analysis.faces[-1].face.mapped(to_file),)
        return analysis

    @handle.register
    def _draw_sheet(self, request: DrawSheet) -> None:
        if request.stamp == self._stamp and self._rendering is not None:
            images = self._drawn(request, request.face, request.levels)
            self._answer(SheetDrawn(request.stamp, request.face, request.levels, images))

    @handle.register
    def _save_sheet(self, request: SaveSheet) -> None:
        if request.stamp != self._stamp or self._rendering is None or self._photo is None:
            raise UsageError(_NOT_OPEN)
        images = self._drawn(request, request.face, request.levels)
        sheet = Photo(contact_sheet(images, request.captions))
        model = self._restorer(request).model_name
        edit = AiEdit(model, request.levels, f"Heirloom {__version__}")
        write_photo(sheet, request.path, original=self._photo.path, edit=edit, overwrite=request.overwrite)
        self._answer(Saved(request.stamp, request.path, is_sheet=True))

    @handle.register
    def _save(self, request: SavePhoto) -> None:
        arrangement = replace(self._arrangement, enlargement=request.enlargement)
        photo, settings, edit = self._restored(request, request.settings, arrangement)
        write_photo(
            photo,
            request.path,
            format=PhotoFormat(request.format),
            quality=request.quality,
            edit=edit,
            overwrite=request.overwrite,
        )
        with suppress(OSError):  # the copy is safe; forgetting its levels is no reason to alarm anybody
            if self._key:
                remember(memory_folder(), self._key, self._as_left(settings, request.absent))
            if photo.path is not None:
                copy = fingerprint(request.path)
                if copy != self._key:
                    remember(memory_folder(), copy, Remembered(original=photo.path.absolute()))
        self._answer(Saved(request.stamp, request.path, is_sheet=False))

    def _as_left(self, settings: Mapping[int, tuple[float, bool]], absent: Collection[int]) -> Remembered:
        """Give how the photo is left, without the faces whose adding was undone: the others move up."""
        found = len(self._faces) - len(self._by_hand)
        kept = [i for i in range(len(self._by_hand)) if found + 1 + i not in absent]
        numbers = [*range(1, found + 1), *(found + 1 + i for i in kept)]
        return Remembered(
            {new: settings[old] for new, old in enumerate(numbers, 1) if old in settings},
            tuple(self._by_hand[i] for i in kept),
            quarters=self._arrangement.quarters,
            enlargement=self._arrangement.enlargement,
        )

    @handle.register
    def _copy(self, request: CopyPhoto) -> None:
        photo, _, _ = self._restored(request, request.settings, self._arrangement)
        if self._display is not None:
            self._answer(Copied(request.stamp, self._display.whole(photo.pixels)))

    def _restorer(self, request: Request) -> Restorer:
        """Return the restorer, which is loaded at its first use."""
        if self._loaded is None:
            self._loaded = self._restorers.get()
            report, info = self._loaded.report, self._loaded.info
            self._answer(
                EngineReady(
                    request.stamp,
                    report.provider,
                    report.fallback,
                    self._loaded.model_name,
                    info.licence,
                    _model_card(info.folder),
                )
            )
        return self._loaded

    def _restored(
        self, request: Request, settings: Mapping[int, tuple[float, bool]], arrangement: Arrangement
    ) -> tuple[Photo, Mapping[int, tuple[float, bool]], AiEdit | None]:
        """Return the photo at settings, arranged; all faces' settings; and what is to be said about it."""
        if request.stamp != self._stamp or self._photo is None:
            raise UsageError(_NOT_OPEN)
        rendering = self._rendering or self._begin(request, self._photo)
        for face in rendering.analysis.waiting:  # whoever asked did not wait for them
            self._read(request, rendering, face.number)
        automatic = {face.number: (face.automatic_level, True) for face in rendering.analysis.restorable}
        used = {n: settings.get(n) or self._left.settings.get(n) or automatic[n] for n in automatic}
        levels = {n: level if on else 0.0 for n, (level, on) in used.items()}
        restorer = self._restorer(request)
        if arrangement == self._arrangement:
            start = time.perf_counter()
            for one in self._by_size():  # the window shows what it hands on
                if levels[one.number] != rendering.levels[one.number] or one.number in rendering.unsettled:
                    self._draw(request, one, levels[one.number], start)
            photo = rendering.photo()
        else:
            photo = restorer.render(restorer.analyse(self._photo, arrangement, self._faces), levels)
        if not any(levels.values()):
            return photo, used, None
        return photo, used, AiEdit(restorer.model_name, tuple(levels.values()), f"Heirloom {__version__}")

    def _drawn(self, request: Request, number: int, levels: tuple[float, ...]) -> tuple[QImage, ...]:
        if self._rendering is None or self._display is None:
            return ()
        if number not in self._rendering.levels:  # it has not been read in this arrangement
            self._read(request, self._rendering, number)
        analysis = self._rendering.analysis
        face = analysis.faces[number - 1]
        assert face.aligned is not None
        within = face.aligned.within(analysis.photo.pixels.shape)
        drawings = self._restorer(request).draw([(face, level) for level in levels])
        return tuple(self._display.face(drawing.pixels, within) for drawing in drawings)

    def _found(self, face: AnalysedFace) -> FoundFace:
        if self._rendering is None or self._display is None:
            raise UsageError(_NOT_OPEN)
        picture = self._display.square(self._rendering.analysis.photo.pixels, _rect(face))
        return FoundFace(
            face.number,
            _rect(face),
            face.left_alone,
            face.level,
            face.screen is not None,
            self._faces[face.number - 1].is_small,
            picture,
        )


def _photos_in(folder: Path) -> list[Path]:
    """Give the photos of a folder by name; not the hidden ones, which other systems leave beside them."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name.lower())
    except OSError as error:
        raise PhotoError(f"{named(folder)} can't be looked into: {error.strerror}.") from error
    photos = [one for one in entries if one.suffix.lower() in EXTENSIONS and not one.name.startswith(".")]
    return [one for one in photos if is_file(one)]


def _rect(face: AnalysedFace) -> QRectF:
    left, top, right, bottom = (float(side) for side in face.face.box)
    return QRectF(left, top, right - left, bottom - top)


def _corners(box: QRectF) -> tuple[float, float, float, float]:
    return box.left(), box.top(), box.right(), box.bottom()


def _from_clipboard(source: bytes | QImage) -> Photo:
    """Make a photo of what the clipboard held; encoded bytes are read like a file, metadata and all."""
    if isinstance(source, QImage):
        if source.isNull():
            raise PhotoError("There is no picture on the clipboard.")
        return Photo(to_pixels(source))
    with tempfile.TemporaryDirectory(prefix="heirloom-") as folder:
        path = Path(folder) / "clipboard"
        path.write_bytes(source)
        return replace(read_photo(path), path=None, stamp=None)


def _model_card(folder: Traversable) -> str:
    """Read the model card beside a model, "" where there is none."""
    with suppress(OSError):
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
            if entry.name.lower().endswith(".md"):
                return entry.read_text(encoding="utf-8")
    return ""
