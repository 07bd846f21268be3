"""The engine's sentences in the user's language.

The engine speaks English. What it can say about a photo is known, so each of its sentences is kept here as a
pattern that the translators see; names and numbers pass through. A sentence that fits none stays English.
"""

from __future__ import annotations

import re
from typing import cast

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_CONTEXT = "Engine"

_REFUSALS = cast(
    "dict[str, str]",
    {
        "too_small": QT_TRANSLATE_NOOP(
            "Engine", "This face is too small to restore without inventing it, so it is left as it is."
        ),
        "turned_away": QT_TRANSLATE_NOOP("Engine", "This face is turned away, so it is left as it is."),
        "uncertain": QT_TRANSLATE_NOOP(
            "Engine", "Eyes and mouth can't be told for certain here, so this is left as it is."
        ),
        "unrecognisable": QT_TRANSLATE_NOOP(
            "Engine",
            "Too little of this face is left to know the person,"
            " so unless you give it a level, it is left as it is.",
        ),
    },
)

_PATTERNS = cast(
    "tuple[str, ...]",
    (
        QT_TRANSLATE_NOOP("Engine", "{file} does not exist; check the name and the folder."),
        QT_TRANSLATE_NOOP("Engine", "{file} is a folder; name the photos in it."),
        QT_TRANSLATE_NOOP("Engine", "{file} is a device or pipe, not a photo."),
        QT_TRANSLATE_NOOP("Engine", "{file} may not be read; ask for permission to read it."),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be read: {cause}."),
        QT_TRANSLATE_NOOP("Engine", "{file} is empty; try another copy of it."),
        QT_TRANSLATE_NOOP("Engine", "{file} is too large: Heirloom opens files of up to 4 GB."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} is too large with {width} x {height} pixels: Heirloom opens up to {most} megapixels;"
            " save a smaller copy.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "This picture would be too large with {width} x {height} pixels: Heirloom makes up to {most}"
            " megapixels; enlarge it less.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} would be too large with {width} x {height} pixels: Heirloom makes up to {most}"
            " megapixels; enlarge it less.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} is {kind}; Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP."
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} is damaged: the file ends before the picture does; try another copy of it."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} is damaged: its picture has no pixels; try another copy of it."),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} is damaged: it does not begin with a PNG header; try another copy of it."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} is damaged and can't be decoded; try another copy of it."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} has several frames or pages and is left alone;"
            " save the one you want as a file of its own.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} is stored in a way that Heirloom does not know; save it as plain TIFF or PNG.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} holds floating-point or 32-bit pixels; save it with 8 or 16 bits for each colour.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} is a camera raw file or a preview; develop it and save the photo as TIFF, PNG or JPEG.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} would lose the photo's transparency as a JPEG; choose PNG, WebP or TIFF."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} needs more memory than is free; close other programs."),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be encoded as {format}; choose another format."),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} is the original photo, which Heirloom never writes to; choose another name."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} is a folder; name a file in it."),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} exists already; choose another name, or allow it to be replaced."
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} was not written: the disk is full; make room or choose another folder."
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} was not written: your disk quota is used up; make room or choose another folder.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} was not written: the folder may not be written to; choose another one."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} was not written: the disk is read-only; choose another folder."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} was not written: a part of its path is a file, not a folder; choose another folder.",
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} was not written: its name is too long; choose a shorter one."),
        QT_TRANSLATE_NOOP("Engine", "{file} was not written: {cause}."),
        QT_TRANSLATE_NOOP("Engine", "There is no photo in {file}."),
        QT_TRANSLATE_NOOP("Engine", "There is no picture on the clipboard."),
        QT_TRANSLATE_NOOP("Engine", "This photo is not open any more; open it again."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "No face with eyes and mouth can be found in this frame; draw it from forehead to chin.",
        ),
        QT_TRANSLATE_NOOP("Engine", "This is face {number} already; turn its level."),
        QT_TRANSLATE_NOOP("Engine", "No model is installed; install Heirloom again."),
        QT_TRANSLATE_NOOP("Engine", "There is no model {name}; installed are: {known}."),
        QT_TRANSLATE_NOOP("Engine", "The model file {file} is missing; install the model {name} again."),
        QT_TRANSLATE_NOOP(
            "Engine", "The model file {file} is damaged ({how}); install the model {name} again."
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "The model is damaged or needs a newer Heirloom ({cause}); install it again."
        ),
        QT_TRANSLATE_NOOP("Engine", "The memory of {device} does not suffice; {remedy}."),
        QT_TRANSLATE_NOOP("Engine", "The computation on {device} failed ({cause}); {remedy}."),
        QT_TRANSLATE_NOOP("Engine", "Running on the CPU because {cause}."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "There are no photos in {file};"
            " Heirloom opens JPEG, PNG, WebP, TIFF, HEIC, AVIF, JPEG 2000 and BMP.",
        ),
        QT_TRANSLATE_NOOP("Engine", "There is no photo or folder {file}; check the name."),
        QT_TRANSLATE_NOOP("Engine", "There is no album job in {file}."),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be looked into ({cause}); its photos are left out."),
        QT_TRANSLATE_NOOP("Engine", "{file} changed while it was read; retry it when it is complete."),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} needs more memory than is free; close other programs and retry it."
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} could not be restored because of a mistake in Heirloom ({cause}); please report it.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "{file} is an original photo, which Heirloom never writes to; choose another folder."
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} exists already; move it away, or allow it to be replaced."),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be written to ({cause}); choose another output folder."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "Another album job is running in {file}; wait for it or choose another output folder.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "The album's journal {file} can't be used ({cause});"
            " make room, or make the folder writable, and resume.",
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be looked into: {cause}."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} can't be read ({cause}); check the name, and whether you may open its folder.",
        ),
        QT_TRANSLATE_NOOP("Engine", "{file} can't be found; the album goes on without it."),
        QT_TRANSLATE_NOOP("Engine", "The photos in {file} are left out: the results go there."),
        QT_TRANSLATE_NOOP(
            "Engine",
            "1 photo in {file} is called like the result of another one beside it and is left out;"
            " name it to take it.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{n} photos in {file} are called like results of others beside them and are left out;"
            " name them to take them.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "{file} or the album's journal in it was moved or deleted while photos were restored;"
            " put it back and resume, or begin again.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "The album's journal {file} is damaged ({cause}); remove the folder {folder}, and begin"
            " the album anew with leave to replace the results.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine",
            "The album's journal {file} was written by a newer Heirloom; install that one, or choose"
            " another output folder.",
        ),
        QT_TRANSLATE_NOOP(
            "Engine", "This photo is being restored right now; choose its level when it is done."
        ),
        QT_TRANSLATE_NOOP("Engine", "This album is not open any more; open it again."),
    ),
)

_OTHERWISE = cast(
    "dict[str, str]",
    {
        "The settings changed ({changes}), which is a new job, and it would replace {number} results of the"
        " old one: add --overwrite, or choose another output folder.": QT_TRANSLATE_NOOP(
            "Engine",
            "The folder for the results holds an album with other settings: choose another folder,"
            " or allow that files are replaced.",
        ),
        "The settings changed ({changes}): this is a new job, and all photos are done again.": (
            QT_TRANSLATE_NOOP(
                "Engine", "The settings are others than before, so all photos are restored again."
            )
        ),
    },
)
"""What the engine says in terms of the command line, and what is said here instead."""


def refusal_sentence(refusal: str) -> str:
    """Say why a face is left alone.

    Parameters
    ----------
    refusal : str
        A value of `engine.faces.Refusal`.
    """
    return QCoreApplication.translate(_CONTEXT, _REFUSALS[refusal])


def in_users_language(sentence: str) -> str:
    """Translate one of the engine's sentences."""
    for pattern in (*_PATTERNS, *_OTHERWISE):
        parts = re.split(r"\{(\w+)\}", pattern)
        expression = "".join(
            f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        match = re.fullmatch(expression, sentence, re.DOTALL)
        if match is not None:
            text = QCoreApplication.translate(_CONTEXT, _OTHERWISE.get(pattern, pattern))
            return text.format(**match.groupdict())
    return sentence
