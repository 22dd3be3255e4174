"""WeChat Pay keeps the contracts, against its emulator."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.contract import (
    AccountContract,
    AuthorisedContract,
    BillContract,
    ConfirmedContract,
    PaymentContract,
    SplitContract,
)
from tests.adapters.wechat_side import WeChatSide


@pytest.fixture
def side(tmp_path: Path) -> Iterator[WeChatSide]:
    found = WeChatSide(tmp_path)
    yield found
    found.close()


class TestPayments(PaymentContract):
    """As a payment channel."""


class TestPayouts(ConfirmedContract):
    """As a payout channel whose receivers confirm."""


class TestAuthorisedPayouts(AuthorisedContract):
    """As a payout channel whose receivers agreed once."""


class TestSplits(SplitContract):
    """As a channel that divides."""


class TestBills(BillContract):
    """As a writer of bills."""


class TestAccounts(AccountContract):
    """As a channel at which institutions have accounts."""

    garbled = {
        "app_id": "gh_0123456789ab",
        "merchant_id": "19x",
        "certificate_serial": "not-a-serial",
        "private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "api_v3_key": "thirty-one-letters-are-too-few.",
        "public_key_id": "PUB_KEY_0116",
        "public_key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "transfer_scene_id": "commission",
        "transfer_report_first": "很长" * 17,
        "transfer_report_second": "",
        "split_maximum_bps": "30%",
    }
