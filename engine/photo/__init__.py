"""Photos in files: read and write pixels, bit depth, colour profile, orientation and metadata."""

from engine.photo.enlarging import ENLARGEMENTS, enlarged
from engine.photo.photo import EXTENSIONS, Coding, Metadata, Photo, PhotoFormat, Pixels, Stamp, halved
from engine.photo.reading import MAX_PIXELS, read_photo
from engine.photo.turning import turned
from engine.photo.writing import write_photo
from engine.photo.xmp import AiEdit, read_ai_edit

__all__ = [
    "ENLARGEMENTS",
    "EXTENSIONS",
    "MAX_PIXELS",
    "AiEdit",
    "Coding",
    "Metadata",
    "Photo",
    "PhotoFormat",
    "Pixels",
    "Stamp",
    "enlarged",
    "halved",
    "read_ai_edit",
    "read_photo",
    "turned",
    "write_photo",
]
