"""The output says that AI edited it, and a photo opens again with its levels."""

from xml.dom import minidom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.photo import AiEdit, Metadata, PhotoFormat, read_ai_edit, read_photo, write_photo
from engine.photo.xmp import SOURCE_TYPE, mark, of_copy

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


PHONE = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"
 xmlns:note="http://ns.adobe.com/xmp/note/" note:HasExtendedXMP="0123"
 xmlns:cam="http://ns.google.com/photos/1.0/camera/" cam:MotionPhoto="1" cam:MotionPhotoVersion="1"
 cam:MicroVideo="1" cam:MicroVideoOffset="50000" cam:SpecialTypeID="portrait"
 xmlns:h="http://ns.adobe.com/hdr-gain-map/1.0/" h:Version="1.0"
 xmlns:c="http://ns.google.com/photos/1.0/container/">
<xmp:Thumbnails><rdf:Alt><rdf:li>/9j/4AAQ</rdf:li></rdf:Alt></xmp:Thumbnails><h:GainMapMax>3</h:GainMapMax>
<c:Directory><rdf:Seq><rdf:li><c:Item c:Semantic="GainMap"/></rdf:li></rdf:Seq></c:Directory>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
GONE = (
    b"Thumbnails",
    b"/9j/",
    b"HasExtended",
    b":Motion",
    b"MicroVideo",
    b"h:Version",
    b"GainMap",
    b"Directory",
)


@pytest.mark.parametrize("edit", [None, EDIT])
@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_a_copy_does_not_speak_of_what_it_has_not(save, tmp_path, format_, edit):
    """Thumbnail, second packet, film and gain map stay behind when a photo is encoded again."""
    photo = read_photo(save("jpeg", xmp=PHONE))
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(photo.with_pixels(photo.pixels.copy()), copy, edit=edit)
    packet = read_photo(copy).metadata.xmp
    assert all(word in PHONE for word in GONE)
    assert not [word for word in GONE if word in packet]
    assert b'xmp:Rating="5"' in packet
    assert b'cam:SpecialTypeID="portrait"' in packet


def test_what_has_none_of_it_stays_as_it_is():
    for packet in (LIGHTROOM, BOMB, b"<x", b"\xff"):
        assert of_copy(packet) == packet


def test_a_huge_packet_is_not_parsed(monkeypatch):
    huge = LIGHTROOM.replace(b"VueScan", b"V" * 3_000_000)
    parse = minidom.parseString

    def parse_small(text):
        assert len(text) < 10_000
        return parse(text)

    monkeypatch.setattr(minidom, "parseString", parse_small)
    assert read_ai_edit(Metadata(xmp=mark(huge, EDIT))) == EDIT
    assert read_ai_edit(Metadata(xmp=huge)) is None
    assert of_copy(huge) == huge


ANCESTORS = b"<rdf:Bag>" + b"<rdf:li>xmp.did:0123456789abcdef</rdf:li>\n" * 60_000 + b"</rdf:Bag>"


@pytest.mark.parametrize(
    "empty", [b"", b"<photoshop:DocumentAncestors/>", b"<photoshop:DocumentAncestors a='b' />"]
)
def test_megabytes_of_a_documents_ancestors_do_not_cost_the_rest(empty):
    inner = b"%b<photoshop:DocumentAncestors>%b</photoshop:DocumentAncestors >" % (empty, ANCESTORS)
    space = b'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:q='
    packet = LIGHTROOM.replace(b"</q:title>", b"</q:title>" + inner).replace(b"xmlns:q=", space)
    assert len(packet) > 2_000_000
    marked = mark(packet, EDIT)
    assert "Großmutter &amp; I".encode() in marked
    assert b'xmp:Rating="5"' in marked
    assert b"DocumentAncestors" not in marked
    assert of_copy(packet) == packet


@pytest.mark.parametrize("part", [b"<photoshop:DocumentAncestors", b"<photoshop:DocumentAncestors>", b"<a "])
def test_ancestors_without_end_do_not_take_forever(part):
    huge = b"<photoshop:DocumentAncestors>" + part * (8_000_000 // len(part))
    assert len(mark(huge, EDIT)) < 3_000


@pytest.mark.parametrize(
    "content",
    [
        b'<q:note rdf:parseType="Literal"><b>Oma</b> <i>Anna</i></q:note>',
        b'<q:note xml:space="preserve"><b>Oma</b> <i><u>A</u>\n<u>B</u></i></q:note>',
        b"<q:note><b>Oma</b><![CDATA[ ]]><i>Anna</i></q:note>",
        b"<q:note>with <b>Oma</b> <i>Anna</i></q:note>",
        "<q:note><b>Oma</b>\u00a0<i>Anna</i></q:note>".encode(),
    ],
)
def test_white_space_that_says_something_is_kept(content):
    packet = LIGHTROOM.replace(b"</q:title>", b"</q:title>\n" + content)
    marked = mark(packet, EDIT)
    assert content in marked
    assert b"</q:title>" + content in marked


def test_the_mark_finds_room_where_a_packet_is_indented(save, tmp_path):
    packet = LIGHTROOM.replace(b"<q:title>", b" " * (65_400 - len(LIGHTROOM)) + b"<q:title>")
    write_photo(read_photo(save("jpeg", xmp=packet)), tmp_path / "copy.jpg", edit=EDIT)
    kept = read_photo(tmp_path / "copy.jpg").metadata
    assert read_ai_edit(kept) == EDIT
    assert "Großmutter &amp; I" in kept.xmp.decode()


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
