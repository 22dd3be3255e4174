"""Small scenarios for tests to build on: one school, a few people, terms that are easy to count."""

from typing import Any

Json = dict[str, Any]
BEGIN = "2026-03-01T00:00:00+08:00"


def course(name: str = "math", price: int = 10_000, **other: Any) -> Json:
    return {
        "id": name,
        "title": name,
        "category": "exam",
        "price": price,
        "promotable": True,
    } | other


def promoter(name: str, **other: Any) -> Json:
    return {
        "id": name,
        "kind": "student",
        "group": None,
        "inviter": None,
        "account": None,
        "active_from": BEGIN,
        "active_to": None,
    } | other


def rule(key: str = "base", level1: Json | None = None, **other: Any) -> Json:
    return {
        "key": key,
        "promoter": {"any": True},
        "course": {"any": True},
        "level1": level1 or {"percent_bps": 2000},
    } | other


def version(since: str = BEGIN, policy: Json | None = None, **other: Any) -> Json:
    return {
        "effective_from": since,
        "attribution": {"window_days": 7, "protection_days": 0} | (policy or {}),
        "hold_days": 7,
        "max_rate_bps": 5000,
        "rules": [rule()],
    } | other


def programme(**other: Any) -> Json:
    """Two promoters, one course for 100 yuan, 20 % after 7 days, no tax."""
    return {
        "institution": {"id": "zhixing", "name": "知行学堂", "currency": "CNY"},
        "platform": {"max_rate_bps": 5000, "level2_allowed": True},
        "courses": [course()],
        "promoters": [promoter("yu"), promoter("chen")],
        "versions": [version()],
        "withdrawal": {"minimum": 1000, "tax": "none"},
    } | other


class Story:
    """Events one after the other; `at` is a day and time of March 2026 in +08:00, or a whole
    instant."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    def add(self, kind: str, at: str, **fields: Any) -> None:
        if "T" not in at:
            day, _, time = at.partition(" ")
            at = f"2026-03-{int(day):02}T{time or '00:00:00'}+08:00"
        self.events.append({"type": kind, "at": at, **fields})

    def visit(self, at: str, promoter: str, visitor: str = "v1", course: str | None = None) -> None:
        self.add("touch", at, visitor=visitor, promoter=promoter, course=course)

    def identify(self, at: str, visitor: str = "v1", student: str = "s1") -> None:
        self.add("identify", at, visitor=visitor, student=student)

    def place(
        self,
        at: str,
        order: str,
        paid: int | list[int] = 10_000,
        student: str = "s1",
        code: str | None = None,
        courses: list[str] | None = None,
        quantity: int = 1,
    ) -> None:
        amounts = paid if isinstance(paid, list) else [paid]
        names = courses or ["math"] * len(amounts)
        lines = [
            {"line": number, "course": name, "quantity": quantity, "paid": amount}
            for number, (name, amount) in enumerate(zip(names, amounts, strict=True), start=1)
        ]
        self.add("order_placed", at, order=order, student=student, lines=lines, code=code)

    def pay(self, at: str, order: str, channel: str = "wechat") -> None:
        self.add("order_paid", at, order=order, channel=channel)

    def cancel(self, at: str, order: str) -> None:
        self.add("order_cancelled", at, order=order)

    def buy(self, at: str, order: str, paid: int | list[int] = 10_000, **other: Any) -> None:
        self.place(at, order, paid, **other)
        self.pay(at, order)

    def refund(self, at: str, refund: str, order: str, amount: int | dict[int, int]) -> None:
        if isinstance(amount, dict):
            lines = [{"line": line, "amount": part} for line, part in amount.items()]
            self.add("refund", at, refund=refund, order=order, lines=lines)
        else:
            self.add("refund", at, refund=refund, order=order, amount=amount)

    def withdraw(self, at: str, number: str, promoter: str, amount: int) -> None:
        self.add("withdraw", at, withdrawal=number, promoter=promoter, amount=amount)

    def result(self, at: str, number: str, result: str) -> None:
        self.add("payout_result", at, withdrawal=number, result=result)

    def tick(self, at: str) -> None:
        self.add("tick", at)
