"""IPTC captions inside Photoshop's resource block, where JPEG files keep them.

A block is a row of resources: "8BIM", number, Pascal string (padded to even length), size, data (padded too).
Only number 0x0404, the caption record, is kept: others hold a thumbnail and a resolution that may be stale.
"""

import struct

_CAPTION = 0x0404


def unpack(block: bytes) -> bytes | None:
    """Return the caption record of a resource block that begins with "8BIM", None if it has none."""
    at = 0
    while block[at : at + 4] == b"8BIM" and at + 7 <= len(block):
        (number,) = struct.unpack_from(">H", block, at + 4)
        at += 6 + (block[at + 6] + 2) // 2 * 2
        if at + 4 > len(block):
            return None
        (size,) = struct.unpack_from(">I", block, at)
        data = block[at + 4 : at + 4 + size]
        if number == _CAPTION:
            return data or None
        at += 4 + (size + 1) // 2 * 2
    return None


def pack(caption: bytes) -> bytes:
    """Return a resource block that holds the caption record alone."""
    return b"8BIM" + struct.pack(">HHI", _CAPTION, 0, len(caption)) + caption + bytes(len(caption) % 2)
