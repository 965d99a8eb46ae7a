"""Uploaded pictures: opened, shrunk and written anew, so that nothing of the file that came in is kept."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

LARGEST_FILE = 5_000_000
# A picture of a phone's camera; more would only cost memory to open.
MOST_PIXELS = 50_000_000
SHOWN_AT_MOST = (800, 800)
SMALL_ENOUGH = 60_000
_QUALITIES = (80, 65, 50, 35)
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class NotAPicture(Exception):
    """The file is no picture that we can open, or too large to."""


@dataclass(frozen=True)
class EncodedPicture:
    """What is stored: WebP, at most 800 pixels wide and high."""

    data: bytes
    digest: str
    width: int
    height: int


def encode(file: BinaryIO, size: int) -> EncodedPicture:
    """The picture in our own encoding, without places, cameras or anything else in the file. NotAPicture."""
    if size > LARGEST_FILE:
        raise NotAPicture
    try:
        with Image.open(file, formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAPicture
            picture = opened.convert(
                "RGBA" if "transparency" in opened.info or opened.mode == "RGBA" else "RGB"
            )
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as problem:
        raise NotAPicture from problem
    picture.thumbnail(SHOWN_AT_MOST)
    data = _small(picture)
    return EncodedPicture(data, hashlib.sha256(data).hexdigest(), picture.width, picture.height)


def _small(picture: Image.Image) -> bytes:
    for quality in _QUALITIES:
        buffer = BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= SMALL_ENOUGH:
            break
    return buffer.getvalue()
