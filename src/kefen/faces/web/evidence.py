"""Why an order is somebody's: the stored decision as pages show it."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kefen.core.attribution import Reason, Verdict
from kefen.core.periods import parse_instant
from kefen.faces.web.names import promoter_name
from kefen.faces.web.shared.screens import Candidate
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.referrals import queries as referrals
from kefen.referrals.models import Attribution


def candidates(decision: Attribution, *, mine: str = "") -> tuple[Candidate, ...]:
    """Every touch that was weighed, with its verdict; two queries for any number. Other promoters
    are not named to the one who looks (`mine`)."""
    weighed = list(decision.evidence)
    touches = referrals.touches_by_id(UUID(one["touch"]) for one in weighed)
    people = _by_code(one["promoter"] for one in weighed)
    found = []
    for one in weighed:
        touch, code = touches.get(UUID(one["touch"])), one["promoter"]
        hidden = bool(mine) and code != mine
        name = promoter_name(people[code]) if code in people else code
        typed = touch is not None and touch.visitor_id is None
        found.append(
            Candidate(
                promoter_name="" if hidden else name,
                promoter_code="" if hidden else code,
                at=parse_instant(one["at"]),
                by="code" if typed else "click",
                verdict=_verdict(one["verdict"]),
                mine=code == mine,
            )
        )
    return tuple(found)


def _verdict(code: str) -> str:
    return "winner" if code == Verdict.WON else code


def _by_code(codes: Iterable[str]) -> dict[str, Promoter]:
    records = promoters.by_codes(codes)
    rows = promoters.rows(record.id for record in records.values())
    return {row.code: row for row in rows.values()}


def began(found: tuple[Candidate, ...], decision: Attribution) -> tuple[str, datetime | None]:
    """How it began: the winning click or code, or the binding; a kind of the family `step`."""
    if decision.reason == Reason.BINDING:
        bound = [one.at for one in found if one.verdict == Verdict.BOUND]
        return "binding", bound[0] if bound else None
    for one in found:
        if one.verdict == "winner":
            return one.by, one.at
    return "", None
