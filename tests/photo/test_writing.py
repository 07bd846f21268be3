"""Output: all of it or nothing, never over an original."""

import errno
import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import OutputError
from engine.photo import AiEdit, Photo, PhotoFormat, read_photo, write_photo


@pytest.fixture
def photo(save):
    return read_photo(save("jpeg"))


def edited(photo):
    return photo.with_pixels(photo.pixels.copy())


@pytest.mark.parametrize("format_", list(PhotoFormat))
def test_an_unedited_photo_is_copied_byte_for_byte(save, exif, tmp_path, format_):
    path = save(format_, exif=exif(6, thumbnail=format_ is not PhotoFormat.TIFF))
    copy = tmp_path / f"copy{format_.extensions[0]}"
    write_photo(read_photo(path), copy)
    assert copy.read_bytes() == path.read_bytes()


def test_a_declared_edit_is_never_a_plain_copy(photo, tmp_path):
    write_photo(photo, tmp_path / "copy.jpg", edit=AiEdit("m", (0.0,), "Heirloom"))
    assert b"trainedAlgorithmicMedia" in (tmp_path / "copy.jpg").read_bytes().replace(b"WithT", b"t")


def test_a_source_that_is_gone_or_changed_is_encoded_from_memory(save, scene, tmp_path):
    photo = read_photo(save("png"))
    photo.path.write_bytes(b"something else by now")
    write_photo(photo, tmp_path / "one.png")
    photo.path.unlink()
    write_photo(photo, tmp_path / "two.png")
    for copy in ("one.png", "two.png"):
        assert np.array_equal(read_photo(tmp_path / copy).pixels, scene)


def test_the_extension_chooses_the_format(photo, tmp_path):
    write_photo(photo, tmp_path / "copy.png")
    assert read_photo(tmp_path / "copy.png").format is PhotoFormat.PNG
    write_photo(photo, tmp_path / "no extension")
    assert read_photo(tmp_path / "no extension").format is PhotoFormat.JPEG


def test_a_chosen_format_goes_before_the_extension(photo, tmp_path):
    write_photo(photo, tmp_path / "copy.png", format=PhotoFormat.TIFF)
    assert read_photo(tmp_path / "copy.png").format is PhotoFormat.TIFF


def test_bytes_are_on_the_disk_before_the_name_is(photo, tmp_path, monkeypatch):
    events = []
    monkeypatch.setattr(
        os, "fsync", lambda descriptor: events.append(stat.S_IFMT(os.fstat(descriptor).st_mode))
    )
    replace = Path.replace
    monkeypatch.setattr(Path, "replace", lambda *names: (events.append("rename"), replace(*names)))
    write_photo(photo, tmp_path / "copy.jpg")
    assert events[:2] == [stat.S_IFREG, "rename"]
    assert os.name != "posix" or events[2:] == [stat.S_IFDIR]


def test_missing_folders_are_made(photo, tmp_path):
    write_photo(photo, tmp_path / "a" / "b" / "copy.jpg")
    assert (tmp_path / "a" / "b" / "copy.jpg").exists()


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_original_is_never_written_to(photo, overwrite):
    before = photo.path.read_bytes()
    with pytest.raises(OutputError, match="is the original"):
        write_photo(edited(photo), photo.path, overwrite=overwrite)
    assert photo.path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_the_original_is_known_through_links(photo, tmp_path, link):
    other = tmp_path / "other.jpg"
    link(photo.path, other)
    with pytest.raises(OutputError, match="is the original"):
        write_photo(edited(photo), other, overwrite=True)


def test_the_original_is_known_through_another_spelling(photo, tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="is the original"):
        write_photo(edited(photo), tmp_path / "folder" / ".." / photo.path.name, overwrite=True)


def test_a_second_original_is_safe_too(photo, tmp_path):
    other = tmp_path / "negative.jpg"
    other.write_bytes(b"the negative")
    with pytest.raises(OutputError, match="is the original"):
        write_photo(edited(photo), other, original=other, overwrite=True)


def test_an_existing_output_is_kept_unless_it_may_be_replaced(photo, tmp_path):
    output = tmp_path / "copy.jpg"
    output.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists already"):
        write_photo(edited(photo), output)
    assert output.read_bytes() == b"precious"
    write_photo(edited(photo), output, overwrite=True)
    assert read_photo(output).width == photo.width


def test_a_folder_is_no_output(photo, tmp_path):
    with pytest.raises(OutputError, match="is a folder"):
        write_photo(photo, tmp_path, overwrite=True)


def test_a_file_in_the_place_of_a_folder(photo, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match=r'"[^"]*copy.jpg" was not written: .*not a folder'):
        write_photo(photo, tmp_path / "file" / "copy.jpg")


@contextmanager
def small_disk(size):
    """Let no file of this process grow beyond a size: the write fails as on a full disk."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_fills_up_leaves_nothing_behind(tmp_path, astronaut):
    output = tmp_path / "out" / "copy.tif"
    with (
        small_disk(50_000),
        pytest.raises(OutputError, match=r'"[^"]*copy.tif" was not written: .*another folder'),
    ):
        write_photo(Photo(astronaut), output)
    assert list(output.parent.iterdir()) == []


@pytest.mark.parametrize("cause", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO])
def test_a_failing_flush_keeps_the_older_output(photo, tmp_path, monkeypatch, cause):
    output = tmp_path / "copy.jpg"
    output.write_bytes(b"older")
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(cause, os.strerror(cause))))
    with pytest.raises(OutputError, match="was not written"):
        write_photo(edited(photo), output, overwrite=True)
    assert output.read_bytes() == b"older"
    assert not list(tmp_path.glob(".*"))


def test_an_interruption_leaves_nothing_behind(photo, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write_photo(edited(photo), tmp_path / "copy.jpg")
    assert [file.name for file in tmp_path.iterdir()] == [photo.path.name]


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="needs a user whom permissions bind"
)
def test_a_folder_without_permission(photo, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(OutputError, match="may not be written to"):
        write_photo(photo, tmp_path / "locked" / "copy.jpg")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_the_mode_is_what_the_umask_says(photo, tmp_path):
    before = os.umask(0o027)
    try:
        write_photo(photo, tmp_path / "copy.jpg")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "copy.jpg").stat().st_mode) == 0o640


def test_a_jpeg_can_not_hold_transparency(scene, tmp_path):
    with pytest.raises(OutputError, match="transparency"):
        write_photo(Photo(scene, scene[..., 0].copy()), tmp_path / "copy.jpg")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("extension", "side"), [("jpg", 65_536), ("webp", 16_384)])
def test_a_side_too_long_for_the_format(tmp_path, extension, side):
    with pytest.raises(OutputError, match="pixels a side"):
        write_photo(Photo(np.zeros((1, side), np.uint8)), tmp_path / f"long.{extension}")


def test_sixteen_bits_become_eight_where_the_format_has_no_more(scene, tmp_path):
    write_photo(Photo(scene.astype(np.uint16) * 257), tmp_path / "copy.jpg")
    with Image.open(tmp_path / "copy.jpg") as written:
        assert np.abs(np.asarray(written).astype(int) - scene).mean() < 3


def test_quality_has_a_range(photo, tmp_path):
    with pytest.raises(ValueError, match="1 to 100"):
        write_photo(photo, tmp_path / "copy.jpg", quality=0)
