"""Cover photos: what is kept are the pixels, upright, in two sizes; what is no photo is refused."""

import struct
import subprocess
import sys
import zlib
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from kefen.catalog import actions
from kefen.catalog import queries as catalog
from kefen.catalog.contracts import LARGEST_PHOTO
from kefen.catalog.models import Cover
from kefen.catalog.pictures import SMALL, WIDE, Pictures, covers
from kefen.core.errors import InvalidInput

_ORIENTATION, _MAKER, _GPS = 0x0112, 0x010F, 0x8825


def photo(form: str = "JPEG", size=(1600, 1200), colour=(200, 30, 30), **more) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form, **more)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture


def bomb() -> bytes:
    """A PNG of some bytes that claims 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + sum_

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_two_sizes_of_each_kind(form):
    found = covers(photo(form))
    for data, size in ((found.wide, WIDE), (found.small, SMALL)):
        picture = opened(data)
        assert (picture.format, picture.size) == ("JPEG", size)
    assert covers(photo(form)).digest == found.digest


def test_where_and_by_what_it_was_taken_is_gone_and_it_stands_upright():
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_MAKER] = 6, "Camera of somebody"
    exif.get_ifd(_GPS)[1] = "N"
    high = Image.new("RGB", (1600, 900), "white")
    high.paste("blue", (0, 0, 800, 900))
    out = BytesIO()
    high.save(out, "JPEG", exif=exif, comment=b"secret words")
    picture = opened(covers(out.getvalue()).wide)
    assert dict(picture.getexif()) == {}
    assert b"Camera" not in covers(out.getvalue()).wide
    assert b"secret" not in covers(out.getvalue()).wide
    # Turned by a quarter: what was on the left is above.
    assert picture.getpixel((600, 10))[2] > 200 > picture.getpixel((600, 10))[0] + 100
    assert min(picture.getpixel((600, 660))) > 240


def test_what_is_transparent_is_white():
    out = BytesIO()
    Image.new("RGBA", (800, 450), (0, 0, 0, 0)).save(out, "PNG")
    assert min(opened(covers(out.getvalue()).wide).getpixel((5, 5))) > 250


def test_what_is_large_and_turned_is_read_as_well():
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    high = Image.new("RGBA", (4000, 3000), (255, 255, 255, 0))
    high.paste((0, 0, 255, 255), (0, 0, 2000, 3000))
    out = BytesIO()
    high.save(out, "PNG", exif=exif)
    picture = opened(covers(out.getvalue()).wide)
    assert picture.size == WIDE
    assert picture.getpixel((600, 10))[2] > 200 > picture.getpixel((600, 10))[0] + 100
    assert min(picture.getpixel((600, 660))) > 240


_MEASURED = """
import resource
from io import BytesIO
from PIL import Image
from kefen.catalog.pictures import covers
out = BytesIO()
Image.new("RGBA", (8000, 5000), (200, 30, 30, 128)).save(out, "PNG")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
covers(out.getvalue())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_small_file_of_many_pixels_takes_one_copy_of_them():
    """160 MB are there already when the photo is made; the reading adds its own once."""
    found = subprocess.run(
        [sys.executable, "-c", _MEASURED], capture_output=True, text=True, check=True
    )
    assert int(found.stdout) < 250_000


def test_orders_do_not_wait_for_a_photo_that_is_read(institution, monkeypatch):
    actions.add_course(actions.NewCourse("maths", "数学", "exam", 299_00))
    locks = list[int]()

    def reading(data: bytes) -> Pictures:
        locks.append(sum("FOR UPDATE" in one["sql"] for one in asked.captured_queries))
        return covers(data)

    monkeypatch.setattr("kefen.catalog.actions.cover.covers", reading)
    with CaptureQueriesContext(connection) as asked:
        actions.set_cover("maths", photo())
    assert locks == [0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a photo",
        photo("GIF"),
        photo("BMP"),
        photo()[:4000],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        bomb(),
        b"\xff\xd8" + b"0" * LARGEST_PHOTO,
    ],
    ids=["empty", "text", "gif", "bmp", "cut", "svg", "bomb", "large"],
)
def test_what_is_no_photo_is_refused_and_leaves_the_old_one(institution, data):
    actions.add_course(actions.NewCourse("maths", "数学", "exam", 299_00))
    actions.set_cover("maths", photo())
    before = catalog.page("maths").cover_digest
    with pytest.raises(InvalidInput):
        actions.set_cover("maths", data)
    assert catalog.page("maths").cover_digest == before
    assert Cover.objects.get().digest == before


def test_it_is_set_once_replaced_and_dropped(institution):
    actions.add_course(actions.NewCourse("maths", "数学", "exam", 299_00))
    assert actions.set_cover("maths", photo())
    assert not actions.set_cover("maths", photo()), "the same photo again"
    first = catalog.page("maths")
    assert catalog.cover_photo(first.id)[:2] == b"\xff\xd8"
    assert actions.set_cover("maths", photo(colour=(10, 200, 10)))
    assert catalog.page("maths").cover_digest != first.cover_digest
    actions.drop_cover("maths")
    actions.drop_cover("maths")
    assert (catalog.page("maths").cover_digest, Cover.objects.count()) == ("", 0)
    assert catalog.cover_photo(first.id) == b""
