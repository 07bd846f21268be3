"""Which shared libraries the Linux bundle carries."""

from resources.installer import libraries

NEEDS = {
    "_codec.cpython-311-x86_64-linux-gnu.so": ["libcodec-1a.so.2", "libc.so.6"],
    "codec.libs/libcodec-1a.so.2": ["libmath-2b.so"],
    "codec.libs/libmath-2b.so": [],
    "codec.libs/libidle-3c.so": [],
    "libidle.so.1": [],
    "libpython3.11.so.1.0": ["libz.so.1"],
    "libz.so.1": [],
    "PySide6/Qt/plugins/platforms/libqxcb.so": ["libQt6Gui.so.6"],
    "PySide6/Qt/lib/libQt6Gui.so.6": [],
    "PySide6/Qt/lib/libQt6Qml.so.6": [],
}


def test_what_nothing_needs_stays_behind(monkeypatch):
    monkeypatch.setattr(libraries, "needed_by", NEEDS.__getitem__)
    kept = {dest for dest, _, _ in libraries.reachable([(dest, dest, "BINARY") for dest in NEEDS])}
    assert NEEDS.keys() - kept == {
        "codec.libs/libidle-3c.so",
        "libidle.so.1",
        "PySide6/Qt/lib/libQt6Qml.so.6",
    }
