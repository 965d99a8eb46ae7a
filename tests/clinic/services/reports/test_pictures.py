"""Hostile and clumsy files: only pixels get through."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from clinic.services.reports import pictures

GPS = {0: b"\x02\x03\x00\x00", 1: "N", 2: (42.0, 20.0, 0.0), 3: "W", 4: (71.0, 5.0, 0.0)}


def picture(kind="JPEG", size=(800, 300), mode="RGB", color="white", **options):
    made = BytesIO()
    Image.new(mode, size, color).save(made, kind, **options)
    return made.getvalue()


def png_of(width, height):
    """A PNG that claims to be this large and holds almost nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def jpeg_of(width, height):
    """A JPEG that claims to be this large."""
    made = picture(size=(100, 100))
    place = made.index(b"\xff\xc0") + 5
    return made[:place] + struct.pack(">HH", height, width) + made[place + 4 :]


def with_place():
    exif = Image.Exif()
    exif[0x010F] = "canaryphone"
    exif.get_ifd(0x8825).update(GPS)
    return picture(exif=exif, comment=b"canarycomment")


CORPUS = {
    "nothing": b"",
    "text": b"I am a photo",
    "SVG with a script": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "GIF that is also a script": b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)//",
    "HTML behind the first bytes of a JPEG": b"\xff\xd8\xff<html><script>alert(1)</script></html>",
    "PHP": b"<?php system($_GET['c']);",
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64,
    "PDF": b"%PDF-1.7\n",
    "WebP": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 30,
    "JPEG cut in half": picture()[:200],
    "PNG with a broken body": png_of(100, 100),
    "BMP": picture("BMP"),
}


@pytest.mark.parametrize("data", CORPUS.values(), ids=CORPUS)
def test_what_is_no_photo_is_refused(data):
    with pytest.raises(pictures.NotAPicture):
        pictures.clean(data)


@pytest.mark.parametrize(
    "data",
    [
        picture() + b"\0" * pictures.LARGEST_BYTES,
        png_of(50_000, 50_000),
        png_of(5_000, 4_001),
        jpeg_of(60_000, 60_000),
        jpeg_of(10_000, 4_001),
    ],
    ids=["bytes", "PNG bomb", "PNG over 20 megapixels", "JPEG bomb", "JPEG over 40 megapixels"],
)
def test_what_is_too_large_is_refused_before_it_is_decoded(data):
    with pytest.raises(pictures.TooLarge):
        pictures.clean(data)


def test_place_device_and_comment_do_not_get_through():
    sent = with_place()
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    assert b"canaryphone" in sent and b"canarycomment" in sent

    kept = pictures.clean(sent)

    again = Image.open(BytesIO(kept.data))
    assert (again.format, dict(again.getexif()), again.getexif().get_ifd(0x8825)) == ("JPEG", {}, {})
    assert b"canary" not in kept.data and b"Exif" not in kept.data


def test_script_that_hangs_on_a_photo_is_left_behind():
    kept = pictures.clean(picture() + b"<script>canary</script>")

    assert b"canary" not in kept.data


def test_large_photo_becomes_small_and_keeps_its_shape():
    noise = Image.effect_noise((3000, 1500), 80).convert("RGB")
    sent = BytesIO()
    noise.save(sent, "JPEG", quality=95)

    kept = pictures.clean(sent.getvalue())

    assert (kept.width, kept.height) == (1600, 800)
    assert len(kept.data) <= 2 * pictures.LARGEST_STORED_BYTES


def test_photo_that_was_held_upright_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    kept = pictures.clean(picture(size=(400, 100), exif=exif))

    assert (kept.width, kept.height) == (100, 400)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "I;16", "1"])
def test_every_kind_of_png_comes_out_on_white(mode):
    sent = picture("PNG", mode=mode, color=0)

    kept = pictures.clean(sent)

    shown = Image.open(BytesIO(kept.data)).convert("RGB").getpixel((5, 5))
    assert shown == ((255, 255, 255) if mode in {"RGBA", "LA"} else (0, 0, 0))
