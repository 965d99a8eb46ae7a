"""Uploads are written anew and made small; what is no picture is refused."""

from io import BytesIO

import pytest
from PIL import Image

from caregiver.services.guidance import pictures


def file(kind="PNG", size=(2000, 1000), **options):
    buffer = BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(buffer, kind, **options)
    buffer.seek(0)
    return buffer


def test_picture_becomes_small_webp():
    encoded = pictures.encode(file(), 1000)

    assert (encoded.width, encoded.height) == (800, 400)
    assert Image.open(BytesIO(encoded.data)).format == "WEBP"


def test_nothing_of_the_file_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "Zebulon's kitchen"

    encoded = pictures.encode(file("JPEG", (50, 50), exif=exif), 1000)

    assert b"Zebulon" not in encoded.data


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 50),
        (b"", 0),
        (b"\x89PNG\r\n\x1a\n", 8),
        (b"x", 6_000_000),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(content, size):
    with pytest.raises(pictures.NotAPicture):
        pictures.encode(BytesIO(content), size)
