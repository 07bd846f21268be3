"""EXIF as bytes: read, set upright, and taken from or laid into a TIFF file.

EXIF is a small TIFF file: a header and directories (IFDs) of tagged values. What passes through Heirloom is
patched in place where that is possible, because maker notes hold offsets into the block that nobody else
understands: the bytes around them must not move.
Source of all tag numbers and layouts: TIFF 6.0 and EXIF 2.32.
"""

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass

Buffer = bytes | bytearray | memoryview

ORIENTATION, RESOLUTION_X, RESOLUTION_Y, RESOLUTION_UNIT = 274, 282, 283, 296
EXIF_IFD, GPS_IFD, INTEROP_IFD = 0x8769, 0x8825, 0xA005
BYTE, SHORT, LONG, RATIONAL, UNDEFINED, IFD_POINTER = 1, 3, 4, 5, 7, 13

_SUB_IFDS = (EXIF_IFD, GPS_IFD, INTEROP_IFD)
_LONG8, _IFD8 = 16, 18
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}  # bytes by type
_SIZES |= {_LONG8: 8, 17: 8, _IFD8: 8}  # BigTIFF's own
_LETTERS = {BYTE: "B", SHORT: "H", LONG: "I", IFD_POINTER: "I", _LONG8: "Q", _IFD8: "Q"}
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
_THUMBNAIL_OFFSET, _THUMBNAIL_LENGTH = 0x0201, 0x0202
_MAX_BLOCK = 2**24
_MAX_VALUE = 2**20  # maker notes take up to 64 kB; a larger private value is not EXIF


class BrokenExif(ValueError):
    """A directory lies outside the block or is cut off."""


@dataclass(frozen=True, eq=False)
class Entry:
    """One tagged value of a directory.

    Attributes
    ----------
    kind : int
        TIFF type, 1 to 18.
    count : int
        How many values of that type.
    data : bytes or memoryview
        The values in the byte order of the block; empty for a directory.
    position : int
        Where ``data`` lies in the block it was read from, -1 for a new entry.
    directory : dict or None
        Entries of the directory that this one points to.
    """

    kind: int
    count: int
    data: Buffer
    position: int = -1
    directory: "Ifd | None" = None


Ifd = dict[int, Entry]


@dataclass(frozen=True)
class Header:
    """First bytes of a TIFF file or EXIF block.

    Attributes
    ----------
    order : {"<", ">"}
        Byte order as ``struct`` names it.
    first : int
        Offset of the first directory.
    big : bool
        BigTIFF: 64-bit offsets.
    """

    order: str
    first: int
    big: bool = False


def read_header(block: Buffer) -> Header:
    """Read byte order and first offset.

    Raises
    ------
    BrokenExif
        If the block does not begin like a TIFF file.
    """
    order = {b"II": "<", b"MM": ">"}.get(bytes(block[:2]))
    if order is None or len(block) < 8:
        raise BrokenExif("no TIFF header")
    (magic,) = struct.unpack_from(order + "H", block, 2)
    if magic == 42:
        return Header(order, struct.unpack_from(order + "I", block, 4)[0])
    if magic == 43 and len(block) >= 16:
        return Header(order, struct.unpack_from(order + "Q", block, 8)[0], big=True)
    raise BrokenExif("no TIFF header")


def read_ifd(block: Buffer, header: Header, offset: int) -> tuple[Ifd, int]:
    """Read the directory at an offset, skipping entries whose values lie outside the block.

    Values are views, not copies: a hostile directory may claim the whole file for each of its entries.

    Returns
    -------
    ifd : dict of int to Entry
        Tag to value; pointers to EXIF, GPS and interoperability directories are followed one level by
        :func:`with_directories`, not here.
    following : int
        Offset of the next directory, 0 for none.

    Raises
    ------
    BrokenExif
        If the directory itself lies outside the block.
    """
    entries, following = _entries(block, header, offset)
    return dict(entries), following


def _entries(block: Buffer, header: Header, offset: int) -> tuple[list[tuple[int, Entry]], int]:
    """Read what `read_ifd` does, with every entry of a tag that is there more than once."""
    order = header.order
    view = memoryview(block)
    length_format, entry_format, offset_format = ("Q", "HHQ8x", "Q") if header.big else ("H", "HHI4x", "I")
    entry_size, inline = (20, 8) if header.big else (12, 4)
    start = offset + struct.calcsize("=" + length_format)
    if offset < 8 or start > len(view):
        raise BrokenExif("a directory lies outside the block")
    (length,) = struct.unpack_from(order + length_format, view, offset)
    end = start + length * entry_size
    if end > len(view):
        raise BrokenExif("a directory is cut off")
    entries = []
    for at in range(start, end, entry_size):
        tag, kind, count = struct.unpack_from(order + entry_format, view, at)
        size = _SIZES.get(kind, 0) * count
        position = at + entry_size - inline
        if size > inline:
            (position,) = struct.unpack_from(order + offset_format, view, position)
        if size and position + size <= len(view):
            entries.append((tag, Entry(kind, count, view[position : position + size], position)))
    following = 0
    if end + inline <= len(view):
        (following,) = struct.unpack_from(order + offset_format, view, end)
    return entries, following


def integers(ifd: Ifd, tag: int, order: str) -> tuple[int, ...]:
    """Return the unsigned integers of a tag, empty where it is missing or of another type."""
    entry = ifd.get(tag)
    if entry is None or entry.kind not in _LETTERS:
        return ()
    return struct.unpack(f"{order}{entry.count}{_LETTERS[entry.kind]}", entry.data)


def orientation(exif: bytes | None) -> int:
    """Return the orientation that EXIF states, 1 to 8; 1 where it states none or is broken."""
    if exif is None:
        return 1
    try:
        header = read_header(exif)
        ifd, _ = read_ifd(exif, header, header.first)
    except BrokenExif:
        return 1
    stated = integers(ifd, ORIENTATION, header.order)
    return stated[0] if stated and 1 <= stated[0] <= 8 else 1


def resolution(ifd: Ifd, order: str) -> tuple[tuple[float, float] | None, bool]:
    """Return the resolution that a directory states, and whether it states it per centimetre.

    Returns
    -------
    dpi : (float, float) or None
        Pixels per inch (x, y), None where it states none.
    centimetre : bool
        True if the stated unit is the centimetre.
    """
    unit = (integers(ifd, RESOLUTION_UNIT, order) or (2,))[0]
    values = []
    for tag in (RESOLUTION_X, RESOLUTION_Y):
        entry = ifd.get(tag)
        if entry is None or entry.kind != RATIONAL or entry.count != 1:
            return None, False
        above, below = struct.unpack(order + "II", entry.data)
        values.append(above / below if below else 0.0)
    if unit not in (2, 3) or min(values) <= 0:
        return None, False
    scale = 2.54 if unit == 3 else 1.0
    return (values[0] * scale, values[1] * scale), unit == 3


def resolution_of(exif: bytes | None) -> tuple[float, float] | None:
    """Return pixels per inch (x, y) that EXIF states, None where it states none or is broken."""
    if exif is None:
        return None
    try:
        header = read_header(exif)
        return resolution(read_ifd(exif, header, header.first)[0], header.order)[0]
    except BrokenExif:
        return None


def upright(exif: bytes, width: int, height: int) -> bytes | None:
    """Patch EXIF for pixels that were turned upright.

    Orientation becomes 1, the stated pixel size that of the upright picture, and the embedded thumbnail is
    cut off: it shows the photo before it was turned and restored, and programs make a new one at need.
    Every other byte stays where it is.

    Parameters
    ----------
    exif : bytes
        EXIF block as stored, byte order mark first.
    width, height : int
        Size of the upright picture in pixels.

    Returns
    -------
    bytes or None
        None if the block is broken beyond reading: no program could use it.
    """
    try:
        header = read_header(exif)
        if header.big:
            return None
        entries, following = _entries(exif, header, header.first)
    except BrokenExif:
        return None
    patched = bytearray(exif)
    for tag, entry in entries:  # all of them: programs differ in which one they believe
        if tag == ORIENTATION:
            _patch(patched, entry, 1, header.order)
    _patch_size(patched, dict(entries), header, width, height)
    if following:
        (length,) = struct.unpack_from(header.order + "H", exif, header.first)
        struct.pack_into(header.order + "I", patched, header.first + 2 + 12 * length, 0)
        del patched[_thumbnail_at_end(exif, header, following) :]
    return bytes(patched)


def enlarged(exif: bytes, factor: int, width: int, height: int) -> bytes:
    """Patch EXIF for pixels that were enlarged, where it states a pixel size or a resolution.

    Every other byte stays where it is.

    Parameters
    ----------
    exif : bytes
        EXIF block of an upright picture.
    factor : int
        By which the resolution grows.
    width, height : int
        Size of the enlarged picture in pixels.

    Returns
    -------
    bytes
        A block that is broken beyond reading stays as it is.
    """
    try:
        header = read_header(exif)
        ifd, _ = read_ifd(exif, header, header.first)
    except BrokenExif:
        return exif
    patched = bytearray(exif)
    _patch_size(patched, ifd, header, width, height)
    for tag in (RESOLUTION_X, RESOLUTION_Y):
        entry = ifd.get(tag)
        if entry is not None and entry.kind == RATIONAL and entry.count == 1:
            above, below = struct.unpack(header.order + "II", entry.data)
            if above * factor < 2**32:
                above *= factor
            else:
                below = max(1, below // factor)
            struct.pack_into(header.order + "II", patched, entry.position, above, below)
    return bytes(patched)


def _patch_size(block: bytearray, ifd: Ifd, header: Header, width: int, height: int) -> None:
    """State a pixel size where the EXIF directory, to which the first one points, states one."""
    pointer = integers(ifd, EXIF_IFD, header.order)
    try:
        details, _ = read_ifd(block, header, pointer[0]) if pointer else ({}, 0)
    except BrokenExif:
        return
    for tag, value in ((_PIXEL_WIDTH, width), (_PIXEL_HEIGHT, height)):
        if tag in details:
            _patch(block, details[tag], value, header.order)


def _patch(block: bytearray, entry: Entry, value: int, order: str) -> None:
    """State another value where :func:`integers` reads the first one, so that both mean the same entries."""
    if entry.kind in _LETTERS:
        most = 2 ** (8 * _SIZES[entry.kind]) - 1
        struct.pack_into(order + _LETTERS[entry.kind], block, entry.position, min(value, most))


def _thumbnail_at_end(exif: bytes, header: Header, offset: int) -> int:
    """Return where the thumbnail begins if the block ends with it, else the block's length."""
    try:
        ifd, _ = read_ifd(exif, header, offset)
    except BrokenExif:
        return len(exif)
    start = integers(ifd, _THUMBNAIL_OFFSET, header.order)
    length = integers(ifd, _THUMBNAIL_LENGTH, header.order)
    if start and length and offset < start[0] < len(exif) <= start[0] + length[0] + 1:
        return start[0]
    return len(exif)


def with_directories(block: Buffer, header: Header, ifd: Ifd, leave_out: Collection[int] = ()) -> Ifd:
    """Complete a directory with the EXIF, GPS and interoperability directories that it points to.

    Parameters
    ----------
    block : bytes-like
        What ``ifd`` was read from.
    ifd : dict of int to Entry
        First directory.
    leave_out : collection of int
        Tags to drop from the first directory.

    Returns
    -------
    dict of int to Entry
        Without single values above 1 MiB and values of BigTIFF's own types.
    """
    complete: Ifd = {}
    for tag, entry in ifd.items():
        if tag in leave_out:
            continue
        if tag not in _SUB_IFDS:
            if entry.kind <= IFD_POINTER and len(entry.data) <= _MAX_VALUE:
                complete[tag] = entry
            continue
        try:
            inner, _ = read_ifd(block, header, (integers(ifd, tag, header.order) or (0,))[0])
        except BrokenExif:
            continue
        # Only EXIF holds a directory of its own (interoperability): hostile loops end here.
        deeper = (EXIF_IFD, GPS_IFD) if tag == EXIF_IFD else _SUB_IFDS
        complete[tag] = Entry(LONG, 1, b"", directory=with_directories(block, header, inner, deeper))
    return complete


def serialise(ifd: Ifd, order: str, start: int) -> bytes:
    """Lay out a directory, its values and its inner directories from an absolute offset on.

    Parameters
    ----------
    ifd : dict of int to Entry
        Values in byte order ``order``.
    order : {"<", ">"}
        Byte order.
    start : int
        Even offset at which the bytes will lie.
    """
    table = bytearray(struct.pack(order + "H", len(ifd)))
    tail = bytearray()
    tail_start = start + 2 + 12 * len(ifd) + 4
    for tag, entry in sorted(ifd.items()):
        kind, count, data = entry.kind, entry.count, bytes(entry.data)
        position = tail_start + len(tail)
        if entry.directory is not None:
            inner = serialise(entry.directory, order, position)
            tail += inner + bytes(len(inner) % 2)
            kind, count, data = LONG, 1, struct.pack(order + "I", position)
        elif len(data) > 4:
            tail += data + bytes(len(data) % 2)
            data = struct.pack(order + "I", position)
        table += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
    return bytes(table) + bytes(4) + bytes(tail)


def block_of(ifd: Ifd, order: str) -> bytes | None:
    """Return a directory as an EXIF block, without the largest values above 16 MB; None if it is empty."""
    kept: Ifd = {}
    room = _MAX_BLOCK
    for tag, entry in sorted(ifd.items(), key=lambda item: _size(item[1])):
        room -= _size(entry)
        if room >= 0:
            kept[tag] = entry
    if not kept:
        return None
    magic = b"II*\0" if order == "<" else b"MM\0*"
    return magic + struct.pack(order + "I", 8) + serialise(kept, order, 8)


def _size(entry: Entry) -> int:
    return len(entry.data) + sum(_size(inner) for inner in (entry.directory or {}).values())


def contents(exif: bytes | None) -> tuple[Ifd, str]:
    """Return the directory of an EXIF block with its inner ones, and its byte order ("<" without a block)."""
    if exif is None:
        return {}, "<"
    header = read_header(exif)
    ifd, _ = read_ifd(exif, header, header.first)
    return with_directories(exif, header, ifd), header.order


def numbers(kind: int, values: Sequence[int], order: str) -> Entry:
    """Return an entry of SHORT or LONG values."""
    return Entry(kind, len(values), struct.pack(f"{order}{len(values)}{_LETTERS[kind]}", *values))


def resolution_entries(dpi: tuple[float, float], centimetre: bool, order: str) -> Ifd:
    """Return the three tags that state a resolution, given in pixels per inch, in the unit asked for."""
    entries = {RESOLUTION_UNIT: numbers(SHORT, [3 if centimetre else 2], order)}
    for tag, value in zip((RESOLUTION_X, RESOLUTION_Y), dpi, strict=True):
        above = min(round(value / (2.54 if centimetre else 1.0) * 10_000), 2**32 - 1)
        entries[tag] = Entry(RATIONAL, 1, struct.pack(order + "II", above, 10_000))
    return entries


def with_resolution(exif: bytes | None, dpi: tuple[float, float]) -> bytes | None:
    """Return EXIF that states a resolution if it did not yet: WebP has no other place for it."""
    if resolution_of(exif) is not None:
        return exif
    ifd, order = contents(exif)
    return block_of(ifd | resolution_entries(dpi, False, order), order)
