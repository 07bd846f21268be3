"""A guard against the one way in which PySide6 can end a Python 3.11 process.

The wheels of PySide6 6.12 return ``None``, ``True`` and ``False`` without counting the reference, as is right
from Python 3.12 on, where these objects are immortal. On Python 3.11, for which the same wheels are offered,
each such call takes one reference away, and within minutes the interpreter ends with "deallocating None".
Measured: ``QLabel.setText`` loses exactly one reference to ``None`` a call.
"""

from __future__ import annotations

import ctypes
import sys

_PLENTY = 1 << 40
"""References that last: at a million lost ones a second, twelve days."""


def keep_singletons() -> None:
    """Give None, True and False so many references on Python 3.11 that no loss counts; again, if need be."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for singleton in (None, True, False):
        count = ctypes.c_ssize_t.from_address(id(singleton))
        if count.value < _PLENTY // 2:
            count.value += _PLENTY
