"""The evidence of a time, for a regulator: limits, agreements, programme versions, rebates with
their reasons, who invited whom, the audit log, and a fresh check of the books. Nobody is named in
full; a manifest has the SHA-256 of each file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _

from kefen.commissions import queries as commissions
from kefen.compliance import queries as compliance
from kefen.core.errors import InvalidInput
from kefen.core.ids import public_id
from kefen.core.periods import midnight
from kefen.ops.audit import audit_institution
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.platform.exports.contracts import Bundle, Cell, Column, Document, Sheet
from kefen.platform.identity.personal import masked_name
from kefen.platform.tenancy import queries as tenancy
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters

_CHUNK = 500

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class _Time:
    """Two days, both included, and their instants in the school's zone."""

    first: date
    last: date
    since: datetime
    until: datetime


def bundle(parameters: Mapping[str, str]) -> Bundle:
    """All of it. Raises InvalidInput for a time that is none."""
    time, school = _time(parameters), tenancy.current()
    versions = promoters.agreement_versions()
    sheets = (_limits(), _acceptances(), _rebates(time), _inviters(), _audit_log(time))
    documents = (
        *(Document(f"agreement-{one}.txt", partial(_agreement, one)) for one in versions),
        Document("programme-versions.json", _programme),
        Document("check-of-the-books.txt", _books),
    )
    return Bundle(
        file_name=f"{school.slug}-evidence-{time.first}-{time.last}",
        members=(*sheets, *documents),
        count=sum(sheet.count for sheet in sheets) + len(documents),
        facts={
            "school": school.name,
            "slug": school.slug,
            "from": time.first.isoformat(),
            "to": time.last.isoformat(),
            "zone": school.zone.key,
        },
    )


def _time(parameters: Mapping[str, str]) -> _Time:
    try:
        first, last = (date.fromisoformat(parameters.get(name, "")) for name in ("from", "to"))
    except ValueError:
        raise InvalidInput(field="from", reason="write a day") from None
    if last < first:
        raise InvalidInput(field="to", reason="it ends before it begins")
    zone = tenancy.current().zone
    return _Time(first, last, midnight(first, zone), midnight(last + timedelta(days=1), zone))


def _limits() -> Sheet:
    found = tenancy.limits_history()
    return Sheet(
        file_name="limits",
        title=_("Limits of the platform"),
        columns=(
            Column(_("Number"), Cell.COUNT),
            Column(_("Decided"), Cell.INSTANT),
            Column(_("Cap per order line"), Cell.RATE),
            Column(_("Levels that are paid"), Cell.COUNT),
            Column(_("Shortest refund protection"), Cell.COUNT),
            Column(_("Age of promoters, at least"), Cell.COUNT),
            Column(_("Forbidden words")),
        ),
        rows=(
            (
                row.number,
                row.decided_at,
                row.max_rate_bps,
                2 if row.level2_allowed else 1,
                row.minimum_hold_days,
                row.minimum_age,
                " | ".join(row.forbidden_words),
            )
            for row in found
        ),
        count=len(found),
    )


def _acceptances() -> Sheet:
    found = promoters.acceptances()
    return Sheet(
        file_name="acceptances",
        title=_("Promoter agreement"),
        columns=(
            Column(_("Promoter")),
            Column(_("Name")),
            Column(_("Agreed to")),
            Column(_("Agreed at"), Cell.INSTANT),
            Column(_("Declared to be an adult")),
            Column(_("State")),
        ),
        rows=(
            (
                row.code,
                masked_name(row.nickname),
                row.agreement_version,
                row.agreed_at,
                _("yes") if row.adult_declared else _("no"),
                row.status,
            )
            for row in found.iterator(chunk_size=_CHUNK)
        ),
        count=found.count(),
    )


def _rebates(time: _Time) -> Sheet:
    found = commissions.booked_in(time.since, time.until)

    def rows() -> Rows:
        for row in found.iterator(chunk_size=_CHUNK):
            decided = row.line.attribution
            yield (
                row.booked_at,
                public_id("cms", row.id),
                row.order.number,
                row.line.course.code,
                row.promoter.code,
                row.level,
                row.base,
                row.booked,
                row.reversed,
                row.state,
                row.rule.version.number,
                row.rule_key,
                row.cap_bps,
                "" if decided is None else decided.reason,
                "" if decided is None else json.dumps(decided.evidence, ensure_ascii=False),
            )

    return Sheet(
        file_name="rebates",
        title=_("Rebates"),
        columns=(
            Column(_("Booked"), Cell.INSTANT),
            Column(_("Serial")),
            Column(_("Order")),
            Column(_("Course")),
            Column(_("Promoter")),
            Column(_("Level"), Cell.COUNT),
            Column(_("Reckoned from"), Cell.AMOUNT),
            Column(_("Rebate"), Cell.AMOUNT),
            Column(_("Clawed back"), Cell.AMOUNT),
            Column(_("State")),
            Column(_("Version"), Cell.COUNT),
            Column(_("Rule")),
            Column(_("Cap per order line"), Cell.RATE),
            Column(_("Why it is the promoter's")),
            Column(_("What was weighed")),
        ),
        rows=rows(),
        count=found.count(),
        currency=tenancy.current().currency,
    )


def _inviters() -> Sheet:
    found, rings = compliance.roots()
    return Sheet(
        file_name="inviters",
        title=_("Who invited whom"),
        columns=(
            Column(_("At the top")),
            Column(_("Persons"), Cell.COUNT),
            Column(_("Depth"), Cell.COUNT),
            Column(_("Rebates of level 2"), Cell.AMOUNT),
            Column(_("Look at it")),
        ),
        rows=(
            (
                root.code,
                root.persons,
                root.depth,
                root.level2,
                _("yes") if root.alarming(compliance.levels_paid()) else _("no"),
            )
            for root in found
        ),
        count=len(found),
        currency=tenancy.current().currency,
        filters={
            _("Levels that are paid"): str(compliance.levels_paid()),
            _("Persons in rings"): str(rings),
        },
    )


def _audit_log(time: _Time) -> Sheet:
    found = audit.between(time.since, time.until)
    return Sheet(
        file_name="audit-log",
        title=_("Audit log"),
        columns=(
            Column(_("When"), Cell.INSTANT),
            Column(_("Who")),
            Column(_("User")),
            Column(_("What was done")),
            Column(_("On what")),
            Column(_("Details")),
        ),
        rows=(
            (
                row.at,
                row.actor_kind,
                "" if row.actor_user is None else str(row.actor_user),
                row.verb,
                row.subject,
                json.dumps(row.details, ensure_ascii=False),
            )
            for row in found.iterator(chunk_size=_CHUNK)
        ),
        count=found.count(),
    )


def _agreement(version: str) -> str:
    return "\n\n".join(promoters.agreement_text(version)) + "\n"


def _programme() -> str:
    """Every version that was ever published, whole."""
    told = [{"number": one.number, **asdict(one.terms)} for one in programmes.schedule().versions]
    return json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"


def _books() -> str:
    """What `kefen audit` says now."""
    findings = audit_institution()
    said = "\n".join(map(str, findings)) if findings else "everything agrees"
    return f"{tenancy.current().slug} {clock.now().isoformat()}\n{said}\n"
