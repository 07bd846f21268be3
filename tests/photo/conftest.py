"""Small pictures and files for the photo tests."""

import io
import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine.photo import PhotoFormat


def _scene(height: int = 48, width: int = 64) -> np.ndarray:
    """Return a smooth, colourful (height, width, 3) uint8 picture in which no two corners are alike."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [rows * 3 + columns, 200 - rows * 2, columns * 2 + 40 * np.sin(rows / 5)]
    return np.clip(np.stack(waves, axis=2), 0, 255).astype(np.uint8)


@pytest.fixture(autouse=True)
def _unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for the disk: that would take most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def scene() -> np.ndarray:
    """(48, 64, 3) uint8 RGB, smooth and colourful, no two corners alike."""
    return _scene()


@pytest.fixture(scope="session")
def srgb() -> bytes:
    """A real ICC profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(orientation: int = 1, *, thumbnail: bool = False) -> bytes:
    """Return EXIF with camera, description, exposure, maker note and position, as JPEG files hold it."""
    block = Image.Exif()
    block[0x010F] = "Voigtländer"
    block[0x010E] = "Grandmother, 1927"
    block[0x0112] = orientation
    details = block.get_ifd(0x8769)
    details[0x829A] = (1, 60)
    details[0x927C] = b"maker\x00note\xff" * 20
    details[0xA002] = 64
    details[0xA003] = 48
    block.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 15.0)})
    if thumbnail:
        stream = io.BytesIO()
        Image.fromarray(_scene(12, 16)).save(stream, "JPEG")
        block.get_ifd(1).update({0x0103: 6, 0x0201: stream.getvalue(), 0x0202: stream.tell()})
    return block.tobytes()


@pytest.fixture(name="exif")
def _exif() -> Callable[..., bytes]:
    """The function ``exif(orientation=1, thumbnail=False) -> bytes``."""
    return exif


@pytest.fixture
def save(tmp_path: Path, srgb: bytes) -> Callable[..., Path]:
    """A function ``save(format, pixels=..., **options) -> Path`` that writes a small file with Pillow."""

    def save(
        format: PhotoFormat | str, pixels: np.ndarray | Image.Image | None = None, **options: object
    ) -> Path:
        picture = (
            pixels
            if isinstance(pixels, Image.Image)
            else Image.fromarray(_scene() if pixels is None else pixels)
        )
        path = tmp_path / f"photo{PhotoFormat(format).extensions[0]}"
        picture.save(path, PhotoFormat(format).value.upper(), **options)
        return path

    return save


@pytest.fixture
def tiff(tmp_path: Path) -> Callable[..., Path]:
    """A function ``tiff(tags, *strips) -> Path`` that writes a TIFF nobody else would write.

    Tags are numbers or lists of them, of two bytes where they fit; ``lengths`` replaces those of the strips,
    an empty list leaves them out.
    """

    def tiff(tags: dict[int, object], *strips: bytes, order: str = "<", lengths: object = None) -> Path:
        body, starts = bytearray(8), []
        for strip in strips:
            starts.append(len(body))
            body += strip + bytes(len(strip) % 2)
        own = {273: starts, 279: [len(strip) for strip in strips] if lengths is None else lengths}
        entries = sorted((tag, values) for tag, values in (tags | own).items() if values != [])
        table, tail = struct.pack(order + "H", len(entries)), b""
        for tag, values in entries:
            values = values if isinstance(values, list) else [values]
            kind, letter = (3, "H") if tag not in own and max(values) < 65_536 else (4, "I")
            data = struct.pack(f"{order}{len(values)}{letter}", *values)
            if len(data) > 4:
                place = len(body) + 2 + 12 * len(entries) + 4 + len(tail)
                data, tail = struct.pack(order + "I", place), tail + data
            table += struct.pack(order + "HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
        body[:8] = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "I", len(body))
        path = tmp_path / "made.tif"
        path.write_bytes(bytes(body) + table + bytes(4) + tail)
        return path

    return tiff


@pytest.fixture
def small_files(
    save: Callable[..., Path], exif: Callable[..., bytes], srgb: bytes
) -> dict[PhotoFormat, bytes]:
    """One small good file of each format, with EXIF, profile and XMP."""
    files = {}
    for format_ in PhotoFormat:
        options = {} if format_ is PhotoFormat.TIFF else {"xmp": b"<x/>"}
        if format_ is PhotoFormat.PNG:
            options = {}
        path = save(format_, exif=exif(6), icc_profile=srgb, **options)
        files[format_] = path.read_bytes()
        path.unlink()
    return files
