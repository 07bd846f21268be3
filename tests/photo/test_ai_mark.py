"""The output says that AI edited it, and a photo opens again with its levels."""

from xml.dom import minidom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.photo import AiEdit, Metadata, PhotoFormat, read_ai_edit, read_photo, write_photo
from engine.photo.xmp import SOURCE_TYPE, mark

EDIT = AiEdit("lcqs-256 1.0", (88.69, 0.0, 120.0), "Heirloom 1.0")

LIGHTROOM = b"""<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="uuid:1" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:q="http://purl.org/dc/elements/1.1/"
 xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmp:CreatorTool="VueScan" xmp:Rating="5"
 e:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitisation">
<q:title><rdf:Alt><rdf:li xml:lang="x-default">Gro\xc3\x9fmutter &amp; I</rdf:li></rdf:Alt></q:title>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""

BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">&b;&c;</x:xmpmeta>'
)


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_the_mark_comes_back_from_every_format(save, tmp_path, format_):
    photo = read_photo(save(format_))
    assert read_ai_edit(photo.metadata) is None
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(photo, copy, edit=EDIT)
    assert read_ai_edit(read_photo(copy).metadata) == EDIT


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_other_programs_find_the_source_type(save, tmp_path, format_):
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(read_photo(save(format_)), copy, edit=EDIT)
    with Image.open(copy) as written:
        packet = minidom.parseString(written.info["xmp"])
    (found,) = packet.getElementsByTagNameNS(
        "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "DigitalSourceType"
    )
    assert found.firstChild.data == SOURCE_TYPE


def test_an_existing_packet_is_kept():
    packet = mark(LIGHTROOM, EDIT).decode()
    for kept in ("Großmutter &amp; I", 'xmp:Rating="5"', 'xmp:CreatorTool="VueScan"', 'rdf:about="uuid:1"'):
        assert kept in packet


def test_an_older_source_type_is_replaced():
    packet = mark(LIGHTROOM, EDIT)
    assert b"digitalsourcetype/digitisation" not in packet
    assert packet.count(SOURCE_TYPE.encode()) == 1


def test_marking_again_leaves_one_mark():
    again = AiEdit("lcqs-512 2.0", (30.0,), "Heirloom 2.0")
    packet = mark(mark(LIGHTROOM, EDIT), again)
    assert read_ai_edit(Metadata(xmp=packet)) == again
    assert packet.count(b"<heirloom:model>") == 1


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"<x",
        b"\xff\xfe\x00",
        b"<x/>",
        BOMB,
        b"<a>" * 5000 + b"</a>" * 5000,
        b'<?xml version="1.0" encoding="no"?><x/>',
    ],
)
def test_a_broken_or_hostile_packet_is_replaced(broken):
    assert read_ai_edit(Metadata(xmp=broken)) is None
    packet = mark(broken, EDIT)
    minidom.parseString(packet)
    assert b"DOCTYPE" not in packet
    assert read_ai_edit(Metadata(xmp=packet)) == EDIT


@settings(max_examples=25)
@given(
    edit=st.builds(
        AiEdit,
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1),
        st.lists(st.floats(0, 150)).map(tuple),
        st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"])),
    )
)
def test_any_edit_comes_back(edit):
    assert read_ai_edit(Metadata(xmp=mark(None, edit))) == edit


def test_names_are_printable():
    with pytest.raises(ValueError, match="printable"):
        AiEdit("model\x00", (), "Heirloom")
