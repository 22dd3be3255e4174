"""Random hard scenarios: few people, much happening at the borders that domain.md names.

Time jumps to where something ends, one microsecond before it, or stands still; numbers are used
again with the same and with other content; refunds, groups and suspensions come all the time. The
model runs along, so that amounts can be exactly what is left, or one more.
"""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.replay.model import Model

Json = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Pacific/Auckland")
GROUPS = ("gold", "silver", None)
KINDS = ("student", "lecturer", "channel")
CATEGORIES = ("exam", "language")


def scenario(seed: int, events: int = 160) -> tuple[Json, list[Json]]:
    """A scenario by its number: always the same one."""
    return _Generator(random.Random(seed), events).make()


class _Generator:
    def __init__(self, dice: random.Random, events: int) -> None:
        self.dice = dice
        self.count = events
        self.zone = ZoneInfo(dice.choice(ZONES))
        # Some start shortly before a change of the clocks, or of the year.
        month, day = dice.choice(((3, 5), (3, 25), (6, 28), (9, 24), (10, 24), (12, 20)))
        self.start = datetime(2025, month, day, 9, tzinfo=self.zone).astimezone(UTC)
        self.now = self.start
        self.borders: list[datetime] = []
        self.events: list[Json] = []
        self.pace = timedelta(minutes=dice.choice((20, 90, 300, 2000)))

    def make(self) -> tuple[Json, list[Json]]:
        programme = self.programme()
        self.model = Model(programme)
        self.midnights()
        for _ in range(self.count):
            self.move_on()
            self.event()
        for days in (10, 80):
            self.now += timedelta(days=days)
            self.add("tick")
        return programme, self.events

    # What stands before the first event.

    def programme(self) -> Json:
        dice = self.dice
        self.cap = dice.choice((2500, 3000, 6000, 10_000))
        self.courses = [
            {
                "id": f"c{n}",
                "title": f"课程 {n}",
                "category": dice.choice(CATEGORIES),
                "price": dice.choice((7, 99, 1000, 29_900, 500_000, 5_000_000)),
                "promotable": dice.random() < 0.85,
            }
            for n in range(dice.randint(2, 4))
        ]
        self.students = [f"s{n}" for n in range(dice.randint(2, 5))]
        self.visitors = [f"v{n}" for n in range(dice.randint(2, 6))]
        names = [f"p{n}" for n in range(dice.randint(2, 5))]
        self.promoters = []
        for name in names:
            since = self.start - timedelta(days=30)
            if dice.random() < 0.2:
                since = self.some_time(10)
            until = self.some_time(40) if dice.random() < 0.2 else None
            others = [other for other in names if other != name]
            self.promoters.append(
                {
                    "id": name,
                    "kind": dice.choice(KINDS),
                    "group": dice.choice(GROUPS),
                    "inviter": dice.choice([*others, None]),
                    "account": dice.choice([*self.students, *[None] * 6]),
                    "active_from": self.text(since),
                    "active_to": None if until is None else self.text(until),
                }
            )
        self.minimum = dice.choice((0, 1, 100, 1000))
        self.level2 = dice.random() < 0.7
        starts = [self.start + timedelta(days=dice.choice((-1, 0, 1)))]
        for _ in range(dice.randint(0, 3)):
            starts.append(starts[-1] + timedelta(hours=dice.choice((1, 30, 200, 400))))
        self.borders += starts
        tax = dice.choice(("none", "labour_2018_61", "cumulative_2025_16"))
        return {
            "institution": {
                "id": "zhixing",
                "name": "知行学堂",
                "currency": "CNY",
                "timezone": str(self.zone),
            },
            "platform": {"max_rate_bps": self.cap, "level2_allowed": self.level2},
            "courses": self.courses,
            "promoters": self.promoters,
            "versions": [self.version(start) for start in starts],
            "withdrawal": {"minimum": self.minimum, "tax": tax},
        }

    def version(self, start: datetime) -> Json:
        dice = self.dice
        self.rate = min(self.cap, dice.choice((1000, 2500, 3000, 10_000)))
        binds = dice.random() < 0.6
        self.window = dice.choice((1, 3, 7))
        self.binding = dice.choice((1, 5, 20)) if binds else 0
        self.protection = dice.choice((0, 1, 3))
        self.hold = dice.choice((0, 0, 1, 3, 7, 15))
        found: Json = {
            "effective_from": self.text(start),
            "attribution": {
                "model": dice.choice(("first_touch", "last_touch")),
                "window_days": self.window,
                "touch_scope": dice.choice(("institution", "course")),
                "self_purchase": dice.random() < 0.3,
                "binding_days": self.binding,
                "protection_days": self.protection,
            },
            "hold_days": self.hold,
            "max_rate_bps": self.rate,
            "level2": dice.random() < 0.7,
            "rules": [*self.rules(), self.everywhere()],
            "boards": self.boards(),
        }
        if dice.random() < 0.8:
            found["points"] = {
                "points_per_order": dice.choice((0, 7, 10)),
                "points_per_yuan": dice.choice((0, 1, 3)),
            }
        return found

    def rules(self) -> list[Json]:
        dice = self.dice
        scopes: set[tuple[int, int]] = set()
        rules = []
        for key in dice.sample(("base", "ladder", "sales", "extra", "gold"), dice.randint(1, 5)):
            who, what = dice.randrange(4), dice.randrange(3)
            if (who, what) in scopes | {(0, 0)}:
                continue
            scopes.add((who, what))
            course = dice.choice(self.courses)
            rule: Json = {
                "key": key,
                "promoter": (
                    {"any": True},
                    {"kind": dice.choice(KINDS)},
                    {"group": dice.choice(("gold", "silver"))},
                    {"promoter": dice.choice(self.promoters)["id"]},
                )[who],
                "course": (
                    {"any": True},
                    {"category": course["category"]},
                    {"course": course["id"]},
                )[what],
                "base": dice.choice(("paid", "list")),
            }
            in_scope = [
                c["price"]
                for c in self.courses
                if what == 0
                or (what == 1 and c["category"] == course["category"])
                or c["id"] == course["id"]
            ]
            self.room = min(in_scope) * self.rate // 10_000
            rule["level1"] = self.ladder() if key in {"ladder", "sales"} else self.reward(0)
            if dice.random() < 0.6:
                rule["level2"] = self.reward(0)
            halves = [rule]
            if dice.random() < 0.2:
                # The same scopes one after the other; the border is one to jump to.
                border = self.some_time(15)
                later = {**rule, "key": f"{key}.2", "from": self.text(border)}
                halves = [{**rule, "to": self.text(border)}, later]
            rules += halves
        return rules

    def everywhere(self) -> Json:
        """A rule for whatever no other one covers, as a ladder or not."""
        self.room = min(course["price"] for course in self.courses) * self.rate // 10_000
        rule: Json = {"key": "all", "promoter": {"any": True}, "course": {"any": True}}
        rule["level1"] = self.dice.choice(({"percent_bps": self.rate // 2}, self.ladder()))
        rule["level2"] = self.dice.choice((None, {"percent_bps": self.rate // 2}, {"fixed": 1}))
        if rule["level2"] == {"fixed": 1}:
            rule["level2"] = {"fixed": self.room // 2}
        return rule

    def reward(self, least: int) -> Json:
        """At most half of what the cap allows, for each of two levels."""
        half = self.room // 2
        if self.dice.random() < 0.5 or half < 1:
            # Where something fixed stands beside it, the percent's share must fit as well.
            return {"percent_bps": max(least, self.dice.choice((0, 1, self.rate // 2, 333)))}
        return {"fixed": self.dice.randint(least, half)}

    def ladder(self) -> Json:
        dice = self.dice
        metric = dice.choice(("orders", "sales"))
        thresholds = (1, 2, 4) if metric == "orders" else (0, 1000, 50_000)
        steps = [
            {"from": threshold, **self.reward(1)} for threshold in thresholds[: dice.randint(1, 3)]
        ]
        period = dice.choice(("month", "quarter", "year", "lifetime"))
        return {"tiered": {"metric": metric, "period": period, "steps": steps}}

    def boards(self) -> list[Json]:
        dice = self.dice
        found = []
        for metric in ("commission", "orders", "sales"):
            for period in ("day", "week", "month"):
                if dice.random() < 0.3:
                    board: Json = {"metric": metric, "period": period}
                    if dice.random() < 0.8:
                        board["prizes"] = [dice.choice((0, 5, 500, 30_000)) for _ in range(2)]
                    if dice.random() < 0.5:
                        board["close_after_days"] = dice.choice((0, 1, 3, None))
                    found.append(board)
        dice.shuffle(found)
        return found

    # Time.

    def text(self, at: datetime) -> str:
        return at.astimezone(self.zone).isoformat()

    def some_time(self, days: int) -> datetime:
        at = self.start + timedelta(minutes=self.dice.randrange(days * 24 * 60))
        self.borders.append(at)
        return at

    def midnights(self) -> None:
        for day in range(60):
            on = self.start.astimezone(self.zone).date() + timedelta(days=day)
            if on.day == 1 or on.weekday() == 0 or self.dice.random() < 0.1:
                local = datetime(on.year, on.month, on.day, tzinfo=self.zone)
                self.borders.append(local.astimezone(UTC))

    def move_on(self) -> None:
        roll = self.dice.random()
        if roll < 0.2:
            return
        if roll < 0.5:
            near = [b for b in self.borders if self.now < b < self.now + 2 * self.pace]
            if near:
                border = self.dice.choice(near)
                wanted = border + self.dice.choice((-MICROSECOND, timedelta(), MICROSECOND))
                self.now = max(self.now, wanted)
                return
        self.now += timedelta(
            microseconds=self.dice.randrange(int(self.pace.total_seconds() * 1e6))
        )

    def note(self, *days: int) -> None:
        """Something ends so many days from now."""
        self.borders += [self.now + timedelta(days=count) for count in days]

    # Events.

    def add(self, kind: str, **fields: Any) -> None:
        self.events.append({"type": kind, "at": self.text(self.now), **fields})
        self.model.step(self.events[-1])

    def event(self) -> None:
        kinds = {
            self.touch: 22,
            self.identify: 12,
            self.place: 24,
            self.pay: 5,
            self.refund: 14,
            self.withdraw: 9,
            self.result: 6,
            self.again: 5,
            self.status: 3,
            self.group: 3,
            self.cancel: 2,
            self.tick: 1,
        }
        self.dice.choices(list(kinds), weights=list(kinds.values()))[0]()

    def promoter(self) -> str:
        if self.dice.random() < 0.02:
            return "nobody"
        return str(self.dice.choice(self.promoters)["id"])

    def course(self) -> str:
        if self.dice.random() < 0.02:
            return "nothing"
        return str(self.dice.choice(self.courses)["id"])

    def touch(self) -> None:
        course = self.course() if self.dice.random() < 0.6 else None
        visitor = self.dice.choice(self.visitors)
        self.add("touch", visitor=visitor, promoter=self.promoter(), course=course)
        self.note(self.window)

    def identify(self) -> None:
        visitor, student = self.dice.choice(self.visitors), self.dice.choice(self.students)
        self.add("identify", visitor=visitor, student=student)
        self.note(self.binding, self.protection)

    def place(self) -> None:
        dice = self.dice
        lines = []
        for number in dice.sample(range(1, 6), dice.choice((1, 1, 2, 3))):
            quantity, course = dice.choice((1, 1, 2)), self.course()
            price = next((c["price"] for c in self.courses if c["id"] == course), 5) * quantity
            paid = dice.choice((0, 1, price, price, price, price // 2, dice.randint(0, 999)))
            lines.append({"line": number, "course": course, "quantity": quantity, "paid": paid})
        code = self.promoter() if dice.random() < 0.2 else None
        order = f"O{dice.randrange(60)}" if dice.random() < 0.1 else f"O{len(self.events) + 100}"
        self.add(
            "order_placed", order=order, student=dice.choice(self.students), lines=lines, code=code
        )
        self.note(self.window)
        if dice.random() < 0.7:
            if dice.random() < 0.5:
                self.move_on()
            self.add("order_paid", order=order, channel=dice.choice(("wechat", "alipay")))
            self.note(self.hold)

    def order(self, state: str) -> str:
        known = [order.number for order in self.model.orders.values() if order.state == state]
        if not known or self.dice.random() < 0.05:
            return self.dice.choice((*self.model.orders, "O-unknown"))
        return self.dice.choice(known[-12:])

    def pay(self) -> None:
        channel = self.dice.choice(("wechat", "alipay"))
        self.add("order_paid", order=self.order("placed"), channel=channel)
        self.note(self.hold)

    def cancel(self) -> None:
        self.add("order_cancelled", order=self.order("placed"))

    def refund(self) -> None:
        dice, order = self.dice, self.order("paid")
        known = self.model.orders.get(order)
        left = {1: 5}
        if known is not None:
            left = {line.number: line.paid - line.refunded for line in known.lines}
        number = f"R{len(self.events)}"
        if dice.random() < 0.5:
            whole = sum(left.values())
            amount = dice.choice((1, 2, whole, whole // 2, whole // 3, whole + 1))
            self.add("refund", refund=number, order=order, amount=max(1, amount))
            return
        parts = []
        for line in dice.sample(sorted(left), dice.randint(1, len(left))):
            amount = dice.choice((1, left[line], left[line], left[line] // 2, left[line] // 7))
            parts.append({"line": line, "amount": max(1, amount)})
        if dice.random() < 0.03:
            parts.append({"line": 9, "amount": 1})
        self.add("refund", refund=number, order=order, lines=parts)

    def withdraw(self) -> None:
        dice, person = self.dice, self.promoter()
        account = "promoter:{}:available"
        rich = [p for p in self.model.points if self.model.balance.get(account.format(p), 0) > 0]
        if rich and dice.random() < 0.8:
            person = dice.choice(rich)
        if person not in self.model.points or dice.random() < 0.1:
            amount = dice.choice((-5, 0, 1, 50, 500))
        else:
            there = self.model.balance.get(account.format(person), 0)
            amount = dice.choice((there, there, there // 2, there // 10, there + 1))
        number = f"W{len(self.events)}"
        self.add("withdraw", withdrawal=number, promoter=person, amount=amount)

    def result(self) -> None:
        sent = [w.number for w in self.model.withdrawals.values() if w.state == "sent"]
        number = self.dice.choice(sent) if sent else "W-unknown"
        if self.dice.random() < 0.1:
            number = self.dice.choice((*self.model.withdrawals, "W-unknown"))
        result = self.dice.choice(("succeeded", "succeeded", "failed", "expired"))
        self.add("payout_result", withdrawal=number, result=result)

    def again(self) -> None:
        """An event of before once more, as it was or with other content."""
        if not self.events:
            return
        event = dict(self.dice.choice(self.events[-40:]))
        event["at"] = self.text(self.now)
        if self.dice.random() < 0.4:
            changed = {"amount": 3, "student": self.students[0], "channel": "wechat"}
            for name, value in changed.items():
                if name in event:
                    event[name] = value
        if "lines" in event and self.dice.random() < 0.5:
            event["lines"] = event["lines"][::-1]
        self.events.append(event)
        self.model.step(event)

    def status(self) -> None:
        status = self.dice.choice(("active", "active", "active", "suspended"))
        self.add("promoter_status", promoter=self.promoter(), status=status)

    def group(self) -> None:
        self.add("promoter_group", promoter=self.promoter(), group=self.dice.choice(GROUPS))

    def tick(self) -> None:
        self.add("tick")
