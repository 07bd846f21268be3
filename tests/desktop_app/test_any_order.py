"""Whatever a person does, in whatever order, while faces are read: the window shows what the engine gives."""

import random
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QRectF

from desktop_app.pictures import to_pixels
from engine.faces import Refusal
from engine.photo import Photo, read_photo, write_photo
from engine.restore import Arrangement, Restorer
from tests.desktop_app.waiting import pause

_SECONDS = 6


@pytest.fixture
def _left_alone(monkeypatch):
    """Let the detector be uncertain of every other face: these are added by whoever frames them."""
    find = Restorer.find

    def uncertain(restorer, photo):
        faces = find(restorer, photo)
        return tuple(
            replace(face, refusal=Refusal.UNCERTAIN) if i % 2 else face for i, face in enumerate(faces)
        )

    monkeypatch.setattr(Restorer, "find", uncertain)


@pytest.fixture
def photos(astronaut, tmp_path):
    """Two photos of five and three faces of several sizes, some of which overlap, and a broken one."""
    person = astronaut[:300, 110:330]
    paths = []
    for name, sides in (("aunts", (130, 200, 240, 160, 150)), ("uncles", (240, 140, 190))):
        row = [cv2.resize(person, (side * 3 // 4, side), interpolation=cv2.INTER_AREA) for side in sides]
        row = [one[:, ::-1] if i % 2 else one for i, one in enumerate(row)]
        paths.append(tmp_path / f"{name}.png")
        padded = [np.pad(one, ((240 - len(one), 0), (0, 0), (0, 0)), mode="reflect") for one in row]
        write_photo(Photo(np.hstack(padded)), paths[-1])
    paths.append(tmp_path / "broken.png")
    paths[-1].write_bytes(b"no photo")
    return paths


class Hand:
    """Does one thing after the other, by chance."""

    def __init__(self, window, photos, seed):
        self._window, self._photos = window, photos
        self._chance = random.Random(seed)
        actions = window.actions_
        self._things = [
            *[self._turn] * 4,
            self._open,
            self._save,
            self._frame,
            lambda: window.panel.together.setChecked(self._chance.random() < 0.5),
            lambda: actions.sizes[self._chance.choice((1, 2))].trigger(),
        ]
        some = [
            "undo",
            "redo",
            "undo",
            "turn_left",
            "turn_right",
            "next_face",
            "switch_face",
            "automatic",
            "original",
            "copy",
        ]
        self._things += [getattr(actions, name).trigger for name in some]

    def does_something(self):
        if self._window.session.document is not None:
            self._chance.choice(self._things)()
        pause(self._chance.choice((1, 20, 60, 200)))

    def _turn(self):
        document = self._window.session.document
        document.begin_gesture()
        for _ in range(self._chance.randint(1, 4)):
            document.turn(self._chance.choice((0, 20, 60, 90, 150)))

    def _open(self):
        self._window.session.document.undo.setClean()  # else it asks
        self._window.open_paths([self._chance.choice(self._photos)])

    def _save(self):
        session = self._window.session
        if self._window.actions_.save.isEnabled():
            session.save(session.document, self._photos[0].with_name("copy.png"), "png", None, True, 1)

    def _frame(self):
        faces = self._window.session.document.faces
        if faces:
            box = self._chance.choice(faces).box
            self._window.session.add_face(QRectF(box).adjusted(-3, -3, 3, 3))


@pytest.mark.usefixtures("_left_alone")
@pytest.mark.parametrize("seed", [1, 2])
def test_the_window_shows_what_the_engine_gives(user, window, photos, seed):
    session, rendered, copied, failed = window.session, [], [], []
    session.rendered.connect(rendered.append)
    session.copied.connect(copied.append)
    session.failed.connect(failed.append)
    hand = Hand(window, photos, seed)
    window.open_paths(photos[:1])
    end = time.monotonic() + _SECONDS
    while time.monotonic() < end:
        hand.does_something()
    user.waits_until(lambda: not session.is_opening and not session.is_saving)
    user.waits_until(lambda: session.document.searched and not session.is_searching and not session.unread)
    document = session.document
    # What was asked for last may still wait for its turn, and faces are read anew behind it.
    user.waits_until(
        lambda: (document.quarters, document.enlargement) == (session._quarters, session._enlargement)
    )
    user.waits_until(lambda: not session.unread)
    rendered.clear()
    copied.clear()
    document.settingsChanged.emit()
    user.waits_until(lambda: bool(rendered) and rendered[-1].settled)
    session.copy()
    user.waits_until(lambda: bool(copied))
    assert rendered[-1].levels == document.levels
    assert not any(face.found.waits for face in document.faces)
    # By an engine of its own; faces that were framed by hand are where the other one found them.
    faces = session._thread._worker._room._faces
    arrangement = Arrangement(document.quarters, document.enlargement)
    with Restorer(device="cpu") as restorer:
        analysis = restorer.analyse(read_photo(document.path), arrangement, faces)
        expected = restorer.render(analysis, document.levels).pixels.astype(int)
    assert np.abs(to_pixels(copied[-1]) - expected).max() <= 1
    shown = to_pixels(window.viewer._images[0]).astype(int)
    for patch in window.viewer._patches.values():
        place = np.s_[patch.y : patch.y + patch.height, patch.x : patch.x + patch.width]
        shown[place] = to_pixels(patch.images[0])
    assert np.abs(shown - expected).max() <= 1
    unexpected = [one.details for one in failed if not one.sentence]
    assert not unexpected
    document.undo.setClean()
    window.panel.together.setChecked(False)
