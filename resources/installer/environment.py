"""The environment that a bundle is built in: exactly the packages of a lock file, checked by their hashes.

To renew the locks, with any newer versions that the ``.in`` files allow::

    cd resources/installer/locks
    for variant in cpu cuda; do
        uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --upgrade --quiet
            --override overrides.txt -o $variant.txt $variant.in    # one line
    done
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

LOCKS = Path(__file__).parent / "locks"


def prepare(folder: Path, variant: str) -> Path:
    """Make the environment, or keep it where it already has what the lock asks for.

    Parameters
    ----------
    folder : Path
        Of the virtual environment; replaced when it was made from another lock.
    variant : str
        ``cpu`` or ``cuda``.

    Returns
    -------
    Path
        Its Python.
    """
    lock = LOCKS / f"{variant}.txt"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "lock.sha256"
    fingerprint = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    # The lock is whole: dependencies that it leaves out are left out on purpose.
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
    ]
    subprocess.run([python, "-m", "pip", "install", *options, "-r", lock], check=True)
    stamp.write_text(fingerprint)
    return python
