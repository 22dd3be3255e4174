"""Charts as geometry, for SVG that the server draws: no script, and a table beside each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import get_language

from kefen.faces.web.operator.overview_screens import HeatHour, TrendDay

LEFT, RIGHT, TOP, FLOOR = 46.0, 752.0, 10.0, 188.0
RATE_TOP, RATE_FLOOR = 208.0, 244.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str
    anchor: str = "end"

    @property
    def base(self) -> float:
        """Where the text stands, so that its middle is at the mark."""
        return round(self.at + 4, 1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A column of the commission."""

    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a small chart."""

    x: float
    y: float
    height: float
    width: float


@dataclass(frozen=True, slots=True)
class TrendChart:
    """Sales as a line over commission as columns, and the cost ratio under its cap."""

    levels: tuple[Tick, ...]
    days: tuple[Tick, ...]
    sales_line: str
    sales_area: str
    today_line: str
    bars: tuple[Bar, ...]
    bar_width: float
    rate_lines: tuple[str, ...]
    cap_at: float
    cap_text: str
    peak: TrendDay
    over: int


@dataclass(frozen=True, slots=True)
class HeatCell:
    """An hour of the week; `level` 0 to 5 of the hottest."""

    x: float
    y: float
    level: int


@dataclass(frozen=True, slots=True)
class HeatChart:
    """Seven rows of twenty-four hours, and the hottest of them; `rows` are for the table."""

    cells: tuple[HeatCell, ...]
    hours: tuple[Tick, ...]
    rows: tuple[tuple[HeatHour, ...], ...]
    peak: HeatHour


def line(points: Sequence[tuple[float, float]]) -> str:
    """A path through points."""
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else ""


def sparkline(values: Sequence[int], width: int = 326, height: int = 46) -> tuple[str, str]:
    """Line and area of a sparkline; fewer than two values draw nothing."""
    if len(values) < 2:
        return "", ""
    low, high = min(values), max(values)
    span = max(high - low, 1)
    step = width / (len(values) - 1)
    points = [
        (number * step, 6 + (height - 12) * (1 - (value - low) / span))
        for number, value in enumerate(values)
    ]
    path = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for (x1, y1), (x2, y2) in pairwise(points):
        middle = (x1 + x2) / 2
        path += f"C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return path, f"{path}L{width} {height}L0 {height}Z"


def columns(values: Sequence[int], width: int = 326, height: int = 72) -> tuple[Column, ...]:
    """Columns side by side from a common floor; the highest fills the height. A value above 0
    is never invisible."""
    if not values:
        return ()
    top, step = max(*values, 1), width / len(values)
    gap = min(4.0, step / 4)
    found = []
    for number, value in enumerate(values):
        tall = max(value / top * height, 1.5) if value > 0 else 0.0
        column = Column(
            round(number * step + gap / 2, 2),
            round(height - tall, 2),
            round(tall, 2),
            round(step - gap, 2),
        )
        found.append(column)
    return tuple(found)


def _round_top(value: int) -> int:
    """A friendly figure at or above `value`, divisible by four."""
    unit = 400
    while unit * 5 < value:
        unit *= 10
    for factor in (1, 2, 3, 4, 5):
        if unit * factor >= value:
            return unit * factor
    return unit * 10


def short_amount(minor: int) -> str:
    """An axis figure of minor units: 万 in Chinese, k in English."""
    major = minor // 100
    if get_language() == "en":
        return f"{major / 1000:g}k" if major >= 1000 else str(major)
    return f"{major / 10000:g}万" if major >= 10000 else str(major)


def _day_ticks(days: Sequence[date], xs: Sequence[float]) -> tuple[Tick, ...]:
    every = max(1, (len(days) + 5) // 6)
    picked = [number for number in range(0, len(days), every) if len(days) - 1 - number >= every]
    ticks = [
        Tick(round(xs[number], 1), f"{days[number]:%m-%d}", "start" if number == 0 else "middle")
        for number in picked
    ]
    if days:
        ticks.append(Tick(round(xs[-1], 1), f"{days[-1]:%m-%d}", "end"))
    return tuple(ticks)


def _rate_lines(days: Sequence[TrendDay], xs: Sequence[float], top_bps: int) -> tuple[str, ...]:
    """The ratio, broken where a day had no sales."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, day in zip(xs, days, strict=True):
        if day.cost_bps is None:
            runs.append([])
            continue
        share = min(day.cost_bps / top_bps, 1.0)
        runs[-1].append((x, RATE_FLOOR - share * (RATE_FLOOR - RATE_TOP)))
    return tuple(line(run) for run in runs if len(run) > 1)


def trend_chart(days: Sequence[TrendDay], cap_bps: int, running: bool = True) -> TrendChart | None:
    """Geometry of the overview's trend; None if there is nothing to draw. A last day that is
    `running` is dashed; `over` counts the days beyond the cap."""
    if len(days) < 2 or not any(day.sales for day in days):
        return None
    top = _round_top(max(max(day.sales, day.commission) for day in days))
    step = (RIGHT - LEFT) / (len(days) - 1)
    xs = [LEFT + number * step for number in range(len(days))]

    def height(value: int) -> float:
        return max(value, 0) / top * (FLOOR - TOP)

    points = [(x, FLOOR - height(day.sales)) for x, day in zip(xs, days, strict=True)]
    done = points[:-1] if running and len(points) > 2 else points
    rate_top = max(cap_bps * 5 // 4, 1)
    wide = round(min(9.0, step * 0.6), 1)
    return TrendChart(
        levels=tuple(
            Tick(round(FLOOR - (FLOOR - TOP) * quarter / 4, 1), short_amount(top * quarter // 4))
            for quarter in range(5)
        ),
        days=_day_ticks([day.on for day in days], xs),
        sales_line=line(done),
        sales_area=f"{line(done)}L{done[-1][0]:.1f} {FLOOR}L{LEFT} {FLOOR}Z",
        today_line=line(points[-2:]) if done is not points else "",
        bars=tuple(
            Bar(
                round(min(max(x - wide / 2, LEFT), RIGHT - wide), 1),
                round(FLOOR - height(day.commission), 1),
                round(height(day.commission), 1),
            )
            for x, day in zip(xs, days, strict=True)
        ),
        bar_width=wide,
        rate_lines=_rate_lines(days, xs, rate_top),
        cap_at=round(RATE_FLOOR - cap_bps / rate_top * (RATE_FLOOR - RATE_TOP), 1),
        cap_text=f"{cap_bps / 100:g}%",
        peak=max(days, key=lambda day: day.sales),
        over=sum(day.cost_bps is not None and day.cost_bps > cap_bps for day in days),
    )


HEAT_LEFT, HEAT_STEP, HEAT_ROW = 26.0, 14.0, 20.0


def heat_chart(hours: Sequence[HeatHour]) -> HeatChart | None:
    """Geometry of the hours of a week; None if there is nothing to draw."""
    top = max((one.orders for one in hours), default=0)
    if top == 0:
        return None
    return HeatChart(
        cells=tuple(
            HeatCell(
                HEAT_LEFT + one.hour * HEAT_STEP,
                one.weekday * HEAT_ROW,
                -(-one.orders * 5 // top),  # rounded up: a single order is never invisible
            )
            for one in hours
        ),
        hours=tuple(
            Tick(HEAT_LEFT + hour * HEAT_STEP, f"{hour:02}", "start") for hour in range(0, 24, 4)
        ),
        rows=tuple(tuple(hours[row * 24 : row * 24 + 24]) for row in range(7)),
        peak=max(hours, key=lambda one: one.orders),
    )
