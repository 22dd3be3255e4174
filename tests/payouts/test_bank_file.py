"""Files for the bank: each withdrawal in one, the same content each time, results once."""

import csv
import io

import pytest
from django.db import IntegrityError, transaction

from kefen.core.errors import Conflict, InvalidInput, WithdrawalNotOpen
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.actions import bank_file
from kefen.payouts.bank_columns import BankLine, cells
from kefen.payouts.bank_results import BankResult, read_results
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import BankFileRow, Withdrawal
from kefen.payouts.queries import batches as batch_queries
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.models import Role
from tests.orders.school import ask, balance, come_by, mature, money, open_school, sell, unchanged
from tests.payouts.test_two_persons import member

CARD, OTHER = "6222021234567894", "4111111111111111"


@pytest.fixture
def owner(institution: object) -> Actor:
    open_school()
    come_by("yu")
    sell("A", 500_000)
    mature()
    found = member("Shen Lan", Role.OWNER)
    actions.set_policy(PolicyFacts(bank_files=True), actor=found)
    actions.set_account("yu", "bank", account=CARD, name="于小鱼", bank_name="招商银行")
    for number in ("W1", "W2"):
        ask(number, 10_000)
        actions.approve_and_send(number, actor=found)
    return found


def rows(number: str = "F") -> list[list[str]]:
    content = batch_queries.content_of(batch_queries.bank_file(number))
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def make(owner: Actor, number: str = "F") -> None:
    actions.begin_bank_file(number, actor=owner)
    actions.fill_bank_file(number)


def test_what_is_approved_to_banks_gets_in_and_is_sent(owner: Actor) -> None:
    make(owner)
    make(owner)
    assert rows() == [
        ["序号", "收款户名", "收款账号", "开户银行", "金额(元)", "商户流水号", "备注"],
        ["1", "于小鱼", f"{CARD}\t", "招商银行", "100.00", "W1", "推广佣金 W1"],
        ["2", "于小鱼", f"{CARD}\t", "招商银行", "100.00", "W2", "推广佣金 W2"],
    ]
    assert {queries.by_number(n).state for n in ("W1", "W2")} == {WithdrawalState.SENT}
    with unchanged(), pytest.raises(InvalidInput):
        actions.begin_bank_file("G", actor=owner)


def test_it_is_downloaded_once_and_made_again_the_same_whatever_changed(owner: Actor) -> None:
    actions.begin_bank_file("F", actor=owner)
    with unchanged(), pytest.raises(Conflict):
        actions.open_bank_file("F", actor=owner)
    actions.fill_bank_file("F")
    before = rows()
    actions.open_bank_file("F", actor=owner)
    with unchanged(), pytest.raises(Conflict):
        actions.open_bank_file("F", actor=owner)
    actions.set_account("yu", "bank", account=OTHER, name="于大鱼", bank_name="工商银行")
    actions.set_policy(
        PolicyFacts(bank_files=True, bank_columns=("number", "account", "amount")), actor=owner
    )
    actions.make_bank_file_again("F", actor=owner)
    actions.open_bank_file("F", actor=owner)
    assert rows() == before
    assert BankFileRow.objects.count() == 2
    verbs = Record.objects.filter(subject="bank_file:F").order_by("id")
    assert list(verbs.values_list("verb", flat=True)) == [
        *("bank_file.begun", "bank_file.ready", "bank_file.downloaded"),
        *("bank_file.made_again", "bank_file.downloaded"),
    ]
    assert CARD not in str(list(Record.objects.values_list("details", flat=True)))


def test_a_withdrawal_is_in_one_file_only(owner: Actor) -> None:
    make(owner)
    ask("W3", 10_000)
    actions.approve_and_send("W3", actor=owner)
    make(owner, "G")
    assert [row[5] for row in rows("G")[1:]] == ["W3"]
    first, second = batch_queries.bank_file("F"), batch_queries.bank_file("G")
    taken = first.rows.first()
    with pytest.raises(IntegrityError, match="bank_file_row_once"), transaction.atomic():
        BankFileRow.objects.create(file_id=second.id, withdrawal_id=taken.withdrawal_id, serial=9)


def test_the_bank_says_what_became_of_them_once(owner: Actor) -> None:
    make(owner)
    told = "商户流水号,结果,原因\nW1,成功,\nW2,退回,账户已销户\n".encode("gb18030")
    assert actions.take_bank_results("F", told, actor=owner) == 2
    with unchanged():
        assert actions.take_bank_results("F", told, actor=owner) == 0
    actions.settle_bank_file("F")
    with unchanged():
        actions.settle_bank_file("F")
        assert actions.take_bank_results("F", told, actor=owner) == 0
    assert queries.by_number("W1").state == WithdrawalState.SUCCEEDED
    back = queries.by_number("W2")
    assert (back.state, back.state_reason) == (WithdrawalState.FAILED, "账户已销户")
    assert money()[1:3] == (90_000, 0)
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.take_bank_results("F", "商户流水号,结果\nW1,失败\n".encode(), actor=owner)


def test_one_that_was_closed_meanwhile_stops_none_of_the_others(
    owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(owner)
    actions.take_bank_results("F", "商户流水号,结果\nW1,成功\nW2,成功\n".encode(), actor=owner)
    book = bank_file.settle_bank_row

    def somebody_is_faster(number: str, **told: object) -> bool:
        if number == "W1":
            book("W1", paid=False, reason="by hand", actor=owner)
        return book(number, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(bank_file, "settle_bank_row", somebody_is_faster)
    assert actions.settle_bank_file("F") == ["W1"]
    assert queries.by_number("W1").state == WithdrawalState.FAILED
    assert queries.by_number("W2").state == WithdrawalState.SUCCEEDED
    note = Record.objects.get(verb="bank_file.closed_already")
    assert note.details == {"withdrawals": ["W1"]}
    with unchanged():
        assert actions.settle_bank_file("F") == []


def test_what_is_all_tax_is_done_without_a_row_for_the_bank(owner: Actor) -> None:
    Withdrawal.objects.filter(number="W1").update(tax=10_000, net=0)
    make(owner)
    assert [row[5] for row in rows()[1:]] == ["W2"]
    assert queries.by_number("W1").state == WithdrawalState.SUCCEEDED
    assert queries.by_number("W2").state == WithdrawalState.SENT
    assert batch_queries.bank_file("F").expected == 1
    assert balance("tax:withheld") == 10_000


def test_one_is_marked_by_hand_with_a_reason(owner: Actor) -> None:
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.settle_bank_row("W1", paid=True, actor=owner)
    make(owner)
    with unchanged(), pytest.raises(InvalidInput):
        actions.settle_bank_row("W1", paid=False, actor=owner)
    assert actions.settle_bank_row("W1", paid=True, actor=owner)
    assert not actions.settle_bank_row("W1", paid=True, actor=owner)
    with unchanged(), pytest.raises(WithdrawalNotOpen):
        actions.settle_bank_row("W1", paid=False, reason="no", actor=owner)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\xff\xff",
        "商户流水号\nW1\n".encode(),
        "商户流水号,结果\nW1,也许\n".encode(),
        "商户流水号,结果\nW1,成功\nW1,失败\n".encode(),
        b"x" * 4_000_001,
        # A quote that nobody closed: more than a value may hold.
        b'number,result\nW1,"paid\n' + b"x" * 200_000,
    ],
)
def test_a_result_file_that_makes_no_sense_counts_for_nothing(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_results(content)


def test_lines_may_end_as_on_any_machine() -> None:
    for end in ("\n", "\r\n", "\r"):
        told = end.join(["number,result,reason", "W1,paid,", 'W2,failed,"shut, long ago"', ""])
        assert read_results(told.encode()) == [
            BankResult("W1", paid=True),
            BankResult("W2", paid=False, reason="shut, long ago"),
        ]


def test_a_file_that_names_others_counts_for_nothing(owner: Actor) -> None:
    make(owner)
    told = "商户流水号,结果\nW1,成功\nW9,成功\n".encode()
    with unchanged(), pytest.raises(InvalidInput):
        actions.take_bank_results("F", told, actor=owner)


def test_no_cell_is_a_formula_and_no_long_number_is_rounded() -> None:
    line = BankLine(1, "=1+1", "@名", CARD, "-行", 1_05)
    columns = ("serial", "number", "name", "account", "bank", "amount")
    assert cells(columns, line) == ["1", "'=1+1", "'@名", f"{CARD}\t", "'-行", "1.05"]
    assert read_results("商户流水号,结果\n'=1+1,成功\n".encode()) == [BankResult("=1+1", paid=True)]
