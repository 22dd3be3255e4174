"""Stripe keeps the contracts, against its emulator."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from kefen.adapters.payments.stripe.account import mode_of
from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build
from tests.adapters.contract import (
    HERE,
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

    def test_stripe_says_whose_key_it_is(self, side: StripeSide) -> None:
        mine, another = (side.accounts[name] for name in (HERE, "another"))
        told = side.channel.identify(mine)
        assert told == {"account_id": mine.settings["account_id"], "mode": "test"}
        assert told["account_id"].startswith("acct_")
        assert side.channel.identify(another)["account_id"] != told["account_id"]

    @pytest.mark.parametrize("restricted", [False, True])
    def test_another_key_is_the_same_account(self, side: StripeSide, *, restricted: bool) -> None:
        """A restricted one may not read its account; the refusal names it."""
        mine = side.merchant()
        wishes = {"account": mine.settings["account_id"], "restricted": restricted}
        made = side.control.post("/emulator/merchants", json=wishes).raise_for_status().json()
        assert made["values"]["secret_key"] != mine.secrets["secret_key"]
        assert made["values"]["secret_key"].startswith("rk_" if restricted else "sk_")
        rotated = replace(mine, secrets=made["values"])
        assert side.channel.identify(rotated) == mine.settings

    def test_a_key_of_nobody_is_refused(self, side: StripeSide) -> None:
        unknown = {**side.merchant().secrets, "secret_key": "sk_test_of_nobody"}
        with pytest.raises(ChannelRejected) as refused:
            side.channel.identify(replace(side.merchant(), secrets=unknown))
        assert "of_nobody" not in str(refused.value)

    def test_without_stripe_nobody_says_it(self, side: StripeSide) -> None:
        with side.down(), pytest.raises(ChannelUnavailable):
            side.channel.identify(side.merchant())

    def test_keys_say_whether_money_moves(self) -> None:
        keys = ("sk_live_1", "rk_live_1", "sk_test_1", "rk_test_1")
        assert [mode_of(key) for key in keys] == ["live", "live", "test", "test"]


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
