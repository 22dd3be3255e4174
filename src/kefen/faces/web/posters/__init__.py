"""Posters and covers, drawn on the server: plain values in, a JPEG out."""

from kefen.faces.web.posters.content import LINK_LENGTH, LOOKS, NAME_LENGTH, Cover, Poster
from kefen.faces.web.posters.draw import draw
from kefen.faces.web.posters.letters import legible
from kefen.faces.web.posters.share import draw_cover

__all__ = [
    "LINK_LENGTH",
    "LOOKS",
    "NAME_LENGTH",
    "Cover",
    "Poster",
    "draw",
    "draw_cover",
    "legible",
]
