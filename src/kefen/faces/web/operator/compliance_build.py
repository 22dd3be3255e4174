"""The compliance centre's screens, from what the rooms know."""

from datetime import date, timedelta

from kefen.commissions import queries as commissions
from kefen.compliance import queries
from kefen.compliance.contracts import MANY, ComplaintState, HitState, Root
from kefen.compliance.models import Complaint, Hit
from kefen.core.periods import midnight
from kefen.core.states import PromoterStatus
from kefen.faces.web import keyset, limits_shown, names
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator.compliance_screens import (
    ComplaintRow,
    ComplaintsScreen,
    ComplianceScreen,
    Frozen,
    HeldRow,
    HitRow,
    InvitersScreen,
    LimitsFacts,
    MemberRow,
    NotAgreed,
    Ratio,
    RootRow,
    TextsScreen,
)
from kefen.faces.web.operator.licences import standing_row
from kefen.faces.web.operator.orders import paging_of
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.typed import identity_of
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform import clock
from kefen.platform.identity.personal import masked_contact
from kefen.platform.identity.rights import Deed, deeds_of
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.wording import queries as wording
from kefen.programmes import queries as programmes
from kefen.promoters import queries as promoters

DAYS = 30
PAGE = 50
_SHOWN = 50
_HELD = 10
_MEMBERS = 200


def limits_facts() -> LimitsFacts:
    """The limits in force and whose they are."""
    history = tenancy.limits_history()
    row, version = history[0], programmes.schedule().in_force(clock.now())
    terms = None if version is None else version.terms
    return LimitsFacts(
        number=row.number,
        decided_at=row.decided_at,
        cap_bps=row.max_rate_bps,
        levels=2 if row.level2_allowed else 1,
        hold_days=row.minimum_hold_days,
        minimum_age=row.minimum_age,
        word_count=len(wording.words().all),
        version=None if version is None else version.number,
        own_cap_bps=None if terms is None else terms.max_rate_bps,
        own_levels=None if terms is None else 2 if terms.level2 else 1,
        own_hold_days=None if terms is None else terms.hold_days,
        locked=limits_shown.locked(history),
    )


def overview(entry: Entry, form: Form | None = None) -> ComplianceScreen:
    """All of the first page; a fixed number of queries."""
    facts = limits_facts()
    today = clock.now().astimezone(entry.school.zone).date()
    covered = promoters.agreement_coverage()
    present = promoters.present_agreement()
    return ComplianceScreen(
        currency=entry.school.currency,
        limits=facts,
        ratios=_ratios(entry, today, facts.cap_in_force),
        active=sum(covered.values()),
        agreed=covered.get(present, 0),
        agreement=present,
        not_agreed=tuple(
            NotAgreed(row.code, names.promoter_name(row), row.agreement_version, row.active_from)
            for row in promoters.not_agreed()[:_SHOWN]
        ),
        frozen=_frozen(),
        waiting=queries.waiting(),
        first=today.replace(day=1),
        last=today,
        licences=tuple(standing_row(one) for one in queries.licence_standings()),
        form=form or Form(),
    )


def _ratios(entry: Entry, today: date, cap_bps: int) -> tuple[Ratio, ...]:
    """This month and the last thirty days; both from one reading of the longer."""
    spans = {"month": today.replace(day=1), "days": today - timedelta(days=DAYS - 1)}
    since = midnight(min(spans.values()), entry.school.zone)
    sales = orders.paid_sums(since, clock.now() + timedelta(seconds=1))
    rebates = commissions.by_day(since)
    return tuple(
        Ratio(
            span,
            sum(day.sales for day in sales.days if day.on >= first),
            sum(amount for day, amount in rebates.items() if day >= first),
            cap_bps,
        )
        for span, first in spans.items()
    )


def _frozen() -> Frozen:
    number, amount = commissions.held()
    waiting, total = payouts.held_by_limits()
    return Frozen(
        commissions=number,
        commissions_amount=amount,
        payouts=waiting,
        payouts_amount=total,
        suspended=promoters.count_with(PromoterStatus.SUSPENDED),
        held=tuple(
            HeldRow(
                row.order.number,
                names.promoter_name(row.promoter),
                row.booked - row.reversed,
                row.state_reason,
            )
            for row in commissions.held_longest(_HELD)
        ),
    )


def texts(
    entry: Entry, *, refused: str = "", form: Form | None = None, words: Form | None = None
) -> TextsScreen:
    """Hits, those that wait first, and the lists of words."""
    begin = queries.hit(identity_of(refused)) if refused else None
    page, window = keyset.window(entry, queries.hits(), queries.HITS_IN_ORDER, begin=begin)
    known, lists = names.members(), wording.words()
    return TextsScreen(
        hits=tuple(_hit(row, names.actor_name("operator", row.decided_by, known)) for row in page),
        window=window,
        waiting=queries.waiting(),
        own=lists.own,
        platform=lists.platform,
        built_in=lists.built_in,
        refused=refused,
        form=form or Form(),
        words_form=words or Form(),
    )


def _hit(row: Hit, who: str) -> HitRow:
    kind, _colon, key = row.place.partition(":")
    return HitRow(
        id=str(row.id),
        kind=kind,
        key=key,
        title=row.title,
        field=row.field,
        before=row.before,
        word=row.word,
        after=row.after,
        found_at=row.found_at,
        kept=row.state == HitState.KEPT,
        note=row.note,
        who=who if row.decided_at else "",
        mends=kind in ("course", "lesson", "promoter"),
    )


def inviters(entry: Entry, *, refused: str = "", form: Form | None = None) -> InvitersScreen:
    """Roots, the largest first; with `of`, who stands under one of them."""
    found, rings = queries.roots()
    levels, alarms = queries.levels_paid(), queries.alarms()
    of = entry.query.get("of", "") or refused
    chosen = promoters.by_codes([of]).get(of)
    paging = paging_of(entry, len(found), {}, PAGE)
    members = [] if chosen is None else queries.members(chosen.id, _MEMBERS + 1)

    def row(root: Root) -> RootRow:
        noted = alarms.get(root.promoter_id)
        grown = noted is None or (
            root.persons > noted.seen_persons or root.depth > noted.seen_depth
        )
        alarm = ("open" if grown else "seen") if root.alarming(levels) else ""
        return RootRow(
            code=root.code,
            name=root.nickname or root.code,
            persons=root.persons,
            depth=root.depth,
            level2=root.level2,
            alarm=alarm,
            note="" if noted is None else noted.note,
        )

    return InvitersScreen(
        currency=entry.school.currency,
        roots=tuple(map(row, found[(paging.page - 1) * PAGE : paging.page * PAGE])),
        paging=paging,
        levels=levels,
        many=MANY,
        rings=rings,
        waiting=queries.waiting(),
        chosen="" if chosen is None else chosen.code,
        chosen_name="" if chosen is None else names.promoter_name(promoters.row(chosen.code)),
        members=tuple(
            MemberRow(
                depth=one.depth,
                code=one.code,
                name=one.nickname or one.code,
                inviter_code=one.inviter_code,
                inviter_name=one.inviter_nickname or one.inviter_code,
                status=one.status,
                applied_at=one.applied_at,
            )
            for one in members[:_MEMBERS]
        ),
        more=len(members) > _MEMBERS,
        refused=refused,
        form=form or Form(),
    )


def complaints(
    entry: Entry,
    *,
    refused: str = "",
    form: Form | None = None,
    contact: tuple[str, str] = ("", ""),
) -> ComplaintsScreen:
    """The queue: open ones first. What was written is shown to those who may decide, how to reach
    who wrote it masked; `contact` is the one that was asked for, in full."""
    state = entry.query.get("state", "")
    state = state if state in set(ComplaintState) else ""
    found, keys = queries.complaints(state)
    begin = queries.complaint(identity_of(refused)) if refused else None
    page, window = keyset.window(entry, found, keys, {"state": state}, begin=begin)
    known, whole = names.members(), Deed.COMPLIANCE.value in deeds_of(entry.role)
    return ComplaintsScreen(
        complaints=tuple(
            _complaint(row, names.actor_name("operator", row.decided_by, known), whole=whole)
            for row in page
        ),
        window=window,
        state=state,
        states=tuple(Option(one.value, one.value) for one in ComplaintState),
        address=entry.address("complaint"),
        waiting=queries.waiting(),
        refused=refused,
        form=form or Form(),
        shown=contact[0],
        contact=contact[1],
    )


def _complaint(row: Complaint, who: str, *, whole: bool) -> ComplaintRow:
    return ComplaintRow(
        id=str(row.id),
        kind=row.kind,
        about=row.about,
        promoter_code="" if row.promoter is None else row.promoter.code,
        promoter_name="" if row.promoter is None else names.promoter_name(row.promoter),
        text=row.text if whole else "",
        contact=masked_contact(row.contact) if whole else "",
        raised_at=row.raised_at,
        state=row.state,
        note=row.note if whole else "",
        who=who if row.decided_at else "",
        decided_at=row.decided_at,
    )
