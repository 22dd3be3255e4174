"""Stripe keeps the contracts, against its emulator."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build
from tests.adapters.contract import (
    AccountContract,
    BillContract,
    PaymentContract,
    PayoutContract,
    SplitContract,
)
from tests.adapters.post_box import PostBox
from tests.adapters.stripe_side import StripeSide


@pytest.fixture
def side(tmp_path: Path) -> Iterator[StripeSide]:
    emulator = build(tmp_path, notice_scale=1.0, seed=1)
    with PostBox() as box, running(emulator, delivering=False) as address:
        found = StripeSide(address, box)
        with found.clock, closing(found.control):
            yield found


class TestAccount(AccountContract):
    """The institution's account."""

    garbled = {"secret_key": "pk_test_of_another_kind", "webhook_secret": "not-a-secret"}


class TestPayments(PaymentContract):
    """As a payment channel."""


class TestPayouts(PayoutContract):
    """A transfer is done or refused when it is answered, and told by an event too."""

    refuses_at_once = True


class TestSplits(SplitContract):
    """Whoever has an account is paid; nobody is added first."""

    checks_receivers = False


class TestBills(BillContract):
    """A day of balance transactions."""
