"""Every error a user of Heirloom can meet, as one small tree.

Each message is one sentence that a photographer understands: what happened to which file, and what to do.
The command line prints the sentence and leaves with the class's ``exit_code``; nothing else may reach a user.
"""

import os


def named(path: str | os.PathLike[str]) -> str:
    """Return a path in quotation marks as a message may show it.

    A name can hold anything: what can't be printed (line ends, terminal commands, undecodable bytes) is
    escaped.
    """
    text = os.fspath(path)
    return '"' + "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text) + '"'


class HeirloomError(Exception):
    """Base of all errors with a sentence for the user.

    Attributes
    ----------
    exit_code : int
        Exit status of ``heirloom`` when this error ends it.
    """

    exit_code = 1


class UsageError(HeirloomError):
    """The request itself makes no sense (an unknown level, a face that does not exist)."""

    exit_code = 2


class PhotoError(HeirloomError):
    """A photo can't be read: missing, empty, damaged, mislabelled, too large or of an unknown kind."""

    exit_code = 3


class OutputError(HeirloomError):
    """A result can't be written: folder missing or read-only, disk full, or it would replace an original."""

    exit_code = 4


class ModelError(HeirloomError):
    """A model file is missing, damaged, or does not fit this version of Heirloom."""

    exit_code = 5


class DeviceError(HeirloomError):
    """The device that the user demanded can't be used."""

    exit_code = 6


class DeviceOutOfMemory(DeviceError):
    """The device's memory does not suffice for this batch; a smaller one may pass."""
