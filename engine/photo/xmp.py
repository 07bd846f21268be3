"""The mark in a photo's XMP that AI edited it, and with which model and levels.

Heirloom adds three things to the packet, drops what is not true of a copy, and keeps everything else:

- ``Iptc4xmpExt:DigitalSourceType`` = compositeWithTrainedAlgorithmicMedia, the IPTC's term for a photo of
  which parts were generated (https://cv.iptc.org/newscodes/digitalsourcetype/);
- ``xmp:CreatorTool``, unless the packet already names the camera or scanner software there;
- ``heirloom:software``, ``heirloom:model`` and ``heirloom:levels``, from which a photo is opened again as it
  was left.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard
from xml.dom import minidom
from xml.parsers import expat

from engine.photo.photo import Metadata

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XMP = "http://ns.adobe.com/xap/1.0/"
_IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_HEIRLOOM = "urn:heirloom:ai-edit:1#"
_OURS = {_HEIRLOOM: ("",), _IPTC: ("DigitalSourceType",)}
_NOT_IN_A_COPY = {
    _XMP: ("Thumbnails",),  # of the photo before it was restored
    "http://ns.adobe.com/xmp/note/": ("HasExtendedXMP",),  # a second packet, which is not read
    "http://ns.google.com/photos/1.0/camera/": ("Motion", "MicroVideo"),  # the film behind the picture
    "http://ns.google.com/photos/1.0/container/": ("Directory",),  # of it and other pictures in the file
    "http://ns.adobe.com/hdr-gain-map/1.0/": ("",),  # one of them
}
"""Namespaces, and what names of properties begin with."""
_EMPTY = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}"/></x:xmpmeta>'
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_END = b'<?xpacket end="w"?>'
_SIZES = (
    rb"((?:tiff:(?:ImageWidth|ImageLength|XResolution|YResolution)|exif:Pixel[XY]Dimension)"
    rb"(?:\s*=\s*[\"']|>)\s*)"
)
_MAX_PARSED = 2_000_000  # bytes; real packets take < 100 kB, of 16 MB the parser would make 1.6 GB
_ANCESTORS = re.compile(
    rb"<photoshop:DocumentAncestors\b[^<>]*+"
    rb"(?:(?<=/)>|>[^<]*+(?:<(?!/?photoshop:DocumentAncestors\b)[^<]*+)*+</photoshop:DocumentAncestors\s*>)"
)
"""Identifiers of all that was ever pasted into a photo: Photoshop writes megabytes of them."""
_MAX_DEPTH = 100  # real packets nest less than 20 deep; deeper ones would exhaust minidom's recursion


class _Refused(Exception):
    """The packet is not XML that we want to read."""


@dataclass(frozen=True)
class AiEdit:
    """What Heirloom did to a photo.

    Attributes
    ----------
    model : str
        Name and version of the model.
    levels : tuple of float
        Restoration level of each face, in the order in which they were found.
    software : str
        Program and version, "Heirloom 1.0".

    Raises
    ------
    ValueError
        If a name holds characters that can't be printed, which XML can't hold either.
    """

    model: str
    levels: tuple[float, ...]
    software: str

    def __post_init__(self) -> None:
        if not (self.model.isprintable() and self.software.isprintable()):
            raise ValueError("model and software must be printable")


def mark(packet: bytes | None, edit: AiEdit) -> bytes:
    """Return an XMP packet with the mark of an edit.

    Parameters
    ----------
    packet : bytes or None
        The photo's packet so far; its other properties are kept. A broken, hostile or huge one is replaced;
        one that only Photoshop made huge loses its list of what was ever pasted into the photo.
    edit : AiEdit
        Replaces an older mark.

    Returns
    -------
    bytes
        UTF-8.
    """
    try:
        document = _parse(packet) if packet is not None else minidom.parseString(_EMPTY)
        rdf = _rdf(document)
    except _Refused:
        document = minidom.parseString(_EMPTY)
        rdf = _rdf(document)
    descriptions = _descriptions(rdf)
    about = next((node.getAttributeNS(_RDF, "about") for node in descriptions), "")
    for node in descriptions:
        _remove(node, _OURS)
    has_tool = any(_text(node, _XMP, "CreatorTool") for node in descriptions)
    rdf.appendChild(_description(document, about, edit, has_tool))
    return _packet(document)


def read_ai_edit(metadata: Metadata) -> AiEdit | None:
    """Return what Heirloom did to a photo, None if it did nothing, or the packet can't be understood."""
    if metadata.xmp is None:
        return None
    try:
        rdf = _rdf(_parse(metadata.xmp))
        for node in _descriptions(rdf):
            if model := _text(node, _HEIRLOOM, "model"):
                items = node.getElementsByTagNameNS(_RDF, "li")
                levels = tuple(float(_content(item)) for item in items if _inside(item, _HEIRLOOM, "levels"))
                return AiEdit(model, levels, _text(node, _HEIRLOOM, "software"))
    except (_Refused, ValueError):
        pass
    return None


def of_copy(packet: bytes) -> bytes:
    """Return a packet without properties that name what a copy does not hold: thumbnails, films, gain maps.

    One that has none, or can't be understood, comes back as it is.
    """
    try:
        document = _parse(packet)
        removed = [_remove(node, _NOT_IN_A_COPY) for node in _descriptions(_rdf(document))]
    except _Refused:
        return packet
    return _packet(document) if any(removed) else packet


def upright(packet: bytes) -> bytes:
    """Return a packet whose ``tiff:Orientation`` is 1, for pixels that were turned; nothing else changes."""
    return re.sub(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)[2-8]", rb"\g<1>1", packet)


def enlarged(packet: bytes, factor: int) -> bytes:
    """Return a packet in which pixel size and resolution, where stated, are `factor` times as large."""

    def grown(found: re.Match[bytes]) -> bytes:
        return found[1] + str(factor * int(found[2])).encode()

    return re.sub(_SIZES + rb"(\d{1,18})(?!\d)", grown, packet)


def _parse(packet: bytes) -> minidom.Document:
    """Parse a packet, refusing document types: entities can expand without end and name other files."""
    packet = packet.strip(b"\0 \t\r\n")
    if len(packet) > _MAX_PARSED:
        packet = _ANCESTORS.sub(b"", packet)
    if len(packet) > _MAX_PARSED:
        raise _Refused
    depth = 0

    def refuse(*_: object) -> None:
        raise _Refused

    def deeper(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise _Refused

    def shallower(*_: object) -> None:
        nonlocal depth
        depth -= 1

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    guard.StartElementHandler = deeper
    guard.EndElementHandler = shallower
    try:
        guard.Parse(packet, True)
        return minidom.parseString(packet)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _Refused from error


def _rdf(document: minidom.Document) -> minidom.Element:
    found = document.getElementsByTagNameNS(_RDF, "RDF")
    if not found:
        raise _Refused
    return found[0]


def _descriptions(rdf: minidom.Element) -> list[minidom.Element]:
    return [node for node in rdf.childNodes if _is(node, _RDF, "Description")]


def _is(node: object, space: str, name: str) -> TypeGuard[minidom.Element]:
    return isinstance(node, minidom.Element) and node.namespaceURI == space and node.localName == name


def _inside(node: minidom.Element, space: str, name: str) -> bool:
    """Return whether the node is an item of a list of that name."""
    return node.parentNode is not None and _is(node.parentNode.parentNode, space, name)


def _content(node: minidom.Element) -> str:
    return "".join(child.data for child in node.childNodes if isinstance(child, minidom.Text)).strip()


def _text(description: minidom.Element, space: str, name: str) -> str:
    """Return a simple property, which XMP writes as an attribute or as an element; "" if it is missing."""
    for child in description.childNodes:
        if _is(child, space, name):
            return _content(child)
    return str(description.getAttributeNS(space, name))


def _remove(description: minidom.Element, unwanted: Mapping[str, tuple[str, ...]]) -> bool:
    """Remove properties by namespace and beginning of their name; return whether there were any."""

    def is_unwanted(node: minidom.Element | minidom.Attr) -> bool:
        return (node.localName or "").startswith(unwanted.get(node.namespaceURI or "", ()))

    children = [node for node in description.childNodes if isinstance(node, minidom.Element)]
    properties = [node for node in children if is_unwanted(node)]
    attributes = [node for node in description.attributes.values() if is_unwanted(node)]
    for node in properties:
        description.removeChild(node)
    for attribute in attributes:
        description.removeAttributeNode(attribute)
    return bool(properties or attributes)


def _packet(document: minidom.Document) -> bytes:
    """Write a packet, without what would only fill up JPEG's 64 kB: padding behind it, indents in it."""
    assert document.documentElement is not None
    _remove_indents(document.documentElement)
    return _BEGIN + document.documentElement.toxml().encode() + _END


def _remove_indents(node: minidom.Element) -> None:
    inner = [child for child in node.childNodes if isinstance(child, minidom.Element)]
    texts = [child for child in node.childNodes if isinstance(child, minidom.Text)]
    if not inner or _is_literal(node, texts):  # white space alone is a value
        return
    for text in texts:
        node.removeChild(text)
    for child in inner:
        _remove_indents(child)


def _is_literal(node: minidom.Element, texts: Sequence[minidom.Text]) -> bool:
    """Return whether white space belongs to what a node and all in it say."""
    if node.getAttributeNS(_RDF, "parseType") == "Literal" or node.getAttribute("xml:space") == "preserve":
        return True
    return any(isinstance(text, minidom.CDATASection) or text.data.strip(" \t\r\n") for text in texts)


def _description(document: minidom.Document, about: str, edit: AiEdit, has_tool: bool) -> minidom.Element:
    """Return the description that holds the mark; it brings its own namespaces."""
    node = document.createElementNS(_RDF, "rdf:Description")
    names = {"rdf": _RDF, "xmp": _XMP, "Iptc4xmpExt": _IPTC, "heirloom": _HEIRLOOM}
    for prefix, space in names.items():
        node.setAttribute(f"xmlns:{prefix}", space)
    node.setAttributeNS(_RDF, "rdf:about", about)
    properties = {
        "Iptc4xmpExt:DigitalSourceType": SOURCE_TYPE,
        "heirloom:software": edit.software,
        "heirloom:model": edit.model,
    }
    if not has_tool:
        properties["xmp:CreatorTool"] = edit.software
    for name, value in properties.items():
        _append(document, node, name).appendChild(document.createTextNode(value))
    items = _append(document, _append(document, node, "heirloom:levels"), "rdf:Seq")
    for level in edit.levels:
        _append(document, items, "rdf:li").appendChild(document.createTextNode(repr(float(level))))
    return node


def _append(document: minidom.Document, parent: minidom.Element, name: str) -> minidom.Element:
    spaces = {"rdf": _RDF, "xmp": _XMP, "Iptc4xmpExt": _IPTC, "heirloom": _HEIRLOOM}
    child = document.createElementNS(spaces[name.split(":")[0]], name)
    parent.appendChild(child)
    return child
