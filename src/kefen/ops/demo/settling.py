"""What is behind the demo's payments at emulated channels: their bills of thirty days held against
the books, and promoters whose commissions leave from the payments themselves."""

from collections import Counter
from datetime import datetime, timedelta

from kefen.core.payees import AccountKind
from kefen.core.splits import Way
from kefen.ops.demo import people
from kefen.ops.demo.channels import Emulated, set_clock
from kefen.orders import queries as orders
from kefen.payouts import actions as payouts
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.declare import declare_identity
from kefen.platform.tenancy.queries import current
from kefen.promoters.queries import by_code
from kefen.reconciliation import actions as reconciliation
from kefen.splits import actions as splits
from kefen.splits.queries import way_of

FEE_BPS = 60
DIRECT = 5
_NAME = "王小课"
# Those whose withdrawals the demo shows on their way.
_BY_WITHDRAWAL = frozenset({"yu", "aze", "tujing", "chenli", "lucy"})


def open_days(one: Emulated, since: datetime, today: datetime) -> None:
    """The channel's bills of each day in [since, today), reconciled."""
    set_clock(one, 0)
    reconciliation.agree_fee(one.channel, FEE_BPS, actor=SYSTEM)
    zone, day = current().zone, timedelta(days=1)
    on, end = since.astimezone(zone).date(), today.astimezone(zone).date()
    while on < end - day:  # yesterday's is written at ten in the morning
        reconciliation.reconcile(one.channel, on)
        on += day


def leave_from_payments(one: Emulated) -> None:
    """Those who brought most of the channel's orders are paid straight from them."""
    brought = Counter(
        line.winner.code
        for order in orders.listed().filter(channel=one.channel)
        for line in orders.lines_of(order.id)
        if line.winner is not None
        and line.winner.code not in _BY_WITHDRAWAL
        # Nobody is paid straight from two channels: a promoter has one account.
        and way_of(line.winner.id).way is not Way.SPLIT
    )
    for code, _ in brought.most_common(DIRECT):
        if _enter_account(one.channel, code) and _declare(code):
            splits.choose_way(code, Way.SPLIT, actor=SYSTEM)
    splits.gather(since=timedelta(days=40))


def _declare(code: str) -> bool:
    """Tax is withheld in somebody's name."""
    account_id = by_code(code).account_id
    if account_id is None:
        return False
    name = people.REAL_NAMES.get(code, _NAME)
    declare_identity(account_id, real_name=name, id_number=people.id_number(account_id.int))
    return True


def pay_by_wechat(code: str) -> None:
    """A promoter whose withdrawals go to her WeChat balance."""
    _enter_account(AccountKind.WECHAT_PAY, code)


def _enter_account(channel: str, code: str) -> bool:
    """The promoter's own account there; answers False for whoever has none of that kind."""
    promoter, app = by_code(code), proofs.wechat_app()
    if promoter.account_id is None or app is None:
        return False
    name = people.REAL_NAMES.get(code, _NAME)
    if channel == AccountKind.WECHAT_PAY:
        openid = f"oDemo{code.capitalize():0<23}"
        proofs.account_with_openid(app.app_id, openid, signed_in_to=promoter.account_id)
        payouts.set_account(code, channel, name=name, actor=SYSTEM)
        return True
    if channel == AccountKind.ALIPAY:
        payouts.set_account(code, channel, account=f"{code}@example.com", name=name, actor=SYSTEM)
        return True
    return False
