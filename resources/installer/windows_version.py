"""What Windows shows under Properties, Details of the two programs."""

from __future__ import annotations

from typing import Any

_TITLES = {"heirloom": "Heirloom, command line", "heirloom-desktop": "Heirloom"}
_ENGLISH, _UNICODE = 0x0409, 0x04B0


def numbers(version: str) -> tuple[int, int, int, int]:
    """Turn a version such as ``1.2.3`` into the four numbers of Windows.

    Raises
    ------
    ValueError
        When it is not made of one to four numbers.
    """
    given = [int(part) for part in version.split(".")]
    if not 1 <= len(given) <= 4:
        raise ValueError(f"{version} is no version of one to four numbers")
    first, second, third, fourth = given + [0] * (4 - len(given))
    return first, second, third, fourth


def strings(name: str, version: str) -> dict[str, str]:
    """Return the texts of a program's version resource.

    Parameters
    ----------
    name : str
        ``heirloom`` or ``heirloom-desktop``.
    version : str
    """
    return {
        "CompanyName": "The Heirloom developers",
        "FileDescription": _TITLES[name],
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "Heirloom",
        "ProductVersion": version,
    }


def version_info(name: str, version: str) -> Any:
    """Make the version resource in PyInstaller's form; on Windows only, where PyInstaller can."""
    from PyInstaller.utils.win32 import versioninfo as win

    four = numbers(version)
    texts = [win.StringStruct(key, text) for key, text in strings(name, version).items()]
    return win.VSVersionInfo(
        ffi=win.FixedFileInfo(filevers=four, prodvers=four),
        kids=[
            win.StringFileInfo([win.StringTable(f"{_ENGLISH:04X}{_UNICODE:04X}", texts)]),
            win.VarFileInfo([win.VarStruct("Translation", [_ENGLISH, _UNICODE])]),
        ],
    )
