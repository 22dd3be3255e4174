"""What every adapter of a channel's port must keep to.

An adapter's test module makes a class of each contract that applies and gives it a `side`: the
adapter with the other side of its channel (a sandbox, an emulator, recorded answers). What a
channel by its nature cannot do is said by a word on the class (`signs_in_headers = False`), never
by leaving a test out.
"""

from tests.adapters.contract.accounts import AccountContract
from tests.adapters.contract.bills import BillContract
from tests.adapters.contract.notifications import Message, NotificationContract
from tests.adapters.contract.payments import PaymentContract
from tests.adapters.contract.payouts import AuthorisedContract, ConfirmedContract, PayoutContract
from tests.adapters.contract.requests import AMOUNT, COLLECT, GIVE_BACK, HERE, PAY_OUT
from tests.adapters.contract.sides import Person, Side
from tests.adapters.contract.splits import SplitContract

__all__ = [
    "AMOUNT",
    "COLLECT",
    "GIVE_BACK",
    "HERE",
    "PAY_OUT",
    "AccountContract",
    "AuthorisedContract",
    "BillContract",
    "ConfirmedContract",
    "Message",
    "NotificationContract",
    "PaymentContract",
    "PayoutContract",
    "Person",
    "Side",
    "SplitContract",
]
