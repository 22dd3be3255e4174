"""A photo that somebody sent, as pages may show it: the pixels alone, upright, in two sizes."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from kefen.catalog.contracts import LARGEST_PHOTO
from kefen.core.errors import InvalidInput

LARGEST_PIXELS: Final = 40_000_000
WIDE: Final = (1200, 675)
SMALL: Final = (480, 270)
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 82
_WHITE: Final = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Two sizes of a photo, and what both are known by."""

    digest: str
    wide: bytes
    small: bytes


def covers(data: bytes) -> Pictures:
    """Read a JPEG, PNG or WebP and draw it anew: what else stood in the file (where it was taken,
    by what, a second picture) is gone. Raises InvalidInput."""
    if len(data) > LARGEST_PHOTO:
        raise InvalidInput(field="photo", reason="a photo has at most 5 MB")
    upright = _read(data)
    wide = _jpeg(ImageOps.fit(upright, WIDE, Image.Resampling.LANCZOS))
    small = _jpeg(ImageOps.fit(upright, SMALL, Image.Resampling.LANCZOS))
    return Pictures(sha256(wide).hexdigest()[:32], wide, small)


def _read(data: bytes) -> Image.Image:
    """The pixels, upright, on white where the photo is transparent."""
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as photo:
            width, height = photo.size
            # Said in its head, before any pixel is unpacked: a few bytes may claim gigabytes.
            if width * height > LARGEST_PIXELS:
                raise InvalidInput(field="photo", reason="a photo has at most 40 megapixels")
            photo.draft("RGB", WIDE)
            photo.load()
            mode = "RGBA" if photo.has_transparency_data else "RGB"
            seen = photo if photo.mode == mode else photo.convert(mode)
            # Forty megapixels take 160 MB: once is enough, and what follows needs far fewer.
            seen = seen.reduce(max(1, min(seen.size) // max(WIDE)))
            ImageOps.exif_transpose(seen, in_place=True)
            if mode == "RGB":
                return seen
            sheet = Image.new("RGB", seen.size, _WHITE)
            sheet.paste(seen, mask=seen)
            return sheet
    except InvalidInput:
        raise
    except Exception as error:  # Pillow's decoders raise many kinds for a broken file
        raise InvalidInput(
            field="photo", reason="this is no JPEG, PNG or WebP that can be read"
        ) from error


def _jpeg(picture: Image.Image) -> bytes:
    """Onto a sheet of its own: a picture carries comments along, and they would be saved."""
    out, sheet = BytesIO(), Image.new("RGB", picture.size)
    sheet.paste(picture)
    sheet.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
