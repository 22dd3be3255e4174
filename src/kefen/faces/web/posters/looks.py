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
_CINNABAR: Final = "#C23A1E"
_GOLD: Final = "#E3B168"
_CREAM: Final = "#F7F3EA"
_INK: Final = "#16181D"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours by what they paint; `hero` is the upper part from top to foot."""

    hero: tuple[Paint, Paint]
    title: Paint
    fact: Paint
    disc: Paint
    glyph: Paint
    line: Paint
    seal: Paint
    on_seal: Paint
    page: Paint
    price: Paint
    text: Paint
    legal: Paint
    card_line: Paint


def palette(look: str, poster: Poster) -> Palette:
    """The colours of a look, on the tone of the course where it has one."""
    if look == "paper":
        return _palette(
            hero=(_CREAM, _CREAM),
            title=_INK,
            fact="#4A4E57",
            disc=_CREAM,
            glyph=_INK,
            line=_INK,
            seal=(_CINNABAR, "#FFFFFF"),
            page=_CREAM,
            price=_CINNABAR,
        )
    if look == "night":
        return _palette(
            hero=("#24262E", "#0F1013"),
            title="#FAF8F4",
            fact="#B9BCC4",
            disc="#17191D",
            glyph="#F2C078",
            line="#F2C078",
            seal=("#F2C078", "#1C1E25"),
            page="#0F1013",
            price="#F2C078",
            text="#B9BCC4",
            legal="#9A9DA6",
        )
    if look == "cinnabar":
        return _palette(
            hero=("#C4401F", "#8A2210"),
            title="#FFFFFF",
            fact="#FBE3D8",
            disc="#F7E9D3",
            glyph="#A52E15",
            line="#FFFFFF",
            seal=("#FFFFFF", "#B2330F"),
            page=_CREAM,
            price=_CINNABAR,
        )
    top, foot = TONES[poster.cover.tone % len(TONES)]
    return _palette(
        hero=(top, foot),
        title="#FFFFFF",
        fact="#E3E6EF",
        disc=_GOLD,
        glyph=foot,
        line="#FFFFFF",
        seal=(_CINNABAR, "#FFFFFF"),
        page=_CREAM,
        price=_CINNABAR,
    )


def _palette(
    *,
    hero: tuple[str, str],
    title: str,
    fact: str,
    disc: str,
    glyph: str,
    line: str,
    seal: tuple[str, str],
    page: str,
    price: str,
    text: str = "#4A4E57",
    legal: str = "#5E636C",
) -> Palette:
    return Palette(
        hero=(paint(hero[0]), paint(hero[1])),
        title=paint(title),
        fact=paint(fact),
        disc=paint(disc),
        glyph=paint(glyph),
        line=paint(line),
        seal=paint(seal[0]),
        on_seal=paint(seal[1]),
        page=paint(page),
        price=paint(price),
        text=paint(text),
        legal=paint(legal),
        card_line=paint("#E9E2D4"),
    )
