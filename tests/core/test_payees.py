"""What can be an account to be paid on."""

import pytest

from kefen.core.errors import InvalidInput
from kefen.core.payees import AccountKind, payee

CARD = "6222021234567894"


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (AccountKind.BANK, " 6222 0212 3456 7894 ", CARD),
        (AccountKind.BANK, "4111-1111-1111-1111", "4111111111111111"),
        (AccountKind.ALIPAY, "138 0000 0001", "13800000001"),
        (AccountKind.ALIPAY, "+86 138-0000-0001", "13800000001"),
        (AccountKind.ALIPAY, "Yu@Example.org", "yu@example.org"),
        (AccountKind.ALIPAY, "2088012345678901", "2088012345678901"),
        (AccountKind.STRIPE, "acct_1NabcDEF23456789", "acct_1NabcDEF23456789"),
    ],
)
def test_what_is_typed_is_stored_without_spaces(kind: AccountKind, typed: str, stored: str) -> None:
    found = payee(kind, typed, " 于  小鱼 ", "招商银行")
    assert (found.account, found.name) == (stored, "于 小鱼")
    assert found.bank == ("招商银行" if kind is AccountKind.BANK else "")


@pytest.mark.parametrize("place", range(16))
def test_no_digit_of_a_card_can_be_mistyped(place: int) -> None:
    for digit in set("0123456789") - {CARD[place]}:
        wrong = CARD[:place] + digit + CARD[place + 1 :]
        with pytest.raises(InvalidInput) as refusal:
            payee(AccountKind.BANK, wrong, "于小鱼", "招商银行")
        assert refusal.value.params["field"] == "account"


@pytest.mark.parametrize(
    ("kind", "account", "name", "bank", "field"),
    [
        (AccountKind.BANK, "62220212345", "于小鱼", "招商银行", "account"),
        (AccountKind.BANK, "0" * 20, "于小鱼", "招商银行", "account"),
        (AccountKind.BANK, "６２２２０２１２３４５６７８９４", "于小鱼", "招商银行", "account"),
        (AccountKind.BANK, CARD, "", "招商银行", "name"),
        (AccountKind.BANK, CARD, "于小鱼", "", "bank_name"),
        (AccountKind.BANK, CARD, "于" * 61, "招商银行", "name"),
        (AccountKind.ALIPAY, "", "于小鱼", "", "account"),
        (AccountKind.ALIPAY, "12800000001", "于小鱼", "", "account"),
        (AccountKind.ALIPAY, "2089012345678901", "于小鱼", "", "account"),
        (AccountKind.ALIPAY, "yu@example", "于小鱼", "", "account"),
        (AccountKind.ALIPAY, "13800000001", " ", "", "name"),
        (AccountKind.STRIPE, "acc_1NabcDEF23456789", "", "", "account"),
        (AccountKind.STRIPE, "acct_", "", "", "account"),
        (AccountKind.WECHAT_PAY, "", "", "", "account"),
    ],
)
def test_what_can_be_none_is_refused_beside_its_field(
    kind: AccountKind, account: str, name: str, bank: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        payee(kind, account, name, bank)
    assert refusal.value.params["field"] == field
