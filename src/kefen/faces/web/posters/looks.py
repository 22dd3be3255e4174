"""The colours of each look."""

from dataclasses import dataclass
from typing import Final

from kefen.faces.web.posters.content import Poster
from kefen.faces.web.posters.letters import Paint
from kefen.faces.web.posters.shapes import paint

TONES: Final = (
    ("#2B3C73", "#131C3C"),
    ("#2F7A62", "#123E31"),
    ("#A5701A", "#6E3F06"),
    ("#8C3A4C", "#4A1726"),
    ("#5B4A8A", "#2D234C"),
    ("#3F5360", "#1B262E"),
)
"""The covers' gradients, as components.css has them, a little deeper at the foot."""

AVATARS: Final = (
    ("#E39B6B", "#B4532E"),
    ("#6D88D6", "#2A3A6B"),
    ("#4FA98A", "#16493A"),
    ("#C79036", "#744500"),
    ("#8F7CC4", "#463770"),
    ("#CC5F76", "#7C1E35"),
)
_CINNABAR: Final = paint("#C23A1E")
_GOLD: Final = paint("#F2C078")
_CREAM: Final = paint("#F7F3EA")
_INK: Final = paint("#16181D")
_WHITE: Final = paint("#FFFFFF")
_INK_2: Final = paint("#4A4E57")
_INK_3: Final = paint("#5E636C")
_HAIR: Final = paint("#E9E2D4")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they paint; `hero` is the upper part from top to foot."""

    hero: tuple[Paint, Paint]
    title: Paint
    fact: Paint
    disc: Paint
    glyph: Paint
    line: Paint
    seal: Paint = _CINNABAR
    on_seal: Paint = _WHITE
    page: Paint = _CREAM
    price: Paint = _CINNABAR
    text: Paint = _INK_2
    legal: Paint = _INK_3
    card_line: Paint = _HAIR


_PAPER: Final = Palette(
    hero=(_CREAM, _CREAM),
    title=_INK,
    fact=_INK_2,
    disc=_CREAM,
    glyph=_INK,
    line=_INK,
)
_NIGHT: Final = Palette(
    hero=(paint("#24262E"), paint("#0F1013")),
    title=paint("#FAF8F4"),
    fact=paint("#B9BCC4"),
    disc=paint("#17191D"),
    glyph=_GOLD,
    line=_GOLD,
    seal=_GOLD,
    on_seal=paint("#1C1E25"),
    page=paint("#0F1013"),
    price=_GOLD,
    text=paint("#B9BCC4"),
    legal=paint("#9A9DA6"),
)
_RED: Final = Palette(
    hero=(paint("#C4401F"), paint("#8A2210")),
    title=_WHITE,
    fact=paint("#FBE3D8"),
    disc=paint("#F7E9D3"),
    glyph=paint("#A52E15"),
    line=_WHITE,
    seal=_WHITE,
    on_seal=paint("#B2330F"),
)
_FIXED: Final = {"paper": _PAPER, "night": _NIGHT, "cinnabar": _RED}


def palette(look: str, poster: Poster) -> Palette:
    """The colours of a look, on the tone of the course where it has none of its own."""
    if look in _FIXED:
        return _FIXED[look]
    top, foot = TONES[poster.cover.tone % len(TONES)]
    return Palette(
        hero=(paint(top), paint(foot)),
        title=_WHITE,
        fact=paint("#E3E6EF"),
        disc=paint("#E3B168"),
        glyph=paint(foot),
        line=_WHITE,
    )
