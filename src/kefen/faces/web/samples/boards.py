"""Example screens of closed boards."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.boards import BoardScreen, PlaceRow
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import NOW, ago, promoter_name, say


def of_school() -> BoardScreen:
    """Three places, of which two won a prize."""
    last = NOW.date() - timedelta(days=3)
    found = people()
    return BoardScreen(
        currency="CNY",
        metric="sales",
        starts_on=last - timedelta(days=6),
        ends_on=last,
        closed_at=ago(2),
        places=(
            PlaceRow(1, found[0][1], 2_398_000, 50_000, "AZE"),
            PlaceRow(2, promoter_name(), 1_794_000, 20_000, "XIAOYU"),
            PlaceRow(3, found[2][1], 598_000, 0, "LUCY"),
        ),
        total=41,
        counts_money=True,
    )


def of_promoter() -> BoardScreen:
    """The same, as the second reads it."""
    screen = of_school()
    places = (
        replace(
            row, code="", mine=row.rank == 2, name=row.name if row.rank == 2 else say("阿**", "A**")
        )
        for row in screen.places
    )
    return replace(screen, places=tuple(places))
