"""The open photo as the views see it: its faces, their levels, the selected one, and what can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QObject, QRectF, Signal
from PySide6.QtGui import QImage, QUndoCommand, QUndoStack

from desktop_app.messages import FaceRead, FacesFound, FoundFace, Opened, Presented, Rendered

LEVEL_MAX = 150.0
"""Upper end of the dial; `engine.restore.LEVEL_MAX`, which can't be imported before the window shows."""

_MOST = 50_000_000  # pixels of an enlarged photo that is shown: about 1 GB with all that is made of it


class Setting(NamedTuple):
    """What a person can change about a face: undo and redo go from one to another.

    Attributes
    ----------
    level : float or None
        0 to 150; None for the automatic one, which may not be known yet.
    on : bool
        Whether the face is restored at all.
    present : bool
        False for a face added by hand whose adding was undone.
    """

    level: float | None = None
    on: bool = True
    present: bool = True


@dataclass(frozen=True, eq=False)
class FaceState:
    """A face and its setting.

    Attributes
    ----------
    found : FoundFace
        What the engine knows of it.
    setting : Setting
    restored : QImage
        A small square of it as it is now shown.
    """

    found: FoundFace
    setting: Setting
    restored: QImage

    @property
    def number(self) -> int:
        """From 1."""
        return self.found.number

    @property
    def box(self) -> QRectF:
        """In photo pixels."""
        return self.found.box

    @property
    def automatic(self) -> float | None:
        """Its automatic level, None for a face that can't be restored or has not been read yet."""
        return self.found.automatic

    @property
    def level(self) -> float:
        """What the dial shows when it is on, 0 to 150; 0 where that is not known yet."""
        return (self.automatic or 0.0) if self.setting.level is None else self.setting.level

    @property
    def left_alone(self) -> str | None:
        """Why it is left as it is, a `Refusal` value; None for a face that somebody gave a level."""
        return None if self.level else self.found.refusal

    @property
    def effective(self) -> float:
        """The level at which it is drawn."""
        return self.level if self.setting.on and self.setting.present else 0.0

    @property
    def is_automatic(self) -> bool:
        """Whether its level is the automatic one."""
        return self.setting.level is None or self.setting.level == self.automatic


class Document(QObject):
    """A photo and what a person decided about it.

    Parameters
    ----------
    opened : Opened
        The photo as it was read.
    """

    facesChanged = Signal()
    """Faces were found, added or taken away."""
    settingsChanged = Signal()
    """A level changed, or a face was switched on or off."""
    selectionChanged = Signal()
    picturesChanged = Signal()
    """The small pictures of some faces are new."""

    def __init__(self, opened: Opened, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.stamp = opened.stamp
        self.path: Path | None = opened.path
        self.name = opened.name
        self.format, self.extension, self.foreign = opened.format, opened.extension, opened.foreign
        self.width, self.height, self.bits = opened.width, opened.height, opened.bits
        self.quarters = opened.quarters
        """By how much the photo is turned beside its file, as ``numpy.rot90`` counts it."""
        self.enlargement = opened.enlargement
        """How many times as wide and high as its file the photo is shown."""
        self.undo = QUndoStack(self)
        self.is_leaving = False
        """Whether another photo is on its way: what would be changed now would be lost."""
        self.searched = False
        self.together = False
        self._faces: dict[int, FaceState] = {}
        self._selected: int | None = None
        self._standing = 0
        self._gesture = 0

    @property
    def faces(self) -> tuple[FaceState, ...]:
        """All faces that are there, by number."""
        return tuple(face for face in self._faces.values() if face.setting.present)

    @property
    def restorable(self) -> tuple[FaceState, ...]:
        """The faces that have a dial, or get one as soon as they are read."""
        return tuple(face for face in self.faces if face.found.is_restorable)

    @property
    def selected(self) -> FaceState | None:
        """The face that the dial turns."""
        face = None if self._selected is None else self._faces.get(self._selected)
        return face if face is not None and face.setting.present else None

    @property
    def levels(self) -> dict[int, float]:
        """The level at which each face that was read is drawn, by number."""
        return {face.number: face.effective for face in self._faces.values() if face.automatic is not None}

    @property
    def settings(self) -> dict[int, tuple[float, bool]]:
        """Level of each face that has one, and whether it is on: to be saved and remembered."""
        return {
            face.number: (face.level, face.setting.on and face.setting.present)
            for face in self._faces.values()
            if face.automatic is not None or face.setting.level is not None
        }

    @property
    def absent(self) -> frozenset[int]:
        """The faces whose adding was undone."""
        return frozenset(face.number for face in self._faces.values() if not face.setting.present)

    @property
    def decisions(self) -> dict[int, Setting]:
        """All that a person decided."""
        return {face.number: face.setting for face in self._faces.values()}

    @property
    def has_small_faces(self) -> bool:
        """Whether there are restored faces of which a larger copy shows plainly more."""
        return any(face.found.small for face in self.restorable if face.effective > 0)

    @property
    def to_stand(self) -> int:
        """Quarters by which the photo, as it lies in its file, has to be turned for its faces to stand.

        0 as soon as somebody has turned it: they will know.
        """
        return 0 if self.quarters else self._standing

    def can_be_enlarged(self, factor: int) -> bool:
        """Whether the photo can be shown `factor` times as wide and high as its file."""
        pixels = self.width * self.height // self.enlargement**2
        return self.searched and (factor == 1 or pixels * factor**2 <= _MOST)

    @property
    def is_dirty(self) -> bool:
        """Whether something was changed since it was opened or saved."""
        return not self.undo.isClean()

    def set_found(self, answer: FacesFound) -> None:
        """Take in the faces, at the levels that they were left with or else their automatic ones."""
        self._faces = {}
        for found in answer.faces:
            left = answer.remembered.get(found.number) if found.is_restorable else None
            setting = Setting() if left is None else Setting(*left)
            self._faces[found.number] = FaceState(found, setting, found.picture)
        self.searched, self._standing = True, answer.standing
        largest = max(self.restorable, key=lambda face: face.box.width(), default=None)
        self._selected = None if largest is None else largest.number
        self.facesChanged.emit()
        self.selectionChanged.emit()
        self.settingsChanged.emit()

    def set_read(self, answer: FaceRead) -> None:
        """Take in what is known of a face now; nothing that can be undone."""
        face = self._faces[answer.face.number]
        if face.found.waits:  # else it was read before, in the photo as it was shown then
            self._faces[face.number] = replace(face, found=answer.face)
        self.settingsChanged.emit()

    def add(self, found: FoundFace) -> None:
        """Take in a face that was framed by hand; this can be undone."""
        absent = Setting(present=False)
        self._faces[found.number] = FaceState(found, absent, found.picture)
        text = QCoreApplication.translate("Document", "adding a face")
        self._push({found.number: absent._replace(present=True)}, text)
        self.select(found.number)

    def set_presented(self, answer: Presented) -> None:
        """Take in how the photo is shown now, and where its faces are; nothing that can be undone."""
        self.quarters, self.enlargement = answer.quarters, answer.enlargement
        self.width, self.height = answer.width, answer.height
        for now in answer.faces:  # their automatic levels stay: those who know them have acted upon them
            face = self._faces[now.number]
            self._faces[now.number] = replace(
                face, found=replace(face.found, box=now.box, picture=now.picture)
            )
        self.facesChanged.emit()

    def set_rendered(self, answer: Rendered) -> None:
        """Take in the small pictures of a rendering."""
        for number, picture in answer.pictures.items():
            self._faces[number] = replace(self._faces[number], restored=picture)
        if answer.pictures:
            self.picturesChanged.emit()

    def select(self, number: int | None) -> None:
        """Choose the face that the dial turns."""
        if number != self._selected:
            self._selected = number
            self.selectionChanged.emit()

    def set_together(self, together: bool) -> None:
        """Let the dial turn all faces, or the selected one alone."""
        self.together = together

    def begin_gesture(self) -> None:
        """Begin a movement of the dial: all of its steps on the same faces are undone as one."""
        self._gesture += 1

    def turn(self, level: float) -> None:
        """Bring the selected face, or all of them, to a level; a face that was off is switched on.

        Undone with the other steps of the same movement of the dial: a drag, or steps of wheel and keys that
        follow one another without a pause.
        """
        self._bring(level, self._gesture)

    def set_level(self, level: float) -> None:
        """Do as `turn` does, but in one step, which is undone alone."""
        self._bring(level)

    def set_automatic(self) -> None:
        """Bring the selected face, or all of them, back to its automatic level."""
        text = QCoreApplication.translate("Document", "automatic level")
        turned = [face for face in self._turned() if not (face.is_automatic and face.setting.on)]
        self._push({face.number: Setting() for face in turned}, text)

    def set_on(self, number: int, on: bool) -> None:
        """Switch a face on or off."""
        setting = self._faces[number].setting._replace(on=on)
        if on:
            text = QCoreApplication.translate("Document", "restoring a face")
        else:
            text = QCoreApplication.translate("Document", "leaving a face alone")
        self._push({number: setting}, text)

    def apply(self, settings: Mapping[int, Setting]) -> None:
        """Set faces without a step on the undo stack; the stack's own commands come through here."""
        before = len(self.faces)
        for number, setting in settings.items():
            self._faces[number] = replace(self._faces[number], setting=setting)
        if len(self.faces) != before:
            if self.selected is None:
                self._selected = next((face.number for face in self.restorable), None)
            self.facesChanged.emit()
            self.selectionChanged.emit()
        self.settingsChanged.emit()

    def _turned(self) -> tuple[FaceState, ...]:
        if self.together:
            return self.restorable
        face = self.selected
        return () if face is None or face.automatic is None else (face,)

    def _bring(self, level: float, gesture: int = 0) -> None:
        level = min(LEVEL_MAX, max(0.0, level))
        text = QCoreApplication.translate("Document", "turning the dial")
        self._push({face.number: Setting(level) for face in self._turned()}, text, gesture)

    def _push(self, settings: dict[int, Setting], text: str, gesture: int = 0) -> None:
        before = {number: self._faces[number].setting for number in settings}
        if self.is_leaving:
            self.settingsChanged.emit()  # the views show again what is so
        elif before != settings:
            self.undo.push(_Change(self, before, settings, text, gesture))


class _Change(QUndoCommand):
    """From one setting of some faces to another; the steps of one gesture merge."""

    def __init__(
        self,
        document: Document,
        before: dict[int, Setting],
        after: dict[int, Setting],
        text: str,
        gesture: int,
    ) -> None:
        super().__init__(text)
        self._document = document
        self._before, self._after = before, after
        self._gesture = gesture

    def redo(self) -> None:
        self._document.apply(self._after)

    def undo(self) -> None:
        self._document.apply(self._before)

    def id(self) -> int:
        return self._gesture or -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Change) or other._after.keys() != self._after.keys():
            return False
        self._after = other._after
        return True
