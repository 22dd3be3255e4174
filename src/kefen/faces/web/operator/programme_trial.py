"""What the draft of a version would do: for one supposed sale, and for the orders of past days."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.commissions.contracts import BacktestFacts, BacktestState, Difference
from kefen.core.commission import step_at
from kefen.core.compliance import CourseFact
from kefen.core.errors import InvalidInput
from kefen.core.money import WHOLE_BPS
from kefen.core.simulation import Simulation, Supposed, simulate
from kefen.core.terms import Base, Fixed, Percent, PromoterKind, Rule, Terms, Tiered, TierMetric
from kefen.faces.web import labels, names, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import programme_screens as screens
from kefen.faces.web.templatetags.kefen import money_text, percent_bps
from kefen.platform import clock
from kefen.programmes import queries
from kefen.promoters import queries as promoters

IN_REQUEST = 2000
"""So many orders are read while somebody waits; more are a job's work."""
DAYS = ("7", "30", "90")
_SILENT = timedelta(minutes=2)
Values = Mapping[str, str]


def simulated(entry: Entry, draft: Terms, values: Values) -> screens.Simulation:
    """The sale that was typed, under the draft and under the version in force. Raises
    InvalidInput."""
    schedule = queries.schedule()
    sale, who, course = _supposed(entry, values)
    version = schedule.in_force(clock.now())
    sides = [_side(entry, None, simulate(draft, schedule.limits, sale), sale)]
    if version is not None:
        found = simulate(version.terms, schedule.limits, sale)
        sides.append(_side(entry, version.number, found, sale))
    return screens.Simulation(course, sale.paid, who, tuple(sides))


def _supposed(entry: Entry, values: Values) -> tuple[Supposed, str, str]:
    """The sale, who promotes and what is sold in words."""
    currency = entry.school.currency
    found = catalog.by_codes([values.get("sim_course", "")])
    if not found:
        raise InvalidInput(field="sim_course", reason=_("choose one of the list"))
    (course,) = found.values()
    price = values.get("sim_price", "").strip()
    promoter, group, kind, who = _promoter(values.get("sim_who", ""))
    sale = Supposed(
        course=CourseFact(
            course.code, course.category, course.list_price, course.promotable, course.for_minors
        ),
        paid=typed.amount(price, currency, field="sim_price") if price else course.list_price,
        at=clock.now(),
        kind=kind,
        promoter=promoter,
        group=group,
        has_inviter=values.get("sim_inviter") == "1",
        orders=typed.whole(values.get("sim_orders", "") or "0", field="sim_orders"),
        sales=typed.amount(values.get("sim_sales", "") or "0", currency, field="sim_sales"),
    )
    return sale, who, course.title


def _promoter(text: str) -> tuple[str, str | None, PromoterKind, str]:
    """Code, group and kind of whoever promotes, and what he is called."""
    scope, _colon, value = text.partition(":")
    if scope == "kind" and value in set(PromoterKind):
        return "", None, PromoterKind(value), str(labels.label("promoter_kind", value))
    row = None
    if scope == "promoter":
        row = promoters.by_codes([value]).get(value)
    elif scope == "group":
        member = promoters.filtered(group=value).first()
        row = None if member is None else promoters.by_codes([member.code])[member.code]
    if row is None:
        raise InvalidInput(field="sim_who", reason=_("choose one of the list"))
    if scope == "group":
        return "", value, row.kind, value
    return row.code, row.group, row.kind, names.promoter_name(promoters.row(row.code))


def _side(entry: Entry, number: int | None, found: Simulation, sale: Supposed) -> screens.Side:
    if found.rule is None or found.priced is None:
        return screens.Side(number, "", (), None)
    priced, rule, currency = found.priced, found.rule, entry.school.currency
    first = rule.level1
    reward = step_at(first, priced.n or 0).reward if isinstance(first, Tiered) else first
    shares = [
        screens.Share(
            1,
            priced.level1,
            _step_words(rule, priced.n, currency)
            + _formula(reward, rule, priced.base, priced.wanted_level1, currency)
            + _cut(priced.level1_capped, found, sale, currency),
            priced.level1_capped,
        )
    ]
    if priced.wanted_level2 > 0 and rule.level2 is not None:
        words = _formula(rule.level2, rule, priced.base, priced.wanted_level2, currency)
        cut = _cut(priced.level2_capped, found, sale, currency)
        shares.append(screens.Share(2, priced.level2, words + cut, priced.level2_capped))
    return screens.Side(number, rule.key, tuple(shares), found.available_at, found.points)


def _formula(reward: Percent | Fixed, rule: Rule, base: int, amount: int, currency: str) -> str:
    """`¥599.00 × 20% = ¥119.80`, saying of which base."""
    sum_ = money_text(amount, currency)
    if isinstance(reward, Fixed):
        return _("fixed amount %(amount)s") % {"amount": sum_}
    of = str(labels.label("base", Base(rule.base).value))
    words = {
        "base": of,
        "paid": money_text(base, currency),
        "rate": percent_bps(reward.bps),
        "amount": sum_,
    }
    return _("%(base)s %(paid)s × %(rate)s = %(amount)s") % words


def _step_words(rule: Rule, figure: int | None, currency: str) -> str:
    if figure is None or not isinstance(rule.level1, Tiered):
        return ""
    if rule.level1.metric is TierMetric.ORDERS:
        return _("order %(n)d of the period: ") % {"n": figure}
    return _("after sales of %(amount)s: ") % {"amount": money_text(figure, currency)}


def _cut(is_capped: bool, found: Simulation, sale: Supposed, currency: str) -> str:
    if not is_capped:
        return ""
    cap = sale.paid * min(found.placing.cap_bps, WHOLE_BPS) // WHOLE_BPS
    words = {"rate": percent_bps(found.placing.cap_bps), "cap": money_text(cap, currency)}
    return _("; cut at the cap of %(rate)s, together %(cap)s") % words


def days_of(values: Values) -> int:
    """Over how many days a backtest goes. Raises InvalidInput."""
    if values.get("backtest_days") not in DAYS:
        raise InvalidInput(field="backtest_days", reason=_("choose one of the list"))
    return int(values["backtest_days"])


def tried(entry: Entry, draft: Terms, days: int, begun_from: int) -> screens.Backtest | UUID:
    """The draft over past orders; where there are many, the job that does it."""
    if commission_rows.orders_to_read(draft, days) > IN_REQUEST:
        return commissions.ask_backtest(draft, days, begun_from=begun_from, actor=entry.actor)
    return shown(commission_rows.backtest(draft, days))


def run(entry: Entry, id_: UUID) -> screens.BacktestScreen:
    """A backtest that a job does. Raises NotFound."""
    found = commission_rows.backtest_run(id_)
    is_open = found.state in (BacktestState.QUEUED, BacktestState.RUNNING)
    is_silent = is_open and clock.now() - found.moved_at > _SILENT
    return screens.BacktestScreen(
        currency=entry.school.currency,
        number=str(found.id),
        done=found.done,
        total=found.total,
        moving=is_open and not is_silent,
        stopped=is_silent or found.state is BacktestState.FAILED,
        backtest=None if found.answer is None else shown(found.answer),
    )


def shown(facts: BacktestFacts) -> screens.Backtest:
    """A backtest with the names of those whom it names."""
    codes = {one.promoter for one in (*facts.winners, *facts.losers)}
    records = promoters.by_codes(codes)
    rows = promoters.rows(record.id for record in records.values())
    known = {row.code: names.promoter_name(row) for row in rows.values()}

    def named(found: tuple[Difference, ...]) -> tuple[screens.DifferenceRow, ...]:
        return tuple(
            screens.DifferenceRow(
                one.promoter, known.get(one.promoter, one.promoter), one.orders, one.now, one.then
            )
            for one in found
        )

    return screens.Backtest(
        days=facts.days,
        since=facts.since,
        orders=facts.orders,
        affected=facts.affected,
        lost=facts.lost,
        paid=facts.paid,
        now=facts.now,
        then=facts.then,
        now_bps=facts.now * WHOLE_BPS // facts.paid if facts.paid else None,
        then_bps=facts.then * WHOLE_BPS // facts.paid if facts.paid else None,
        cap_bps=facts.cap_bps,
        winners=named(facts.winners),
        losers=named(facts.losers),
        winner_count=facts.winner_count,
        loser_count=facts.loser_count,
    )
