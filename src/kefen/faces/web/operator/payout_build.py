"""Building the console's screens of batches, bank files and payout settings."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, Value, When

from kefen.core import errors
from kefen.core.ids import public_id, uuid7
from kefen.core.payees import AccountKind
from kefen.core.periods import PeriodKind, period_of
from kefen.core.states import WithdrawalState
from kefen.faces.web import keyset, labels, names, problems
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import payout_screens as screens
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import major
from kefen.payouts import queries as payouts
from kefen.payouts.contracts import BatchFacts, PayoutAccountFacts
from kefen.payouts.models import BankFile, BankFileRow, PayoutBatchItem, Withdrawal
from kefen.payouts.queries import arrangements
from kefen.payouts.queries import batches as batch_queries
from kefen.platform import clock
from kefen.platform.identity.personal import masked_account

_QUARTERS = 8
_SHOWN = 20


def chosen(numbers: Sequence[str] | None) -> list[Withdrawal]:
    """The requested withdrawals among these, or all of them."""
    found = payouts.listed().filter(state=WithdrawalState.REQUESTED).order_by("id")
    if numbers is not None:
        found = found.filter(number__in=list(numbers)[:5000])
    return list(found[:5000])


def confirm(
    entry: Entry, rows: Sequence[Withdrawal], form: Form | None = None
) -> screens.ConfirmScreen:
    """What a batch of these would be."""
    threshold = arrangements.policy().two_persons_from
    sums: dict[str, tuple[int, int]] = {}
    accounts = payouts.accounts_of({row.promoter_id for row in rows})
    for row in rows:
        known = accounts.get(row.promoter_id)
        is_frozen = row.first_approver is not None
        channel = row.channel if known is None or is_frozen else known.kind
        count, amount = sums.get(channel, (0, 0))
        sums[channel] = count + 1, amount + row.amount
    return screens.ConfirmScreen(
        currency=entry.school.currency,
        number=public_id("bat", uuid7()),
        withdrawals=tuple(row.number for row in rows),
        count=len(rows),
        amount=sum(row.amount for row in rows),
        by_channel=tuple((channel, *found) for channel, found in sorted(sums.items())),
        two_persons=sum(
            1
            for row in rows
            if row.two_persons or (threshold is not None and row.amount >= threshold)
        ),
        form=form or Form(),
    )


def batch_row(facts: BatchFacts) -> screens.BatchRow:
    wanted = {one.name for one in fields(screens.BatchRow)} - {"at"}
    return screens.BatchRow(at=facts.made_at, **{name: getattr(facts, name) for name in wanted})


def batch(
    entry: Entry, number: str, review: screens.ReviewCard | None = None
) -> screens.BatchScreen:
    """One batch: what needs a person first."""
    facts = batch_queries.batch(number)
    urgent = Case(
        When(state="refused", then=Value(0)),
        When(Q(state="done", withdrawal__state__in=["failed", "expired"]), then=Value(1)),
        When(state="halved", then=Value(2)),
        When(Q(withdrawal__held_until__isnull=False), then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    found = batch_queries.items(number).annotate(urgent=urgent)
    page, window = keyset.window(entry, found, ("urgent", "id"))
    # Who reviews sees where the money would go.
    receivers = _receivers(page) if facts.waits_for_release else {}
    return screens.BatchScreen(
        currency=entry.school.currency,
        batch=batch_row(facts),
        items=tuple(
            _item(row, entry.school.currency, receivers.get(row.withdrawal_id, "")) for row in page
        ),
        window=window,
        moving=not (facts.ended or facts.waits_for_release) or facts.on_way > 0,
        review=review,
    )


def _receivers(page: Sequence[PayoutBatchItem]) -> dict[UUID, str]:
    """Where withdrawals that wait would go, masked; the same few queries for any number."""
    accounts = payouts.accounts_of(row.withdrawal.promoter_id for row in page)
    needed = payouts.account_needed()
    return {
        row.withdrawal_id: receiver_of(
            row.withdrawal, accounts.get(row.withdrawal.promoter_id), needed=needed
        )
        for row in page
    }


def receiver_of(row: Withdrawal, account: PayoutAccountFacts | None, *, needed: bool) -> str:
    """The frozen receiver of a withdrawal, else its promoter's account as it is now; `needed`: the
    sandbox is none."""
    if row.first_approver is not None:
        return f"{labels.label('channel', row.channel)} {masked_account(row.receiver)}"
    if account is not None:
        return f"{labels.label('channel', account.kind)} {account.account}"
    return "–" if needed else str(labels.label("channel", "sandbox"))


def _item(row: PayoutBatchItem, currency: str, to: str) -> screens.ItemRow:
    paid = row.withdrawal
    return screens.ItemRow(
        number=paid.number,
        promoter_name=names.promoter_name(paid.promoter),
        promoter_code=paid.promoter.code,
        amount=paid.amount,
        item=row.state,
        state=paid.state,
        problem=_problem(row, currency) or paid.state_reason,
        to=to,
    )


def _problem(row: PayoutBatchItem, currency: str) -> str:
    """What was refused, in the language being shown."""
    kinds = {found.code: found for found in vars(errors).values() if _is_error(found)}
    kind = kinds.get(row.problem)
    return "" if kind is None else problems.sentence(kind(**row.details), currency)


def _is_error(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, errors.KefenError)


def overview(entry: Entry, form: Form | None = None) -> screens.PayoutsScreen:
    """The newest batches and bank files."""
    made, window = keyset.window(entry, batch_queries.batches(), ("-id",), size=_SHOWN)
    written, file_window = keyset.window(
        entry, batch_queries.bank_files(), ("-id",), size=_SHOWN, name="file_"
    )
    batches = tuple(batch_row(facts) for facts in batch_queries.facts_of_batches(made))
    files = tuple(_file(*found) for found in batch_queries.counted(written))
    to_bank = payouts.listed().filter(
        channel=AccountKind.BANK.value, state=WithdrawalState.APPROVED
    )
    return screens.PayoutsScreen(
        currency=entry.school.currency,
        batches=batches,
        window=window,
        files=files,
        file_window=file_window,
        to_bank=to_bank.order_by().count(),
        file_number=public_id("bkf", uuid7()),
        quarters=tuple(quarters(entry)),
        bank_files=arrangements.policy().bank_files,
        form=form or Form(),
        moving=any(not one.ended for one in batches) or any(not one.ready for one in files),
    )


def quarters(entry: Entry) -> list[Option]:
    """This quarter and those before it."""
    zone, found = entry.school.zone, []
    period = period_of(PeriodKind.QUARTER, clock.now(), zone)
    for _ in range(_QUARTERS):
        name = f"{period.starts_on.year}-Q{(period.starts_on.month + 2) // 3}"
        found.append(Option(name, name))
        before = period.start - clock.now().resolution
        period = period_of(PeriodKind.QUARTER, before, zone)
    return found


def _file(row: BankFile, count: int, still: int) -> screens.BankFileRow:
    return screens.BankFileRow(
        number=row.number,
        at=row.made_at,
        expected=row.expected,
        count=count,
        open=still,
        ready=row.ready_at is not None,
        downloaded_at=row.downloaded_at,
        downloads=row.downloads,
    )


def bank_file(
    entry: Entry, number: str, form: Form | None = None, error_number: str = ""
) -> screens.BankFileScreen:
    """One bank file with what became of its withdrawals."""
    row = batch_queries.bank_file(number)
    rows = batch_queries.rows_of(row)
    counts = rows.order_by().aggregate(
        all=Count("id"), open=Count("id", filter=Q(withdrawal__closed_at=None))
    )
    booking = rows.filter(withdrawal__closed_at=None).exclude(told="").exists()
    page, window = keyset.window(entry, rows, ("serial",))
    return screens.BankFileScreen(
        currency=entry.school.currency,
        file=_file(row, counts["all"], counts["open"]),
        rows=tuple(_payment(one) for one in page),
        window=window,
        moving=row.ready_at is None or booking,
        error_number=error_number,
        form=form or Form(),
    )


def _payment(row: BankFileRow) -> screens.PaymentRow:
    paid = row.withdrawal
    return screens.PaymentRow(
        number=paid.number,
        serial=row.serial,
        promoter_name=names.promoter_name(paid.promoter),
        receiver=f"{paid.receiver_bank} {masked_account(paid.receiver)}".strip(),
        net=paid.net or 0,
        state=paid.state,
        told=row.told,
        reason=paid.state_reason or row.reason,
    )


def settings(
    entry: Entry, form: Form | None = None, part: str = ""
) -> screens.PayoutSettingsScreen:
    """How the institution pays out, and by which tax rule."""
    currency, policy = entry.school.currency, arrangements.policy()
    offered = [one.value for one in AccountKind]
    typed = entry.posted if part else entry.query
    channel = typed.get("channel", "")
    channel = channel if channel in offered else offered[1]
    limits, now = arrangements.channel_limits(channel), clock.now()
    columns, others = arrangements.bank_columns()
    today = now.astimezone(entry.school.zone).date()
    return screens.PayoutSettingsScreen(
        currency=currency,
        policy={
            "two_persons_from": _major(policy.two_persons_from, currency),
            "bank_files": "1" if policy.bank_files else "",
            "bank_encoding": policy.bank_encoding,
        },
        columns=tuple(Option(name, "1" if name in columns else "") for name in (*columns, *others)),
        channels=tuple(Option(one, str(labels.label("channel", one))) for one in offered),
        channel=channel,
        limits={
            one.name: _major(getattr(limits, one.name) or None, currency) for one in fields(limits)
        },
        own=channel in arrangements.own_limits(),
        rule=arrangements.tax_rule_now().value,
        history=_history(today),
        today=today,
        loosening=_loosening(entry),
        part=part,
        form=form or Form(),
    )


def _loosening(entry: Entry) -> screens.Loosening | None:
    found = arrangements.loosening()
    if found is None:
        return None
    who = names.actor_name("operator", found.by, names.members())
    mine = found.by == entry.actor.user
    alone = not arrangements.others_arrange(found.by)
    return screens.Loosening(found.two_persons_from, who, found.at, mine, alone)


def _history(today: date) -> tuple[screens.TaxRow, ...]:
    known, found = names.members(), arrangements.tax_history()
    begun = next((one for one in found if one.effective_on <= today), None)
    return tuple(
        screens.TaxRow(
            one.rule,
            one.effective_on,
            one.decided_at,
            names.actor_name("operator", one.decided_by, known),
            now=one is begun,
        )
        for one in found
    )


def _major(minor: int | None, currency: str) -> str:
    return "" if minor is None else major(minor, currency)


def typed_limits(values: Mapping[str, str]) -> dict[str, str]:
    """The fields of the limits' form."""
    wanted = ("least", "most", "person_day", "school_day", "name_from", "name_needed")
    return {name: values.get(name, "").strip() for name in wanted}
