"""A poster of 750 × 1334 pixels: the course above, price and refund, who recommends and the one
QR code below, and who is responsible at the foot."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from kefen.faces.web.posters import letters, shapes
from kefen.faces.web.posters.content import NAME_LENGTH, Poster
from kefen.faces.web.posters.letters import BOLD, SANS, SERIF
from kefen.faces.web.posters.looks import AVATARS, Palette, palette

WIDTH: Final = 750
HEIGHT: Final = 1334
HEAVIEST: Final = 150_000
DRAWING: Final = 1
"""Count it up when the same content is drawn otherwise, so that kept pictures are drawn anew."""

_MARGIN: Final = 48
_RIGHT: Final = WIDTH - _MARGIN
_HERO: Final = 744
_FACTS: Final = 3
_FACT_ROOM: Final = 396
_CARD: Final = (32, 914, 718, 1246)
_QR_ROOM: Final = 296
_TITLE_SIZES: Final = (88, 76, 66, 56)
_QUALITIES: Final = (82, 74, 64, 52)
_WHITE: Final = (255, 255, 255)
_INK: Final = (22, 24, 29)
_GREY: Final = (97, 102, 111)
_DIM: Final = (74, 78, 87)
_PRICE_ROOM: Final = 300


def draw(poster: Poster, look: str, photo: bytes = b"") -> bytes:
    """The poster as a JPEG of at most 150 kB; with a photo of the course where it has one."""
    colours = palette(look, poster)
    canvas = Image.new("RGB", (WIDTH, HEIGHT), colours.page)
    _hero(canvas, poster, colours, look, photo)
    pen = ImageDraw.Draw(canvas)
    _head(canvas, pen, poster, colours)
    _words(pen, poster, colours)
    _teacher(canvas, pen, poster, colours)
    _price(pen, poster, colours)
    _card(canvas, pen, poster, colours)
    _foot(pen, poster, colours)
    return as_jpeg(canvas, HEAVIEST)


def as_jpeg(canvas: Image.Image, heaviest: int) -> bytes:
    """The picture, as good as the weight allows."""
    data = b""
    for quality in _QUALITIES:
        out = BytesIO()
        # Full colour for every pixel: red words on paper would blur otherwise.
        canvas.save(out, "JPEG", quality=quality, subsampling=0, optimize=True)
        data = out.getvalue()
        if len(data) <= heaviest:
            break
    return data


def _hero(canvas: Image.Image, poster: Poster, colours: Palette, look: str, photo: bytes) -> None:
    """The upper part, and on it the course's photo or its sign."""
    if colours.hero != (colours.page, colours.page):
        canvas.paste(shapes.gradient((WIDTH, _HERO), *colours.hero), (0, 0))
    upper = canvas.crop((0, 0, WIDTH, _HERO))
    centre = (654, 572)
    shapes.ring(upper, (-56, 844), 420, colours.line, strength=48)
    if look in ("paper", "night"):
        shapes.ring(upper, centre, 200, colours.line, thick=6 if look == "paper" else 3)
        shapes.ring(upper, centre, 222, colours.line, thick=1, strength=110)
    else:
        shapes.disc(upper, centre, 210, colours.disc)
        shapes.ring(upper, centre, 234, colours.line, thick=1, strength=70)
    if photo:
        shapes.medallion(upper, photo, centre, 196)
    else:
        _sign(upper, poster, colours, centre)
    canvas.paste(upper, (0, 0))
    if look in ("paper", "night"):
        ImageDraw.Draw(canvas).line(
            (_MARGIN, _HERO, _RIGHT, _HERO), fill=_mixed(colours.line, colours.page), width=1
        )


def _sign(upper: Image.Image, poster: Poster, colours: Palette, centre: tuple[int, int]) -> None:
    glyph = letters.legible(poster.cover.glyph, SERIF)[:2]
    size = 190 if len(glyph) < 2 else 124
    pen = ImageDraw.Draw(upper)
    # In the middle of what the edge leaves of the circle, not of the circle.
    middle = (606, centre[1] + size * 36 // 100)
    letters.write(pen, middle, glyph, SERIF, size, colours.glyph, anchor="m")


def _mixed(one: letters.Paint, other: letters.Paint) -> letters.Paint:
    """A fifth of one colour on another: a hairline."""
    red, green, blue = ((a + 4 * b) // 5 for a, b in zip(one, other, strict=True))
    return red, green, blue


def _head(canvas: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette) -> None:
    """The school's seal and name, and the ad mark."""
    school = letters.legible(poster.school)
    shapes.plate(canvas, (_MARGIN, 44, 92, 88), colours.seal, radius=10)
    sign = letters.legible(school[:1].upper(), SERIF)
    letters.write(pen, (70, 76), sign, SERIF, 28, colours.on_seal, anchor="m")
    wide = letters.width(poster.ad, SANS, 22) + 24
    tag = (_RIGHT - wide, 48, _RIGHT, 86)
    shapes.plate(canvas, tag, colours.hero[0], radius=6, line=_tag_line(colours))
    letters.write(pen, (_RIGHT - wide // 2, 75), poster.ad, SANS, 22, colours.title, anchor="m")
    name = letters.cut(school, SANS, 26, _RIGHT - wide - 24 - 106)
    letters.write(pen, (106, 76), name, SANS, 26, colours.title)


def _tag_line(colours: Palette) -> letters.Paint:
    """Three quarters of the title's colour on the hero's."""
    red, green, blue = (
        (3 * a + b) // 4 for a, b in zip(colours.title, colours.hero[0], strict=True)
    )
    return red, green, blue


def _title(text: str) -> tuple[int, tuple[str, ...]]:
    """The size and the lines of a title: as large as two lines allow, cut if even small ones do
    not do."""
    room = _RIGHT - _MARGIN
    for size in _TITLE_SIZES:
        lines = letters.in_two(text, SERIF, size, room)
        if lines:
            return size, lines
    return size, letters.wrap(text, SERIF, size, room, 2)


def _words(pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette) -> None:
    """Title and selling facts."""
    size, lines = _title(letters.legible(poster.title, SERIF))
    y = 152
    for line in lines:
        y += size * 6 // 5
        letters.write(pen, (_MARGIN, y - size // 6), line, SERIF, size, colours.title)
    y = max(y, 330) + 20
    for fact in poster.facts[:_FACTS]:
        y += 49
        words = letters.cut(letters.legible(fact), SANS, 28, _FACT_ROOM)
        letters.write(pen, (_MARGIN, y), words, SANS, 28, colours.fact)


def _teacher(
    canvas: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette
) -> None:
    """Who teaches, and when the next live lesson is."""
    x, baseline = _MARGIN, 684
    teacher = letters.legible(poster.teacher, BOLD)
    chip = letters.width(poster.live, SANS, 24) + 30 if poster.live else 0
    if teacher:
        name = letters.cut(teacher, BOLD, 30, _FACT_ROOM - chip - 16)
        x = letters.write(pen, (x, baseline), name, BOLD, 30, colours.title) + 16
    if poster.live:
        shapes.plate(canvas, (x, 652, x + chip, 696), colours.seal, radius=8)
        letters.write(pen, (x + 15, 682), poster.live, SANS, 24, colours.on_seal)


def _price(pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette) -> None:
    """The price, and when money comes back."""
    baseline = 848
    size = 80 if letters.width(poster.price, BOLD, 80) <= _PRICE_ROOM else 56
    x = letters.write(pen, (_MARGIN, baseline), poster.currency, BOLD, size // 2, colours.price)
    end = letters.write(pen, (x + 4, baseline), poster.price, BOLD, size, colours.price)
    room = _RIGHT - end - 32
    lines = letters.in_two(poster.refund, SANS, 26, room)
    lines = lines or letters.wrap(poster.refund, SANS, 26, room, 2)
    y = baseline - 34 * (len(lines) - 1)
    for line in lines:
        letters.write(pen, (_RIGHT, y), line, SANS, 26, colours.text, anchor="r")
        y += 36


def _card(canvas: Image.Image, pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette) -> None:
    """Who recommends the course, and the code on white."""
    shapes.plate(canvas, _CARD, _WHITE, radius=28, line=colours.card_line)
    code = shapes.qr(poster.link, _QR_ROOM)
    left, upper, right, lower = _CARD
    place = right - 18 - code.width, (upper + lower - code.height) // 2
    canvas.paste(code, place)
    name = letters.shorten(letters.legible(poster.promoter, BOLD), NAME_LENGTH)
    x, room = left + 34, place[0] - left - 38
    centre = (x + 40, upper + 112)
    shapes.medal(canvas, centre, 40, AVATARS[poster.shade % len(AVATARS)])
    sign = name[:1].upper()
    letters.write(pen, (centre[0], centre[1] + 11), sign, BOLD, 30, _WHITE, anchor="m")
    beside = room - 96
    shown = letters.cut(name, BOLD, 30, beside + 16)
    letters.write(pen, (x + 96, upper + 102), shown, BOLD, 30, _INK)
    said = letters.cut(poster.recommends, SANS, 24, beside + 16)
    letters.write(pen, (x + 96, upper + 140), said, SANS, 24, _GREY)
    _invitation(pen, poster.scan, (x, upper + 206), room)


def _invitation(
    pen: ImageDraw.ImageDraw, said: tuple[str, ...], at: tuple[int, int], room: int
) -> None:
    """What to do with the code: two lines, or four smaller ones where words are longer."""
    large = _wrapped(said, 26, room)
    small = len(large) > len(said)
    size, step = (22, 30) if small else (26, 42)
    for number, line in enumerate(_wrapped(said, size, room) if small else large):
        letters.write(pen, (at[0], at[1] + number * step), line, SANS, size, _DIM)


def _wrapped(said: tuple[str, ...], size: int, room: int) -> list[str]:
    return [part for line in said for part in letters.wrap(line, SANS, size, room, 2)]


def _foot(pen: ImageDraw.ImageDraw, poster: Poster, colours: Palette) -> None:
    """Who is responsible, and that somebody may be paid: side by side, or one below the other."""
    left, right = letters.legible(poster.responsible), letters.legible(poster.disclosure)
    size, room = 22, _RIGHT - _MARGIN
    wide = letters.width(left, SANS, size) + letters.width(right, SANS, size)
    if wide + 24 <= room:
        letters.write(pen, (_MARGIN, 1296), left, SANS, size, colours.legal)
        letters.write(pen, (_RIGHT, 1296), right, SANS, size, colours.legal, anchor="r")
        return
    for y, line in ((1280, left), (1312, right)):
        shown = letters.cut(line, SANS, size, room)
        letters.write(pen, (_MARGIN, y), shown, SANS, size, colours.legal)
