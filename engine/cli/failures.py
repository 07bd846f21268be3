"""From whatever went wrong to one sentence and an exit code; a user never meets a traceback unasked."""

from __future__ import annotations

import os
import traceback

from engine.errors import HeirloomError, OutputError, named

DEBUG = "HEIRLOOM_DEBUG"
"""Environment variable: when it is set, each failure shows its traceback as well."""


def explain(error: Exception, file: str | None = None) -> tuple[str, int]:
    """Put a failure into words.

    Parameters
    ----------
    error : Exception
        Anything. What Heirloom did not foresee is told as an error of Heirloom, with where to find details.
    file : str, optional
        The photo at which it happened.

    Returns
    -------
    sentence : str
    exit_code : int
        As in README.
    """
    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    if isinstance(error, HeirloomError):
        return str(error), error.exit_code
    at = f" at {named(file)}" if file is not None else ""
    if isinstance(error, MemoryError):
        return f"The memory of this computer does not suffice{at}; close other programs.", 1
    if isinstance(error, OSError):  # whoever reads has a sentence of their own, so this is about writing
        what = named(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else "The output"
        return f"{what} can't be written ({error.strerror or error}).", OutputError.exit_code
    hint = f"set {DEBUG}=1 to see where, and report it"
    first = (str(error).splitlines() or [""])[0]
    return f"Heirloom itself has failed{at} ({type(error).__name__}: {first}); {hint}.", 1
