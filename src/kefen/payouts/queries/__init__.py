"""Reads of withdrawals, and of the accounts they go to."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from statistics import median_low as median
from uuid import UUID

from django.db.models import BooleanField, Count, F, Func, Min, Q, QuerySet, Sum
from django.db.models.functions import Collate

from kefen.core.errors import PayoutAccountMissing, UnknownWithdrawal
from kefen.core.payees import AccountKind, Payee
from kefen.core.periods import Period
from kefen.core.states import PayoutWay, WithdrawalState
from kefen.core.tax import TaxComputation
from kefen.payouts.contracts import PayoutAccountFacts, WithdrawalRecord
from kefen.payouts.models import DEFAULT_CHANNEL, PayoutAccount, Withdrawal
from kefen.payouts.queries.arrangements import policy
from kefen.payouts.tax import tax_on
from kefen.platform.identity import queries as identity
from kefen.platform.identity.personal import masked_account, masked_name
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy.queries import current

CAME_BACK = (
    WithdrawalState.FAILED,
    WithdrawalState.EXPIRED,
    WithdrawalState.CANCELLED,
    WithdrawalState.REJECTED,
)


def record_of(row: Withdrawal) -> WithdrawalRecord:
    """A stored withdrawal as a contract."""
    return WithdrawalRecord(
        row.id,
        row.number,
        row.promoter.code,
        row.amount,
        row.tax,
        row.net,
        WithdrawalState(row.state),
        row.requested_at,
    )


def by_number(number: str) -> Withdrawal:
    """The withdrawal with this number. Raises UnknownWithdrawal."""
    row = Withdrawal.objects.select_related("promoter").filter(number=number).first()
    if row is None:
        raise UnknownWithdrawal(withdrawal=number)
    return row


def of_promoter(promoter_id: UUID) -> "QuerySet[Withdrawal]":
    """A promoter's withdrawals, newest first."""
    return Withdrawal.objects.filter(promoter_id=promoter_id).order_by("-id")


def queue() -> "QuerySet[Withdrawal]":
    """Withdrawals that wait for somebody, oldest first."""
    waiting = ["requested", "approved", "sent", "awaiting_confirmation"]
    return Withdrawal.objects.select_related("promoter").filter(state__in=waiting).order_by("id")


def in_order_of_request() -> "QuerySet[Withdrawal]":
    """All withdrawals as they were requested."""
    return Withdrawal.objects.select_related("promoter").order_by("id")


def listed() -> "QuerySet[Withdrawal]":
    """All withdrawals, newest first, with their promoters at hand."""
    return Withdrawal.objects.select_related("promoter").order_by("-id")


# Said without a parameter: a plan made without its value takes it for rare, and sorts them all.
_WAS_ASKED_FOR = Func(F("way"), template="%(expressions)s <> 'split'", output_field=BooleanField())


def newest_asked(limit: int) -> "QuerySet[Withdrawal]":
    """The withdrawals that promoters asked for last; a split asks nobody."""
    return listed().filter(_WAS_ASKED_FOR)[:limit]


def preview_tax(promoter_id: UUID, amount: int, at: datetime) -> TaxComputation:
    """What would be withheld if this amount were approved at `at`, as things stand."""
    return tax_on(current(), promoter_id, amount, at)


def offered_kinds(*, bank: bool | None = None) -> tuple[AccountKind, ...]:
    """The kinds of accounts that promoters may be paid on here: those with a channel behind them,
    and banks where the institution pays them by files."""
    at_hand = merchants.paying_out()
    found = tuple(kind for kind in AccountKind if kind.value in at_hand)
    bank = policy().bank_files if bank is None else bank
    return (*found, AccountKind.BANK) if bank and AccountKind.BANK not in found else found


def account_needed() -> bool:
    """Must a promoter enter an account before money can go to him? The sandbox knows him by his
    code."""
    return DEFAULT_CHANNEL not in offered_kinds()


def facts_of(row: PayoutAccount) -> PayoutAccountFacts:
    """A stored account, masked."""
    account = masked_account(row.account) if row.account else ""
    return PayoutAccountFacts(
        row.kind, account, masked_name(row.name), row.bank_name, row.changed_at
    )


def account_of(promoter_id: UUID) -> PayoutAccountFacts | None:
    """Where a promoter wants to be paid, masked; None where he entered nothing, or removed it."""
    return accounts_of([promoter_id]).get(promoter_id)


def accounts_of(promoter_ids: Iterable[UUID]) -> dict[UUID, PayoutAccountFacts]:
    """The accounts of these promoters, masked, by the promoter's id."""
    rows = PayoutAccount.objects.filter(promoter_id__in=set(promoter_ids))
    return {row.promoter_id: facts_of(row) for row in rows if row.account}


def account_in_full(promoter_id: UUID) -> tuple[str, str]:
    """Account and name where a promoter is paid, empty for none: for a reveal alone, and masked for
    the platform's staff without one."""
    row = PayoutAccount.objects.filter(promoter_id=promoter_id).first()
    return ("", "") if row is None else (row.account, row.name)


def accounts_changed(promoter_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When these promoters last changed where they are paid, removing included."""
    rows = PayoutAccount.objects.filter(promoter_id__in=set(promoter_ids))
    return dict(rows.values_list("promoter_id", "changed_at"))


def payee_of(promoter_id: UUID, code: str, account_id: UUID | None) -> Payee:
    """Where money of this promoter goes now, in plain text: for the channel alone.

    Raises PayoutAccountMissing: he entered none, or one of a kind that is no longer offered.
    """
    offered = offered_kinds()
    row = PayoutAccount.objects.filter(promoter_id=promoter_id).first()
    if row is not None and row.account and row.kind in offered:
        name = row.name
        if not name and account_id is not None:
            name = identity.real_name_of(account_id)
        return Payee(AccountKind(row.kind), row.account, name, row.bank_name)
    if (row is None or not row.account) and DEFAULT_CHANNEL in offered:
        return Payee(AccountKind(DEFAULT_CHANNEL), code)
    raise PayoutAccountMissing(promoter=code)


def open_of(promoter_id: UUID) -> bool:
    """Has this promoter a withdrawal without a result?"""
    return Withdrawal.objects.filter(promoter_id=promoter_id, closed_at__isnull=True).exists()


def open_at(channel: str) -> int:
    """How many withdrawals left by a channel's present account that has not said what became of
    them."""
    under_way = [WithdrawalState.SENT, WithdrawalState.AWAITING_CONFIRMATION]
    found = Withdrawal.objects.filter(channel=channel, state__in=under_way)
    shut_at = merchants.last_shut_at(channel)
    if shut_at is not None:
        # Shares leave by the account that has their payment, which their room knows.
        found = found.filter(sent_at__gt=shut_at).exclude(way=PayoutWay.SPLIT)
    return found.count()


def split_in(promoter_ids: Iterable[UUID], channel: str, period: Period) -> dict[UUID, int]:
    """What promoters get by splits at a channel that were made in a period, after tax."""
    found = Withdrawal.objects.filter(
        promoter_id__in=list(promoter_ids),
        way=PayoutWay.SPLIT,
        channel=channel,
        approved_at__gte=period.start,
    )
    if period.end is not None:
        found = found.filter(approved_at__lt=period.end)
    sums = found.exclude(state__in=CAME_BACK).values_list("promoter_id")
    return dict(sums.annotate(total=Sum("net")).order_by())


def waiting_of(promoter_id: UUID) -> int:
    """How many payouts wait for this promoter to confirm their receipt."""
    found = Withdrawal.objects.filter(promoter_id=promoter_id)
    return found.filter(state=WithdrawalState.AWAITING_CONFIRMATION).count()


def arrived(promoter_id: UUID) -> int:
    """What the promoter received so far, after tax."""
    paid = Withdrawal.objects.filter(promoter_id=promoter_id, state=WithdrawalState.SUCCEEDED)
    return int(paid.aggregate(total=Sum("net"))["total"] or 0)


def waiting() -> tuple[int, int]:
    """How many withdrawals wait for review, and what they come to."""
    found = Withdrawal.objects.filter(state=WithdrawalState.REQUESTED)
    sums = found.aggregate(number=Count("id"), total=Sum("amount"))
    return int(sums["number"]), int(sums["total"] or 0)


def held_by_limits() -> tuple[int, int]:
    """How many approved withdrawals wait for a day with room under its limit, and their sum."""
    found = Withdrawal.objects.filter(state=WithdrawalState.APPROVED, held_until__isnull=False)
    sums = found.aggregate(number=Count("id"), total=Sum("amount"))
    return int(sums["number"]), int(sums["total"] or 0)


def sent_before(before: datetime) -> int:
    """How many payouts were sent before an instant and have no result: neither from the channel
    nor, in the time that he has, from the receiver."""
    silent = Q(state=WithdrawalState.SENT, sent_at__lt=before)
    overdue = Q(state=WithdrawalState.AWAITING_CONFIRMATION, confirm_until__lt=before)
    return Withdrawal.objects.filter(silent | overdue).count()


def sums_by_state() -> dict[str, tuple[int, int, int]]:
    """Amounts, tax and net of all withdrawals, by state."""
    rows = Withdrawal.objects.values_list("state").annotate(
        amounts=Sum("amount"), taxes=Sum("tax"), nets=Sum("net")
    )
    return {state: (a, t or 0, n or 0) for state, a, t, n in rows.order_by()}


def left_by_split() -> dict[str, int]:
    """What left for promoters straight from payments, net, by channel (decision 0028)."""
    found = Withdrawal.objects.filter(way=PayoutWay.SPLIT, state=WithdrawalState.SUCCEEDED)
    rows = found.values_list("channel").annotate(net=Sum("net")).order_by()
    return {channel: net or 0 for channel, net in rows}


def approved_in(promoter_id: UUID, period: Period) -> "QuerySet[Withdrawal]":
    """A promoter's withdrawals approved in a period that are income of it (domain.md §5): those
    that have not come back, oldest first."""
    found = Withdrawal.objects.filter(promoter_id=promoter_id, approved_at__gte=period.start)
    if period.end is not None:
        found = found.filter(approved_at__lt=period.end)
    return found.exclude(state__in=CAME_BACK).order_by("approved_at", "id")


def first_approval(promoter_id: UUID) -> datetime | None:
    """When the first withdrawal of a promoter was approved."""
    found = Withdrawal.objects.filter(promoter_id=promoter_id).aggregate(at=Min("approved_at"))
    at: datetime | None = found["at"]
    return at


def usual_wait(limit: int = 20) -> timedelta | None:
    """How long the institution's newest arrived withdrawals took from request to arrival: their
    median; None before the first."""
    arrived_ones = Withdrawal.objects.filter(state=WithdrawalState.SUCCEEDED)
    pairs = arrived_ones.order_by("-requested_at").values_list("requested_at", "closed_at")
    waits = [closed - asked for asked, closed in pairs[:limit] if closed is not None]
    return median(waits) if waits else None


def sent_through(
    channel: str, since: datetime, until: datetime
) -> Iterator[tuple[str, int, datetime, bool]]:
    """Payouts at a channel that succeeded in [since, until), and all that were sent before `until`
    and have no result: number, net amount, instant, whether it is known; by number. Splits are
    not among them."""
    found = (
        Withdrawal.objects.filter(channel=channel, way=PayoutWay.TRANSFER, sent_at__isnull=False)
        .filter(
            Q(state=WithdrawalState.SUCCEEDED, closed_at__gte=since, closed_at__lt=until)
            | Q(closed_at__isnull=True, sent_at__lt=until)
        )
        .order_by(Collate("number", "C"))
        .values_list("number", "net", "closed_at", "sent_at")
    )
    for number, net, closed_at, sent_at in found.iterator(5000):
        if net:
            yield number, net, closed_at or sent_at, closed_at is not None  # type: ignore[misc]


def sent_by_number(
    channel: str, numbers: Iterable[str]
) -> dict[str, tuple[int, datetime, WithdrawalState]]:
    """What was sent through a channel under these numbers, whatever became of it: net amount, when
    it left, state. Splits are not among them."""
    found = Withdrawal.objects.filter(
        channel=channel, number__in=list(numbers), way=PayoutWay.TRANSFER, sent_at__isnull=False
    )
    return {
        row.number: (row.net or 0, row.sent_at, WithdrawalState(row.state))
        for row in found
        if row.sent_at is not None
    }


def account_numbers(promoter_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The accounts that some promoters are paid to, in clear: to be compared, never shown."""
    found = PayoutAccount.objects.filter(promoter_id__in=list(promoter_ids))
    return {row.promoter_id: row.account for row in found}
