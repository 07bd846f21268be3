"""What happens to one photo: opened, faces found and cut out, drawn anew, pasted, put in its place.

Each step is a function of its own, so that a pipeline of threads and a cluster run the same ones.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from engine import __version__
from engine.album.database import OutputFull
from engine.album.journal import FaceRecord, Journal, Outcome, Record
from engine.album.places import FULL, Output, fetch, file_checksum, gone, is_url, stamp_of
from engine.album.settings import AlbumSettings, LevelRule, WithoutFaces
from engine.errors import HeirloomError, OutputError, PhotoError, named
from engine.faces import AlignedFace, Face, FaceDetector, Refusal, align_to_fit, apply_changes, plan_paste
from engine.paths import identity
from engine.photo import AiEdit, Photo, PhotoFormat, read_photo, write_photo
from engine.restore import Arrangement, DrawnFace


@dataclass(eq=False)
class Work:
    """A photo on its way through the steps.

    Attributes
    ----------
    record : Record
        Its row in the journal when it was taken.
    started : float
        Time of that, `time.monotonic`.
    photo, stamp, input_sha
        From `open_photo`.
    faces, aligned, quarters
        From `find_faces`: where faces are in the photo's file, their crops, with None for one that is left
        alone, and by how much the photo was turned.
    drawn : list of DrawnFace
        One for each that is aligned; the model's work.
    pixels : int
        What it counts for among the pixels under way.
    files : list of Path
        Files of its own in the hidden folder, to be removed with `discard`.
    """

    record: Record
    started: float = field(default_factory=time.monotonic)
    photo: Photo | None = None
    stamp: str | None = None
    input_sha: str = ""
    faces: tuple[Face, ...] = ()
    aligned: tuple[AlignedFace | None, ...] = ()
    quarters: int = 0
    drawn: list[DrawnFace] = field(default_factory=list)
    pixels: int = 0
    files: list[Path] = field(default_factory=list)

    @property
    def crops(self) -> list[np.ndarray]:
        """Pixels of the faces that the model draws."""
        return [face.pixels for face in self.aligned if face is not None]

    def forget(self) -> None:
        """Let go of pixels and faces; the record and the files stay."""
        self.photo, self.aligned, self.drawn = None, (), []

    def rule(self, settings: AlbumSettings) -> LevelRule:
        """How the levels of this photo are chosen: by a person, else by the job."""
        return settings.level if self.record.own_level is None else LevelRule(fixed=self.record.own_level)


@dataclass(frozen=True)
class Staged:
    """A finished result in the hidden folder, not yet in its place.

    Attributes
    ----------
    outcome : Outcome
    path : Path or None
        The flushed file; None where the photo gets no result.
    relative : str
        Its place below the output folder.
    sha : str
        Its SHA-256.
    """

    outcome: Outcome
    path: Path | None = None
    relative: str = ""
    sha: str = ""


@dataclass(frozen=True)
class Originals:
    """Device and inode of files that no result may replace, under whatever name.

    Attributes
    ----------
    taken : frozenset of (int, int)
        Every original of the job.
    left_out : frozenset of (int, int)
        What is called like a result: an original, too, unless the journal says that the job wrote it.
    """

    taken: frozenset[tuple[int, int]]
    left_out: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of(cls, sources: Iterable[str], left_out: Iterable[Path]) -> Originals:
        """Look at paths and URLs of originals, and at files; what is not on this machine needs no care."""
        taken = (identity(Path(source)) for source in sources if not is_url(source))
        others = map(identity, left_out)
        return cls(frozenset(key for key in taken if key), frozenset(key for key in others if key))


def open_photo(work: Work, scratch: Path) -> None:
    """Read the photo and its checksum.

    Raises
    ------
    PhotoError
        For whatever can be wrong with the file, also when it changes meanwhile.
    """
    source = work.record.source
    work.stamp = stamp_of(source)
    path = fetch(source, scratch)
    if is_url(source):
        work.files.append(path)
    try:
        work.photo = read_photo(path)
        work.input_sha = file_checksum(path)
    except PhotoError as error:
        raise PhotoError(str(error).replace(named(path), named(source))) from error
    except OSError as error:
        raise PhotoError(f"{named(source)} can't be read: {error.strerror}.") from error
    if stamp_of(source) != work.stamp:
        raise PhotoError(f"{named(source)} changed while it was read; retry it when it is complete.")


def find_faces(work: Work, detector: FaceDetector, sizes: Sequence[int], settings: AlbumSettings) -> None:
    """Find the faces, arrange the photo and cut out those that can be restored, at a size of the model's.

    A photo in which there is nothing to restore stays as it is.

    Raises
    ------
    UsageError
        When the photo can't be enlarged so far.
    """
    assert work.photo is not None
    work.faces = detector(work.photo.rgb8())
    if all(face.refusal for face in work.faces):
        work.aligned = (None,) * len(work.faces)
        return
    arrangement = Arrangement.wanted(work.faces, settings.upright, settings.enlargement)
    work.quarters = arrangement.quarters
    work.photo, faces = arrangement.with_faces(work.photo, work.faces)
    pixels = work.photo.pixels
    work.aligned = tuple(
        None if face.refusal else align_to_fit(pixels, face.landmarks, sizes) for face in faces
    )


def stage(work: Work, settings: AlbumSettings, model: str, scratch: Path) -> Staged:
    """Paste the drawn faces and write the result into the hidden folder.

    Raises
    ------
    OutputFull, OutputError
        When it can't be written.
    """
    assert work.photo is not None
    faces = _face_records(work)
    outcome = Outcome(work.stamp or "", work.input_sha, faces, model, _left_alone(faces))
    if not work.drawn and settings.without_faces is WithoutFaces.SKIP:
        return Staged(outcome)
    photo = work.photo
    source = PurePosixPath(work.record.relative)
    if not work.drawn:
        return _written(photo, outcome, str(source), scratch, work, photo.format, None, None)
    levels = tuple(face.level for face in work.drawn)
    format_ = settings.format or photo.format
    extension = format_.extension(source)
    edit = AiEdit(model, levels, f"Heirloom {__version__}") if any(levels) else None
    result = photo.with_pixels(pasted(photo, work.aligned, work.drawn)) if edit else photo
    return _written(
        result, outcome, work.record.result + extension, scratch, work, format_, settings.quality, edit
    )


def pasted(photo: Photo, aligned: Sequence[AlignedFace | None], drawn: Sequence[DrawnFace]) -> np.ndarray:
    """Paste drawn faces into a photo's pixels; those at level 0 change nothing."""
    faces = [face for face in aligned if face is not None]
    plans = plan_paste(photo.pixels, faces, [face.mask for face in drawn])
    changes = [plan.change(face.pixels) for plan, face in zip(plans, drawn, strict=True) if face.level > 0]
    return apply_changes(photo.pixels, changes)


def commit(
    staged: Staged,
    work: Work,
    journal: Journal,
    output: Output,
    originals: Originals,
    overwrite: bool,
) -> Record:
    """Put a staged result in its place and mark the photo as finished.

    Parameters
    ----------
    originals : Originals
    overwrite : bool
        Whether a file that is not this job's own result may be replaced.

    Raises
    ------
    OutputFull
        When the disk is full, or the output folder or the journal is gone.
    OutputError
    """
    if not journal.path.is_file():
        raise gone(output.folder)
    record, seconds = work.record, time.monotonic() - work.started
    if staged.path is None:
        return journal.no_face(record, staged.outcome, seconds)
    shown = output.shown(staged.relative)
    original = OutputError(
        f"{named(shown)} is an original photo, which Heirloom never writes to; choose another folder."
    )
    there = output.identity(staged.relative)
    if there in originals.taken:
        if not staged.outcome.restored:  # the copy of a photo without faces would be the photo itself
            return journal.no_face(record, staged.outcome, seconds)
        raise original
    is_like_a_result = there in originals.left_out
    if (is_like_a_result or not overwrite) and output.is_there(staged.relative):
        # The same bytes are ours, too: a run that was broken off had moved them here.
        sha = output.checksum(staged.relative)
        if sha != staged.sha and not journal.wrote(staged.relative, sha):
            if is_like_a_result and overwrite:
                raise original
            raise OutputError(f"{named(shown)} exists already; move it away, or allow it to be replaced.")
    journal.announce(record, staged.relative, staged.sha, staged.outcome)
    output.publish(staged.path, staged.relative)
    if not staged.outcome.restored:
        return journal.no_face(record, staged.outcome, seconds)
    return journal.finish(record, seconds)


def discard(work: Work) -> None:
    """Let go of a photo that came to an end: its pixels, and what is left of it in the hidden folder."""
    work.forget()
    for path in work.files:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def sentence_of(error: BaseException, source: str) -> tuple[str, int]:
    """Give the sentence and exit code for whatever stopped a photo."""
    if isinstance(error, HeirloomError):
        return str(error), error.exit_code
    if isinstance(error, MemoryError):
        return (
            f"{named(source)} needs more memory than is free; close other programs and retry it.",
            PhotoError.exit_code,
        )
    return (
        f"{named(source)} could not be restored because of a mistake in Heirloom"
        f" ({type(error).__name__}: {error}); please report it.",
        HeirloomError.exit_code,
    )


def _written(
    photo: Photo,
    outcome: Outcome,
    relative: str,
    scratch: Path,
    work: Work,
    format_: PhotoFormat,
    quality: int | None,
    edit: AiEdit | None,
) -> Staged:
    if not scratch.is_dir():  # or `write_photo` made another one
        raise gone(scratch.parent.parent)
    path = scratch / f"{work.record.id}{PurePosixPath(relative).suffix}"
    work.files.append(path)
    try:
        write_photo(photo, path, format=format_, quality=quality, edit=edit, overwrite=True)
        return Staged(outcome, path, relative, file_checksum(path))
    except OutputError as error:
        cause = getattr(error.__cause__, "errno", None)
        kind = OutputFull if cause in FULL else OutputError
        # The user knows the photo's name, not that of the hidden file.
        raise kind(str(error).replace(named(path), named(relative))) from error


def _face_records(work: Work) -> tuple[FaceRecord, ...]:
    drawn = iter(work.drawn)
    records = []
    for face, aligned in zip(work.faces, work.aligned, strict=True):
        new = None if aligned is None else next(drawn)
        x0, y0, x1, y1 = (round(side, 1) for side in face.box)
        records.append(
            FaceRecord(
                (x0, y0, x1, y1),
                round(face.score, 3),
                None if new is None else round(new.automatic or 0.0, 2),
                None if new is None else new.level,
                Refusal.UNRECOGNISABLE if _is_left(new) else face.refusal,
                work.quarters,
            )
        )
    return tuple(records)


def _is_left(face: DrawnFace | None) -> bool:
    """Tell whether a face that could be drawn is left as it is, as too little of the person is left."""
    return face is not None and face.automatic is None and face.level == 0


def _left_alone(faces: Sequence[FaceRecord]) -> str | None:
    said = [f"Face {n}: {Refusal(face.refusal).sentence}" for n, face in enumerate(faces, 1) if face.refusal]
    return " ".join(said) or None
