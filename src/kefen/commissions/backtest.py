"""A backtest: what orders that were placed in the last days would have cost under other terms.

A pure reading. Each order placed since is credited by its recorded snapshot (decided anew by
`core.attribution` from its recorded touches only where the terms attribute otherwise than its own
version did) and priced by `core.rerun`. Orders placed before keep what was booked and only count
on ladders. Amounts are as booked, before refunds; the platform's limits are those of today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kefen.commissions.contracts import BacktestFacts, Difference
from kefen.commissions.recorded import (
    RecordedLine,
    Weighed,
    bookings,
    courses_of_touches,
    in_batches,
)
from kefen.core.attribution import PromoterFact, Verdict, attribute
from kefen.core.compliance import effective_cap_bps, is_promotable
from kefen.core.periods import period_of
from kefen.core.rerun import Credited, Rerun
from kefen.core.terms import Terms, Tiered
from kefen.platform import clock
from kefen.platform.tenancy.queries import current
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord

LISTED = 20
Told = Callable[[int, int], None]


def orders_to_read(terms: Terms, days: int) -> int:
    """How many orders a backtest would read."""
    return len(bookings(*_since(terms, days)))


def backtest(terms: Terms, days: int, told: Told | None = None) -> BacktestFacts:
    """Run `terms` over the orders placed in the last `days`; `told` hears of done and all."""
    return _Backtest(terms, days).run(told)


def _since(terms: Terms, days: int) -> tuple[datetime, datetime]:
    """Since when orders were paid (the ladders' periods reach further back), and placed."""
    since, zone = clock.now() - timedelta(days=days), current().zone
    starts = [
        period_of(rule.level1.period, since, zone).start
        for rule in terms.rules
        if isinstance(rule.level1, Tiered)
    ]
    return min([since, *starts]), since


@dataclass(slots=True)
class _Sums:
    orders: int = 0
    now: int = 0
    then: int = 0


class _Backtest:
    """One on its way."""

    def __init__(self, terms: Terms, days: int) -> None:
        self.terms, self.days = terms, days
        self.paid_since, self.since = _since(terms, days)
        self.schedule = programmes.schedule()
        self.versions = {version.id: version.terms for version in self.schedule.versions}
        self.rerun = Rerun(terms, self.schedule.limits, current().zone)
        self.people: dict[UUID, PromoterRecord] = {}
        self.by_code: dict[str, PromoterRecord] = {}
        self.touched: dict[UUID, str] = {}
        self.sums: dict[UUID, _Sums] = {}
        self.orders = self.affected = self.lost = self.paid = 0

    def run(self, told: Told | None) -> BacktestFacts:
        found = bookings(self.paid_since, self.since)
        done = 0
        for batch in in_batches(found):
            self._know(batch)
            for lines in batch:
                self._order(lines)
            done += len(batch)
            if told is not None:
                told(done, len(found))
        return self._facts()

    def _know(self, batch: list[list[RecordedLine]]) -> None:
        """Everybody and every touch that this batch names and none before did."""
        lines = [line for order in batch for line in order]
        ids = {i for x in lines for i in (x.winner_id, x.inviter_id, x.bound_to) if i is not None}
        self._add(promoters.by_ids(ids - self.people.keys()).values())
        anew = [x for line in lines if self._is_decided_anew(line) for x in line.evidence]
        codes = {weighed.touch.promoter for weighed in anew} - self.by_code.keys()
        self._add(promoters.by_codes(codes).values())
        inviters = {p.inviter_id for p in self.people.values() if p.inviter_id is not None}
        self._add(promoters.by_ids(inviters - self.people.keys()).values())
        self.touched = courses_of_touches([weighed.id for weighed in anew])

    def _add(self, records: Iterable[PromoterRecord]) -> None:
        for record in records:
            self.people[record.id] = self.by_code[record.code] = record

    def _is_decided_anew(self, line: RecordedLine) -> bool:
        """Whether its own version attributed otherwise than these terms do."""
        own = self._own(line)
        return (
            line.sold.placed_at >= self.since
            and own is not None
            and (own.policy != self.terms.policy)
        )

    def _own(self, line: RecordedLine) -> Terms | None:
        return None if line.version_id is None else self.versions.get(line.version_id)

    def _order(self, lines: list[RecordedLine]) -> None:
        if not lines:
            return
        if lines[0].sold.placed_at < self.since:
            for line in lines:
                if line.winner_id is not None and line.rule_key is not None:
                    winner = self.people[line.winner_id].code
                    self.rerun.remember(line.sold, winner, line.rule_key)
            return
        credited = [(line, found) for line in lines if (found := self._credited(line)) is not None]
        priced = self.rerun.price([(line.sold, found) for line, found in credited])
        now: dict[UUID, int] = {}
        then: dict[UUID, int] = {}
        for line in lines:
            self.paid += line.sold.paid
            _note(now, line.winner_id, line.booked1)
            _note(now, line.inviter_id, line.booked2)
        for (_, whom), result in zip(credited, priced, strict=True):
            if result is None:
                continue
            _note(then, self.by_code[whom.promoter].id, result.level1)
            if whom.inviter is not None:
                _note(then, self.by_code[whom.inviter].id, result.level2)
        self._count(now, then)

    def _count(self, now: dict[UUID, int], then: dict[UUID, int]) -> None:
        self.orders += 1
        self.affected += now != then
        self.lost += bool(now) and not then
        for person in now.keys() | then.keys():
            sums = self.sums.setdefault(person, _Sums())
            sums.orders += 1
            sums.now += now.get(person, 0)
            sums.then += then.get(person, 0)

    def _credited(self, line: RecordedLine) -> Credited | None:
        winner = None if line.winner_id is None else self.people[line.winner_id]
        group = line.group
        if self._is_decided_anew(line):
            decided = self._decide(line)
            if decided is None or winner is None or decided.id != winner.id:
                winner, group = decided, None if decided is None else decided.group
        if winner is None:
            return None
        inviter = self._inviter(line, winner)
        return Credited(winner.code, winner.kind, group, None if inviter is None else inviter.code)

    def _decide(self, line: RecordedLine) -> PromoterRecord | None:
        """The winner that these terms name, from what was known when the order was placed."""
        bound = None if line.bound_to is None else self.people[line.bound_to]
        facts = {}
        for weighed in line.evidence:
            record = self.by_code.get(weighed.touch.promoter)
            if record is not None:
                facts[record.code] = _fact(record, line, weighed)
        if bound is not None:
            facts.setdefault(bound.code, PromoterFact(bound.code, True, bound.account_id))
        decision = attribute(
            touches=[
                replace(weighed.touch, course=self.touched.get(weighed.id))
                for weighed in line.evidence
            ],
            at=line.sold.placed_at,
            policy=self.terms.policy,
            student=line.student_id,
            promoters=facts,
            course=line.sold.course.code,
            promotable=is_promotable(line.sold.course),
            binding=None
            if bound is None or self.terms.policy.binding_days == 0
            else line.binding(bound.code),
        )
        return None if decision.winner is None else self.by_code[decision.winner]

    def _inviter(self, line: RecordedLine, winner: PromoterRecord) -> PromoterRecord | None:
        """Who earns level 2 if these terms pay it: as recorded where the line's own version paid
        inviters, else the winner's, if he was active and not the buyer (`domain.md §3.3`)."""
        if line.inviter_id is not None and winner.id == line.winner_id:
            return self.people[line.inviter_id]
        own = self._own(line)
        if own is not None and own.level2 and winner.id == line.winner_id:
            return None
        if winner.inviter_id is None:
            return None
        inviter = self.people.get(winner.inviter_id)
        if inviter is None or not inviter.active_at(line.sold.placed_at):
            return None
        is_buyer = inviter.account_id == line.student_id
        return None if is_buyer and not self.terms.policy.self_purchase else inviter

    def _facts(self) -> BacktestFacts:
        changed = [
            Difference(self.people[key].code, sums.orders, sums.now, sums.then)
            for key, sums in self.sums.items()
            if sums.now != sums.then
        ]
        changed.sort(key=lambda one: (one.now - one.then, one.promoter))
        winners = [one for one in changed if one.then > one.now]
        losers = [one for one in reversed(changed) if one.then < one.now]
        return BacktestFacts(
            days=self.days,
            since=self.since,
            orders=self.orders,
            affected=self.affected,
            lost=self.lost,
            paid=self.paid,
            now=sum(sums.now for sums in self.sums.values()),
            then=sum(sums.then for sums in self.sums.values()),
            cap_bps=effective_cap_bps(self.schedule.limits.max_rate_bps, self.terms.max_rate_bps),
            winners=tuple(winners[:LISTED]),
            losers=tuple(losers[:LISTED]),
            winner_count=len(winners),
            loser_count=len(losers),
        )


def _note(sums: dict[UUID, int], person: UUID | None, amount: int) -> None:
    if person is not None and amount > 0:
        sums[person] = sums.get(person, 0) + amount


def _fact(record: PromoterRecord, line: RecordedLine, weighed: Weighed) -> PromoterFact:
    """A promoter as he was then. An expired touch was not asked further, so that only there what
    is known today decides."""
    if weighed.verdict in (Verdict.EXPIRED, Verdict.LATER_THAN_ORDER):
        return PromoterFact(record.code, record.active_at(line.sold.placed_at), record.account_id)
    is_buyer = weighed.verdict is Verdict.SELF_PURCHASE
    return PromoterFact(
        record.code,
        weighed.verdict is not Verdict.PROMOTER_INACTIVE,
        line.student_id if is_buyer else record.account_id,
    )
