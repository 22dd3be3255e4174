"""Shapes with smooth edges: Pillow draws hard ones, so each is drawn larger and made smaller."""

from io import BytesIO
from typing import Final

import segno
from PIL import Image, ImageDraw, ImageOps

from kefen.faces.web.posters.letters import Paint

_FINER: Final = 4
Box = tuple[int, int, int, int]


def paint(code: str) -> Paint:
    """A colour written `#C23A1E`."""
    return int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)


def gradient(size: tuple[int, int], top: Paint, bottom: Paint) -> Image.Image:
    """A soft change of colour, a little to the right as it goes down."""
    wide, high = size
    # The ramp is larger than the picture, so that the turned one still covers it.
    ramp = Image.linear_gradient("L").resize((wide * 2, round(high * 1.6)))
    turned = ramp.rotate(14, resample=Image.Resampling.BICUBIC)
    left, upper = (turned.width - wide) // 2, (turned.height - high) // 2
    mask = turned.crop((left, upper, left + wide, upper + high))
    mask = ImageOps.autocontrast(mask)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask)


def _stamp(
    canvas: Image.Image, box: Box, fill: Paint, mask: Image.Image, strength: int = 255
) -> None:
    small = mask.resize((box[2] - box[0], box[3] - box[1]), Image.Resampling.LANCZOS)
    if strength < 255:
        small = small.point([value * strength // 255 for value in range(256)])
    canvas.paste(Image.new("RGB", small.size, fill), box[:2], small)


def _blank(box: Box) -> tuple[Image.Image, ImageDraw.ImageDraw, tuple[int, int]]:
    size = (box[2] - box[0]) * _FINER, (box[3] - box[1]) * _FINER
    mask = Image.new("L", size)
    return mask, ImageDraw.Draw(mask), (size[0] - 1, size[1] - 1)


def disc(
    canvas: Image.Image, centre: tuple[int, int], radius: int, fill: Paint, strength: int = 255
) -> None:
    """A filled circle."""
    box = _around(centre, radius)
    mask, pen, end = _blank(box)
    pen.ellipse((0, 0, *end), fill=255)
    _stamp(canvas, box, fill, mask, strength)


def filling(photo: bytes, size: tuple[int, int]) -> Image.Image:
    """A photo that fills a box, its middle kept."""
    with Image.open(BytesIO(photo)) as picture:
        return ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.LANCZOS)


def medallion(canvas: Image.Image, photo: bytes, centre: tuple[int, int], radius: int) -> None:
    """A photo in a circle."""
    box = _around(centre, radius)
    mask, pen, end = _blank(box)
    pen.ellipse((0, 0, *end), fill=255)
    size = box[2] - box[0], box[3] - box[1]
    small = mask.resize(size, Image.Resampling.LANCZOS)
    canvas.paste(filling(photo, size), box[:2], small)


def ring(
    canvas: Image.Image,
    centre: tuple[int, int],
    radius: int,
    fill: Paint,
    *,
    thick: int = 2,
    strength: int = 255,
) -> None:
    """The line of a circle."""
    box = _around(centre, radius)
    mask, pen, end = _blank(box)
    pen.ellipse((0, 0, *end), outline=255, width=thick * _FINER)
    _stamp(canvas, box, fill, mask, strength)


def _around(centre: tuple[int, int], radius: int) -> Box:
    x, y = centre
    return x - radius, y - radius, x + radius, y + radius


def plate(
    canvas: Image.Image, box: Box, fill: Paint, *, radius: int, line: Paint | None = None
) -> None:
    """A rectangle with round corners, with a line around it if one is given."""
    mask, pen, end = _blank(box)
    pen.rounded_rectangle((0, 0, *end), radius * _FINER, fill=255)
    _stamp(canvas, box, line or fill, mask)
    if line is not None:
        inner = box[0] + 2, box[1] + 2, box[2] - 2, box[3] - 2
        plate(canvas, inner, fill, radius=radius - 2)


def medal(canvas: Image.Image, centre: tuple[int, int], radius: int, pair: tuple[str, str]) -> None:
    """A disc with the gradient of an avatar."""
    box = _around(centre, radius)
    mask, pen, end = _blank(box)
    pen.ellipse((0, 0, *end), fill=255)
    small = mask.resize((radius * 2, radius * 2), Image.Resampling.LANCZOS)
    colours = gradient((radius * 2, radius * 2), paint(pair[0]), paint(pair[1]))
    canvas.paste(colours, box[:2], small)


MODULE_PX: Final = 8
QUIET_MODULES: Final = 4
_VERSION: Final = 3


def code_of(link: str) -> segno.QRCode:
    """A link as a QR code of version 3, level M; a link too long for it gets the next version.

    Level M on purpose, and not what segno could raise it to: all posters look and scan alike.
    """
    try:
        return segno.make(
            link, version=_VERSION, error="m", mode="byte", micro=False, boost_error=False
        )
    except segno.DataOverflowError:
        return segno.make(link, error="m", mode="byte", micro=False, boost_error=False)


def qr(link: str, room: int) -> Image.Image:
    """The code with its quiet zone, whole pixels for each module, as large as there is room."""
    rows = [bytes(row) for row in code_of(link).matrix]
    modules = len(rows) + 2 * QUIET_MODULES
    small = Image.new("L", (modules, modules), 255)
    for y, row in enumerate(rows, QUIET_MODULES):
        for x, dark in enumerate(row, QUIET_MODULES):
            if dark:
                small.putpixel((x, y), 0)
    side = modules * min(MODULE_PX, room // modules)
    return small.resize((side, side), Image.Resampling.NEAREST).convert("RGB")
