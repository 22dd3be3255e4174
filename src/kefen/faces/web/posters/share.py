"""The small square picture that messengers show beside a shared page: no code, no price."""

from typing import Final

from PIL import ImageDraw

from kefen.faces.web.posters import letters, shapes
from kefen.faces.web.posters.content import Cover
from kefen.faces.web.posters.draw import as_jpeg
from kefen.faces.web.posters.letters import SERIF
from kefen.faces.web.posters.looks import TONES

SIDE: Final = 300
_HEAVIEST: Final = 40_000
_GOLD: Final = (227, 177, 104)
_WHITE: Final = (255, 255, 255)


def draw_cover(cover: Cover, photo: bytes = b"") -> bytes:
    """The course's cover as a JPEG of 300 × 300 pixels: its photo, or its sign."""
    if photo:
        return as_jpeg(shapes.filling(photo, (SIDE, SIDE)), _HEAVIEST)
    top, foot = TONES[cover.tone % len(TONES)]
    canvas = shapes.gradient((SIDE, SIDE), shapes.paint(top), shapes.paint(foot))
    shapes.disc(canvas, (282, 22), 74, _GOLD)
    shapes.ring(canvas, (-6, 306), 150, _WHITE, strength=80)
    glyph = letters.legible(cover.glyph, SERIF)[:2]
    size = 150 if len(glyph) < 2 else 112
    pen = ImageDraw.Draw(canvas)
    middle = (SIDE // 2, SIDE // 2 + size * 36 // 100)
    letters.write(pen, middle, glyph, SERIF, size, _WHITE, anchor="m")
    return as_jpeg(canvas, _HEAVIEST)
