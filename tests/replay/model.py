"""A second, slow and simple reading of domain.md and replay.md: no database, nothing of kefen.

It keeps everything in lists and looks at all of it for every question. Given a scenario it says
what a replay must write. Where it and the product differ, one of them has misread the text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
LABOUR = ((20_000_00, 20, 0), (50_000_00, 30, 2_000_00), (None, 40, 7_000_00))
YEARLY = (
    (36_000_00, 3, 0),
    (144_000_00, 10, 2_520_00),
    (300_000_00, 20, 16_920_00),
    (420_000_00, 25, 31_920_00),
    (660_000_00, 30, 52_920_00),
    (960_000_00, 35, 85_920_00),
    (None, 45, 181_920_00),
)


class Refused(Exception):
    """A business action that is refused; the replay goes on."""


@dataclass
class Touch:
    promoter: str
    at: datetime
    course: str | None
    visitor: str | None = None
    student: str | None = None


@dataclass
class Binding:
    promoter: str
    start: datetime
    end: datetime


@dataclass
class Line:
    number: int
    course: Json
    quantity: int
    paid: int
    winner: str | None
    reason: str
    candidates: list[Json]
    rule: Json | None
    inviter: str | None
    refunded: int = 0


@dataclass
class Order:
    number: str
    student: str
    content: Any
    lines: list[Line]
    version: Json | None
    cap_bps: int
    state: str = "placed"
    channel: str = ""
    paid_at: datetime | None = None
    points: dict[str, list[int]] = field(default_factory=dict)  # person -> [earned, remaining]


@dataclass
class Commission:
    order: Order
    line: Line
    level: int
    promoter: str
    rule: str
    n: int | None
    base: int
    booked: int
    capped: bool
    available_at: datetime
    reversed: int = 0
    state: str = "pending"

    @property
    def remaining(self) -> int:
        return self.booked - self.reversed


@dataclass
class Withdrawal:
    number: str
    promoter: str
    amount: int
    tax: int
    approved_at: datetime
    state: str = "sent"


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def shown(at: datetime) -> str:
    text = at.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return text + "Z"


def days(count: int) -> timedelta:
    return timedelta(seconds=86_400 * count)


class Model:
    def __init__(self, programme: Json) -> None:
        self.processed = 0
        self.zone = ZoneInfo(programme["institution"].get("timezone", "Asia/Shanghai"))
        self.platform = programme["platform"]
        self.courses = {course["id"]: course for course in programme["courses"]}
        self.promoters = {p["id"]: dict(p, suspended=False) for p in programme["promoters"]}
        self.versions = programme["versions"]
        self.minimum = programme["withdrawal"].get("minimum", 1000)
        self.tax_rule = programme["withdrawal"]["tax"]
        self.touches: list[Touch] = []
        self.ties: list[tuple[str, str]] = []
        self.bindings: dict[str, list[Binding]] = {}
        self.orders: dict[str, Order] = {}
        self.refunds: dict[str, Any] = {}
        self.withdrawals: dict[str, Withdrawal] = {}
        self.commissions: list[Commission] = []
        self.closed: dict[tuple[str, str, date], list[Json]] = {}
        self.ledger: list[Json] = []
        self.balance: dict[str, int] = {}
        self.points = dict.fromkeys(self.promoters, 0)
        self.refusals: list[Json] = []

    def run(self, events: list[Json]) -> Json:
        for event in events:
            self.step(event)
        return self.output()

    def step(self, event: Json) -> None:
        self.processed += 1
        at = instant(event["at"])
        self.advance(at)
        try:
            getattr(self, event["type"])(event, at)
        except Refused as refused:
            found = {"line": self.processed, "type": event["type"], "code": str(refused)}
            self.refusals.append(found)

    # Time.

    def first_day(self, kind: str, at: datetime) -> date:
        on = at.astimezone(self.zone).date()
        return {
            "day": on,
            "week": on - timedelta(days=on.weekday()),
            "month": on.replace(day=1),
            "quarter": on.replace(day=1, month=(on.month + 2) // 3 * 3 - 2),
            "year": on.replace(day=1, month=1),
            "lifetime": date.min,
        }[kind]

    def midnight(self, on: date) -> datetime:
        return datetime(on.year, on.month, on.day, tzinfo=self.zone).astimezone(UTC)

    def end_of(self, kind: str, starts_on: date) -> datetime:
        after = starts_on
        while self.first_day(kind, self.midnight(after) + timedelta(hours=12)) == starts_on:
            after += timedelta(days=1)
        return self.midnight(after)

    def same_period(self, kind: str, one: datetime, other: datetime) -> bool:
        return self.first_day(kind, one) == self.first_day(kind, other)

    def version(self, at: datetime) -> Json | None:
        found = [v for v in self.versions if instant(v["effective_from"]) <= at]
        return found[-1] if found else None

    def advance(self, at: datetime) -> None:
        """Everything due at or before `at`, in order; at one instant commissions first."""
        while True:
            matures = [
                (c.available_at, 0, place, c)
                for place, c in enumerate(self.commissions)
                if c.state == "pending" and c.remaining > 0 and c.available_at <= at
            ]
            closes = [(due, 1, key, board) for due, key, board in self.open_boards() if due <= at]
            if not matures and not closes:
                return
            due, kind, key, thing = min([*matures, *closes], key=lambda x: x[:3])
            if kind == 0:
                self.mature(thing)
            else:
                self.close(key, thing, due)

    # Attribution.

    def active(self, name: str, at: datetime) -> bool:
        person = self.promoters[name]
        until = person["active_to"]
        return (
            not person["suspended"]
            and instant(person["active_from"]) <= at
            and (until is None or at < instant(until))
        )

    def unfit(self, name: str, student: str, policy: Json, at: datetime) -> str | None:
        if not self.active(name, at):
            return "promoter_inactive"
        own = self.promoters[name]["account"]
        if own is not None and own == student and not policy.get("self_purchase", False):
            return "self_purchase"
        return None

    def touches_of(self, student: str) -> list[Touch]:
        return [
            touch
            for touch in self.touches
            if touch.student == student or (touch.visitor, student) in self.ties
        ]

    def binding_of(self, student: str, at: datetime) -> Binding | None:
        active = [b for b in self.bindings.get(student, []) if b.start <= at < b.end]
        return active[-1] if active else None

    def examine(
        self, student: str, at: datetime, policy: Json, course: Json | None
    ) -> tuple[Touch | None, list[str | None]]:
        """The first eligible touch in the model's order, and why each other one is not
        (None: eligible)."""
        touches = self.touches_of(student)
        reasons: list[str | None] = []
        for touch in touches:
            reason = self.unfit(touch.promoter, student, policy, at)
            if not at < touch.at + days(policy["window_days"]):
                reason = "expired"
            elif reason is None and course is not None:
                scoped = policy.get("touch_scope", "institution") == "course"
                if scoped and touch.course not in (None, course["id"]):
                    reason = "out_of_scope"
                elif not course["promotable"]:
                    reason = "course_not_promotable"
            reasons.append(reason)
        eligible = [
            (touch.at, place)
            for place, (touch, reason) in enumerate(zip(touches, reasons, strict=True))
            if reason is None
        ]
        if not eligible:
            return None, reasons
        first = policy.get("model", "first_touch") == "first_touch"
        _, place = sorted(eligible)[0 if first else -1]
        return touches[place], reasons

    def touch(self, event: Json, at: datetime) -> None:
        if event["promoter"] not in self.promoters:
            raise Refused("unknown_promoter")
        if event["course"] is not None and event["course"] not in self.courses:
            raise Refused("unknown_course")
        name, visitor = event["promoter"], event["visitor"]
        self.touches.append(Touch(name, at, event["course"], visitor=visitor))
        version = self.version(at)
        if version is None or version["attribution"].get("binding_days", 0) == 0:
            return
        policy = version["attribution"]
        for student in [s for v, s in self.ties if v == visitor]:
            binding = self.binding_of(student, at)
            if (
                binding is not None
                and binding.promoter != name
                and self.unfit(name, student, policy, at) is None
                and at >= binding.start + days(policy["protection_days"])
            ):
                binding.end = at
                new = Binding(name, at, at + days(policy["binding_days"]))
                self.bindings[student].append(new)

    def identify(self, event: Json, at: datetime) -> None:
        tie = (event["visitor"], event["student"])
        if tie not in self.ties:
            self.ties.append(tie)
        student, version = event["student"], self.version(at)
        if version is None or version["attribution"].get("binding_days", 0) == 0:
            return
        if self.binding_of(student, at) is not None:
            return
        policy = version["attribution"]
        winner, _ = self.examine(student, at, policy, None)
        if winner is not None:
            new = Binding(winner.promoter, at, at + days(policy["binding_days"]))
            self.bindings.setdefault(student, []).append(new)

    def decide(
        self, student: str, at: datetime, policy: Json, course: Json
    ) -> tuple[str | None, str, list[Json]]:
        winner, reasons = self.examine(student, at, policy, course)
        binding = self.binding_of(student, at)
        bound = None
        if (
            binding is not None
            and course["promotable"]
            and self.unfit(binding.promoter, student, policy, at) is None
        ):
            bound = binding.promoter
        first = policy.get("model", "first_touch") == "first_touch"
        candidates = []
        for touch, reason in zip(self.touches_of(student), reasons, strict=True):
            verdict = reason
            if verdict is None and bound is not None:
                verdict = "bound" if touch.promoter == bound else "bound_to_other"
            elif verdict is None:
                beaten = "not_first" if first else "not_last"
                verdict = "won" if touch is winner else beaten
            candidates.append(
                {"promoter": touch.promoter, "at": shown(touch.at), "verdict": verdict}
            )
        if bound is not None:
            return bound, "binding", candidates
        if winner is not None:
            return winner.promoter, "touch", candidates
        return None, "none", candidates

    # Orders.

    def order_placed(self, event: Json, at: datetime) -> None:
        lines = sorted(event["lines"], key=lambda line: line["line"])
        content = (event["student"], event["code"], lines)
        known = self.orders.get(event["order"])
        if known is not None:
            if known.content != content:
                raise Refused("conflict")
            return
        if any(line["course"] not in self.courses for line in lines):
            raise Refused("unknown_course")
        student, version = event["student"], self.version(at)
        if event["code"] in self.promoters:
            self.touches.append(Touch(event["code"], at, None, student=student))
        placed = []
        cap = 0
        if version is not None:
            cap = min(self.platform.get("max_rate_bps", 3000), version["max_rate_bps"])
        for line in lines:
            course = self.courses[line["course"]]
            head = (line["line"], course, line["quantity"], line["paid"])
            if version is None:
                placed.append(Line(*head, None, "none", [], None, None))
                continue
            decided = self.decide(student, at, version["attribution"], course)
            winner = decided[0]
            rule = None if winner is None else self.choose(version, winner, course, at)
            inviter = None if winner is None else self.inviter(version, winner, student, at)
            placed.append(Line(*head, *decided, rule, inviter))
        self.orders[event["order"]] = Order(event["order"], student, content, placed, version, cap)

    def choose(self, version: Json, winner: str, course: Json, at: datetime) -> Json | None:
        person = self.promoters[winner]
        found = []
        for rule in version["rules"]:
            (who, whom), (what, which) = (
                next(iter(rule["promoter"].items())),
                next(iter(rule["course"].items())),
            )
            his = {
                "any": True,
                "kind": person["kind"],
                "group": person["group"],
                "promoter": winner,
            }[who]
            its = {"any": True, "category": course["category"], "course": course["id"]}[what]
            begins, ends = rule.get("from"), rule.get("to")
            in_time = (begins is None or instant(begins) <= at) and (
                ends is None or at < instant(ends)
            )
            if his == whom and its == which and in_time:
                width = (
                    ["any", "kind", "group", "promoter"].index(who),
                    ["any", "category", "course"].index(what),
                )
                found.append((width, rule))
        return max(found, key=lambda pair: pair[0])[1] if found else None

    def inviter(self, version: Json, winner: str, student: str, at: datetime) -> str | None:
        if not (version.get("level2", False) and self.platform.get("level2_allowed", False)):
            return None
        name = self.promoters[winner]["inviter"]
        if name is None or self.unfit(name, student, version["attribution"], at) is not None:
            return None
        return str(name)

    def order_paid(self, event: Json, at: datetime) -> None:
        order = self.orders.get(event["order"])
        if order is None:
            raise Refused("unknown_order")
        if order.state == "paid":
            if order.channel != event["channel"]:
                raise Refused("conflict")
            return
        if order.state == "cancelled":
            raise Refused("order_not_open")
        order.state, order.channel, order.paid_at = "paid", event["channel"], at
        booked: list[Commission] = []
        for line in order.lines:
            booked += self.book(order, line, at)
        moves = {f"channel:{order.channel}": -sum(line.paid for line in order.lines)}
        for commission in booked:
            _add(moves, f"promoter:{commission.promoter}:pending", commission.booked)
        _add(moves, "institution:main", -sum(moves.values()))
        self.commissions += booked
        self.post(at, f"order:{order.number}:paid", moves)

    def book(self, order: Order, line: Line, at: datetime) -> Iterator[Commission]:
        rule, version = line.rule, order.version
        if rule is None or version is None or line.winner is None or line.paid == 0:
            return
        base = line.paid
        if rule.get("base", "paid") == "list":
            base = line.course["price"] * line.quantity
        reward, n = rule["level1"], None
        if "tiered" in reward:
            ladder = reward["tiered"]
            n = self.figure(ladder, line.winner, rule["key"], at)
            reward = [step for step in ladder["steps"] if step["from"] <= n][-1]
        wanted1 = min(_reward(reward, base, line.quantity), line.paid)
        wanted2 = 0
        if line.inviter is not None and rule.get("level2") is not None:
            wanted2 = min(_reward(rule["level2"], base, line.quantity), line.paid)
        cap = line.paid * order.cap_bps // 10_000
        level1 = min(wanted1, cap)
        level2 = min(wanted2, cap - level1)
        due = at + days(version["hold_days"])
        for level, person, amount, wanted, figure in (
            (1, line.winner, level1, wanted1, n),
            (2, line.inviter, level2, wanted2, None),
        ):
            if amount > 0:
                assert person is not None
                yield Commission(
                    order,
                    line,
                    level,
                    person,
                    rule["key"],
                    figure,
                    base,
                    amount,
                    amount < wanted,
                    due,
                )

    def figure(self, ladder: Json, person: str, key: str, at: datetime) -> int:
        # `self.commissions` does not have this order's yet: its lines share one figure.
        lines = [
            (c.order.number, c.line.paid - c.line.refunded)
            for c in self.commissions
            if c.level == 1
            and c.promoter == person
            and c.rule == key
            and c.order.paid_at is not None
            and self.same_period(ladder["period"], c.order.paid_at, at)
        ]
        if ladder["metric"] == "sales":
            return sum(left for _, left in lines)
        return 1 + len({order for order, left in lines if left > 0})

    def order_cancelled(self, event: Json, at: datetime) -> None:
        order = self.orders.get(event["order"])
        if order is None:
            raise Refused("unknown_order")
        if order.state == "paid":
            raise Refused("order_not_open")
        order.state = "cancelled"

    def refund(self, event: Json, at: datetime) -> None:
        named = event.get("lines")
        if named is not None:
            named = sorted((line["line"], line["amount"]) for line in named)
        content = (event["order"], named, event.get("amount"))
        if event["refund"] in self.refunds:
            if self.refunds[event["refund"]] != content:
                raise Refused("conflict")
            return
        order = self.orders.get(event["order"])
        if order is None:
            raise Refused("unknown_order")
        if order.state != "paid":
            raise Refused("order_not_paid")
        parts = self.parts(order, named, event.get("amount"))
        self.refunds[event["refund"]] = content
        for line in order.lines:
            line.refunded += parts.get(line.number, 0)
        amount = sum(parts.values())
        moves = {f"channel:{order.channel}": amount}
        for commission in self.commissions:
            if commission.order is order:
                self.reverse(commission, moves)
        _add(moves, "institution:main", -sum(moves.values()))
        self.post(at, f"refund:{event['refund']}", moves)
        for person, grant in order.points.items():
            left = _left_of(grant[0], *self.attributed(order, person))
            self.points[person] -= grant[1] - left
            grant[1] = left

    def parts(self, order: Order, named: Any, amount: int | None) -> dict[int, int]:
        left = {line.number: line.paid - line.refunded for line in order.lines}
        if named is not None:
            if any(asked > left.get(number, 0) for number, asked in named):
                raise Refused("refund_exceeds_paid")
            return dict(named)
        assert amount is not None
        whole = sum(left.values())
        if amount > whole:
            raise Refused("refund_exceeds_paid")
        exact = {number: Fraction(amount * x, whole) for number, x in left.items()}
        parts = {number: share.numerator // share.denominator for number, share in exact.items()}
        for _ in range(amount - sum(parts.values())):
            # The largest remainder not yet served; of equal ones the smallest number.
            best = max(exact, key=lambda number: (exact[number] - parts[number], -number))
            parts[best] += 1
        return parts

    def reverse(self, commission: Commission, moves: dict[str, int]) -> None:
        line, person = commission.line, commission.promoter
        left = commission.booked * (line.paid - line.refunded) // line.paid
        back = commission.remaining - left
        commission.reversed += back
        if commission.state == "pending":
            _add(moves, f"promoter:{person}:pending", -back)
            return
        account = f"promoter:{person}:available"
        taken = min(back, self.balance.get(account, 0) + moves.get(account, 0))
        _add(moves, account, -taken)
        _add(moves, f"promoter:{person}:receivable", -(back - taken))

    # What is due.

    def credit(self, person: str, amount: int, moves: dict[str, int]) -> None:
        owed = -self.balance.get(f"promoter:{person}:receivable", 0)
        settled = min(owed, amount)
        _add(moves, f"promoter:{person}:receivable", settled)
        _add(moves, f"promoter:{person}:available", amount - settled)

    def mature(self, commission: Commission) -> None:
        person, amount, order = commission.promoter, commission.remaining, commission.order
        moves = {f"promoter:{person}:pending": -amount}
        self.credit(person, amount, moves)
        key = f"commission:{order.number}:{commission.line.number}:{commission.level}:matured"
        self.post(commission.available_at, key, moves)
        commission.state = "available"
        if commission.level == 1 and person not in order.points and order.version is not None:
            terms = order.version.get("points", {"points_per_order": 0, "points_per_yuan": 0})
            paid, refunded = self.attributed(order, person)
            earned = terms["points_per_order"] + paid // 100 * terms["points_per_yuan"]
            left = _left_of(earned, paid, refunded)
            order.points[person] = [earned, left]
            self.points[person] += left

    def attributed(self, order: Order, person: str) -> tuple[int, int]:
        his = [line for line in order.lines if line.winner == person]
        return sum(line.paid for line in his), sum(line.refunded for line in his)

    # Boards.

    def boards(self) -> list[tuple[tuple[str, str, date], Json, datetime]]:
        """(key, board, closes_at) of every period with a paid order."""
        found = {}
        for order in self.orders.values():
            if order.paid_at is None or not self.versions:
                continue
            for kind in ("day", "week", "month"):
                starts_on = self.first_day(kind, order.paid_at)
                version = self.version(self.midnight(starts_on)) or self.versions[0]
                for board in version.get("boards", []):
                    if board["period"] == kind:
                        wait = board.get("close_after_days")
                        wait = version["hold_days"] if wait is None else wait
                        closes = self.end_of(kind, starts_on) + days(wait)
                        found[board["metric"], kind, starts_on] = (board, closes)
        return [(key, *found[key]) for key in sorted(found)]

    def open_boards(self) -> list[tuple[datetime, tuple[str, str, date], Json]]:
        return [
            (closes, key, board) for key, board, closes in self.boards() if key not in self.closed
        ]

    def figures(self, key: tuple[str, str, date]) -> list[Json]:
        metric, kind, starts_on = key
        values: dict[str, int] = {}
        for order in self.orders.values():
            if order.paid_at is None or self.first_day(kind, order.paid_at) != starts_on:
                continue
            for person in self.promoters:
                paid, refunded = self.attributed(order, person)
                if metric == "sales":
                    _add(values, person, paid - refunded)
                elif metric == "orders":
                    _add(values, person, 1 if paid > refunded else 0)
            if metric == "commission":
                for commission in self.commissions:
                    if commission.order is order and commission.level == 1:
                        _add(values, commission.promoter, commission.remaining)
        rows = [
            {
                "promoter": person,
                "value": value,
                "rank": 1 + sum(1 for other in values.values() if other > value),
            }
            for person, value in values.items()
            if value > 0
        ]
        return sorted(rows, key=lambda row: (row["rank"], row["promoter"]))

    def close(self, key: tuple[str, str, date], board: Json, at: datetime) -> None:
        rows = self.closed[key] = self.figures(key)
        prizes = board.get("prizes", [])
        for row in rows:
            amount = prizes[row["rank"] - 1] if row["rank"] <= len(prizes) else 0
            moves = {"institution:main": -amount}
            self.credit(row["promoter"], amount, moves)
            metric, kind, starts_on = key
            name = f"board:{metric}:{kind}:{starts_on.isoformat()}:prize:{row['promoter']}"
            self.post(at, name, moves)

    # Promoters and their money.

    def promoter_status(self, event: Json, at: datetime) -> None:
        if event["promoter"] not in self.promoters:
            raise Refused("unknown_promoter")
        self.promoters[event["promoter"]]["suspended"] = event["status"] == "suspended"

    def promoter_group(self, event: Json, at: datetime) -> None:
        if event["promoter"] not in self.promoters:
            raise Refused("unknown_promoter")
        self.promoters[event["promoter"]]["group"] = event["group"]

    def withdraw(self, event: Json, at: datetime) -> None:
        number, person, amount = event["withdrawal"], event["promoter"], event["amount"]
        known = self.withdrawals.get(number)
        if known is not None:
            if (known.promoter, known.amount) != (person, amount):
                raise Refused("conflict")
            return
        if person not in self.promoters:
            raise Refused("unknown_promoter")
        if amount < max(self.minimum, 1):  # nothing is no withdrawal, whatever the minimum
            raise Refused("below_minimum")
        if amount > self.balance.get(f"promoter:{person}:available", 0):
            raise Refused("insufficient_balance")
        tax = self.tax(person, amount, at)
        self.withdrawals[number] = Withdrawal(number, person, amount, tax, at)
        accounts = f"promoter:{person}:available", f"promoter:{person}:in_transit"
        moves = {accounts[0]: -amount, accounts[1]: amount}
        self.post(at, f"withdrawal:{number}:requested", moves)

    def tax(self, person: str, amount: int, at: datetime) -> int:
        if self.tax_rule == "none":
            return 0
        kind = "month" if self.tax_rule == "labour_2018_61" else "year"
        earlier = [
            w
            for w in self.withdrawals.values()
            if w.promoter == person
            and w.state not in ("failed", "expired")
            and self.same_period(kind, w.approved_at, at)
        ]
        income = amount + sum(w.amount for w in earlier)
        withheld = sum(w.tax for w in earlier)
        if kind == "month":
            if income <= 800_00:
                due = 0
            elif income <= 4000_00:
                due = (income - 800_00) * 20 // 100
            else:
                due = _bracket(LABOUR, income * 80 // 100)
        else:
            month = at.astimezone(self.zone).month
            months = {w.approved_at.astimezone(self.zone).month for w in earlier} | {month}
            run = 0
            while month - run in months:
                run += 1
            due = _bracket(YEARLY, max(income * 80 // 100 - 5000_00 * run, 0))
        # More than the payment cannot be withheld: `channel:payout w - x` would not be positive.
        return min(max(due - withheld, 0), amount)

    def payout_result(self, event: Json, at: datetime) -> None:
        withdrawal = self.withdrawals.get(event["withdrawal"])
        if withdrawal is None:
            raise Refused("unknown_withdrawal")
        result = event["result"]
        if withdrawal.state == result:
            return
        if withdrawal.state != "sent":
            raise Refused("withdrawal_not_open")
        withdrawal.state = result
        amount, tax, person = withdrawal.amount, withdrawal.tax, withdrawal.promoter
        moves = {f"promoter:{person}:in_transit": -amount}
        if result == "succeeded":
            moves |= {"channel:payout": amount - tax, "tax:withheld": tax}
        else:
            self.credit(person, amount, moves)
        self.post(at, f"withdrawal:{withdrawal.number}:{result}", moves)

    def tick(self, event: Json, at: datetime) -> None:
        pass

    # The books and the output.

    def post(self, at: datetime, key: str, moves: dict[str, int]) -> None:
        """`moves`: credit - debit by account."""
        assert sum(moves.values()) == 0, (key, moves)
        for account, amount in moves.items():
            _add(self.balance, account, amount)
            if amount:
                side = "credit" if amount > 0 else "debit"
                entry = {"at": shown(at), "key": key, "account": account, "side": side}
                self.ledger.append(entry | {"amount": abs(amount)})
        for account, amount in self.balance.items():
            if account.endswith((":available", ":in_transit", ":pending")):
                assert amount >= 0, (key, account, amount)
            elif account.endswith(":receivable"):
                assert amount <= 0, (key, account, amount)

    def output(self) -> Json:
        held = self.balance.get
        return {
            "attributions": [
                {
                    "order": order.number,
                    "line": line.number,
                    "winner": line.winner,
                    "reason": line.reason,
                    "candidates": line.candidates,
                }
                for order in self.orders.values()
                for line in order.lines
            ],
            "commissions": [
                {
                    "order": c.order.number,
                    "line": c.line.number,
                    "promoter": c.promoter,
                    "level": c.level,
                    "rule": c.rule,
                    "n": c.n,
                    "base": c.base,
                    "booked": c.booked,
                    "capped": c.capped,
                    "reversed": c.reversed,
                    "remaining": c.remaining,
                    "state": c.state,
                    "available_at": shown(c.available_at),
                }
                for c in self.commissions
            ],
            "balances": {
                "institution": {"main": held("institution:main", 0)},
                "channels": {
                    account.split(":")[1]: -amount
                    for account, amount in self.balance.items()
                    if account.startswith("channel:")
                },
                "tax": {"withheld": held("tax:withheld", 0)},
                "promoters": {
                    name: {
                        "pending": held(f"promoter:{name}:pending", 0),
                        "available": held(f"promoter:{name}:available", 0),
                        "in_transit": held(f"promoter:{name}:in_transit", 0),
                        "receivable": -held(f"promoter:{name}:receivable", 0),
                        "points": self.points[name],
                    }
                    for name in self.promoters
                },
            },
            "withdrawals": [
                {
                    "withdrawal": w.number,
                    "promoter": w.promoter,
                    "amount": w.amount,
                    "tax": w.tax,
                    "net": w.amount - w.tax,
                    "state": w.state,
                }
                for w in self.withdrawals.values()
            ],
            "boards": self.board_rows(),
            "refusals": self.refusals,
            "ledger": self.ledger,
        }

    def board_rows(self) -> list[Json]:
        found = []
        for key, _, _ in self.boards():
            rows = self.closed[key] if key in self.closed else self.figures(key)
            if rows:
                metric, kind, starts_on = key
                found.append(
                    {
                        "metric": metric,
                        "period": kind,
                        "starts_on": starts_on.isoformat(),
                        "closed": key in self.closed,
                        "rows": rows,
                    }
                )
        return found


def _add(sums: dict[str, int], key: str, amount: int) -> None:
    sums[key] = sums.get(key, 0) + amount


def _left_of(points: int, paid: int, refunded: int) -> int:
    return points * (paid - refunded) // paid


def _reward(reward: Json, base: int, quantity: int) -> int:
    if "percent_bps" in reward:
        return int(base * reward["percent_bps"] // 10_000)
    return int(reward["fixed"] * quantity)


def _bracket(brackets: tuple[tuple[int | None, int, int], ...], taxable: int) -> int:
    rate, quick = next((r, q) for limit, r, q in brackets if limit is None or taxable <= limit)
    return taxable * rate // 100 - quick
