"""A picture from a phone, made harmless: only pixels get through.

Type by its first bytes, size before anything is decoded, then encoded anew as JPEG: that drops place,
device, comments and whatever else was hung on to the file. ASVS 5.0 5.2.1, 5.2.2, 5.2.6, 14.2.8.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

LARGEST_BYTES = 8 * 1024 * 1024
# A JPEG is decoded small; a PNG comes whole into memory, twice where it is see-through.
LARGEST_PIXELS = {"JPEG": 40_000_000, "PNG": 20_000_000}
LONGEST_SIDE = 1600
LARGEST_STORED_BYTES = 300_000
_STARTS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
_QUALITIES = (82, 70, 55, 40)


class TooLarge(Exception):
    """More bytes or pixels than any photo of a sheet of paper."""


class NotAPicture(Exception):
    """Neither a JPEG nor a PNG that can be read."""


@dataclass(frozen=True)
class Picture:
    """A JPEG that we made."""

    data: bytes
    width: int
    height: int


def clean(data: bytes) -> Picture:
    """The same picture, encoded anew and no larger than needed. TooLarge, NotAPicture."""
    if len(data) > LARGEST_BYTES:
        raise TooLarge
    kind = next((kind for start, kind in _STARTS.items() if data.startswith(start)), None)
    if kind is None:
        raise NotAPicture
    try:
        return _encode_small(_decoded(data, kind))
    except TooLarge:
        raise
    except Exception as broken:
        # Whatever a decoder trips over, the file is none that we keep.
        raise NotAPicture from broken


def _decoded(data: bytes, kind: str) -> Image.Image:
    try:
        # Reads the header only; pixels come with the first use.
        picture = Image.open(BytesIO(data), formats=[kind])
    except Image.DecompressionBombError as bomb:
        raise TooLarge from bomb
    if picture.width * picture.height > LARGEST_PIXELS[kind]:
        raise TooLarge
    # A JPEG can be decoded small from the start, which saves most of the memory.
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _on_white(ImageOps.exif_transpose(picture))


def _on_white(picture: Image.Image) -> Image.Image:
    """Ink on a see-through canvas would be black on black."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        inked = picture.convert("RGBA")
        paper = Image.new("RGBA", inked.size, "white")
        return Image.alpha_composite(paper, inked).convert("RGB")
    return picture.convert("RGB")


def _encode_small(picture: Image.Image) -> Picture:
    # Only pixels: a fresh picture carries no metadata over.
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    for quality in _QUALITIES:
        kept = BytesIO()
        bare.save(kept, "JPEG", quality=quality, optimize=True)
        if kept.tell() <= LARGEST_STORED_BYTES:
            break
    return Picture(kept.getvalue(), bare.width, bare.height)
