"""What the database refuses in the books, whoever asks: the application's role and the owner's."""

from uuid import uuid4

import pytest
from psycopg import errors

from kefen.ledger.models import TRANSFER_KINDS


def test_an_entry_has_one_debit_one_credit_and_one_amount_and_nothing_else(attacker):
    columns = attacker.ask(
        "SELECT column_name, is_nullable FROM information_schema.columns"
        " WHERE table_name = 'ledger_entry' ORDER BY column_name"
    )
    assert columns == [
        ("amount", "NO"),
        ("credit_id", "NO"),
        ("debit_id", "NO"),
        ("id", "NO"),
        ("institution_id", "NO"),
        ("posting", "NO"),
        ("transfer_id", "NO"),
    ]


@pytest.mark.parametrize("column", ["debit_id", "credit_id", "amount", "transfer_id"])
def test_no_leg_may_be_missing(attacker, column):
    refused = attacker.refused_like(errors.NotNullViolation, "ledger_entry", **{column: None})
    assert refused is None


def test_every_transfer_of_the_story_balances(attacker):
    """Trivially so: nothing is stored that could be unbalanced."""
    (entries,) = attacker.ask("SELECT count(*) FROM ledger_entry")
    assert entries[0] > 20
    assert (
        attacker.ask(
            "SELECT transfer_id FROM (SELECT transfer_id, -amount AS change FROM ledger_entry"
            " UNION ALL SELECT transfer_id, amount FROM ledger_entry) m"
            " GROUP BY transfer_id HAVING sum(change) <> 0"
        )
        == []
    )


@pytest.mark.parametrize("amount", [0, -1, -(2**63)])
def test_an_amount_is_positive(attacker, amount):
    refused = attacker.refused_like(errors.CheckViolation, "ledger_entry", amount=amount)
    assert refused == "entry_amount_positive"


def test_an_amount_fits_or_is_refused(attacker):
    attacker.refused_like(errors.NumericValueOutOfRange, "ledger_entry", amount=2**63)


def test_nothing_moves_from_an_account_to_itself(attacker):
    (account,) = attacker.ask("SELECT debit_id FROM ledger_entry LIMIT 1")
    refused = attacker.refused_like(
        errors.CheckViolation, "ledger_entry", debit_id=str(account[0]), credit_id=str(account[0])
    )
    assert refused == "entry_moves_somewhere"


@pytest.mark.parametrize("column", ["debit_id", "credit_id", "transfer_id"])
def test_entries_refer_to_what_exists(attacker, column):
    refused = attacker.refused_like(
        errors.ForeignKeyViolation, "ledger_entry", **{column: str(uuid4())}
    )
    assert refused == f"ledger_entry_{column}_fk"


def test_entries_never_reach_into_another_institution(told):
    with told.connect("owner") as owner:
        ((theirs,),) = owner.ask(
            "SELECT id FROM ledger_account WHERE institution_id = %s LIMIT 1", told.neighbour
        )
        mine = f"institution_id = '{told.institution}'"
        for column in ("debit_id", "credit_id"):
            refused = owner.refused_like(
                errors.ForeignKeyViolation, "ledger_entry", mine, **{column: str(theirs)}
            )
            assert refused == f"ledger_entry_{column}_fk"


def test_one_transfer_for_each_key(attacker):
    refused = attacker.refused_like(
        errors.UniqueViolation, "ledger_transfer", "key = 'order:o1:paid'"
    )
    assert refused == "transfer_key"


@pytest.mark.parametrize("kind", ["invite", "team_bonus", "level_3", "", "ORDER_PAID"])
def test_a_transfer_is_of_a_lawful_kind(attacker, kind):
    refused = attacker.refused_like(
        errors.CheckViolation, "ledger_transfer", kind=kind, key="something:new"
    )
    assert refused == "transfer_kind_is_lawful"


def test_the_kinds_name_no_reward_for_people():
    assert set(TRANSFER_KINDS) == {
        "order_paid",
        "refund",
        "commission_matured",
        "commission_rejected",
        "withdrawal_requested",
        "withdrawal_succeeded",
        "withdrawal_returned",
        "board_prize",
        "adjustment",
        "points_granted",
        "points_taken",
    }


@pytest.mark.parametrize("purse", ["pending", "available", "in_transit"])
def test_a_promoters_money_never_falls_below_zero(attacker, purse):
    statement = (
        "UPDATE ledger_balance SET posted = %s WHERE account_id ="
        " (SELECT id FROM ledger_account WHERE code = %s AND institution_id = %s)"
    )
    account = (f"promoter:yu:{purse}", attacker.told.institution)
    assert attacker.change(statement, 0, *account) == 1
    assert attacker.refused(errors.CheckViolation, statement, -1, *account) == (
        "balance_not_below_floor"
    )


def test_what_a_promoter_owes_is_never_a_credit(attacker):
    statement = (
        "UPDATE ledger_balance SET posted = %s WHERE account_id ="
        " (SELECT id FROM ledger_account WHERE code = %s AND institution_id = %s)"
    )
    account = ("promoter:yu:receivable", attacker.told.institution)
    assert attacker.change(statement, -5_00, *account) == 1
    assert attacker.refused(errors.CheckViolation, statement, 1, *account) == (
        "balance_not_above_ceiling"
    )


def test_points_may_fall_below_zero(attacker):
    assert (
        attacker.change(
            "UPDATE ledger_balance SET posted = -3 WHERE account_id ="
            " (SELECT id FROM ledger_account WHERE code = 'promoter:yu:points'"
            " AND institution_id = %s)",
            attacker.told.institution,
        )
        == 1
    )


def test_one_balance_for_each_account_and_one_account_for_each_code(attacker):
    assert attacker.refused_like(errors.UniqueViolation, "ledger_balance") == "balance_account"
    assert attacker.refused_like(errors.UniqueViolation, "ledger_account") == "ledger_code"


@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("w1", {"tax": 2, "net": 1999}),
        ("w1", {"tax": -1, "net": 2001}),
        ("w1", {"tax": 2001, "net": -1}),
        ("w1", {"net": None}),
        ("w4", {"net": 12_00}),
        ("w4", {"tax": 0}),
    ],
)
def test_tax_and_net_make_the_amount(attacker, number, changes):
    where = f"number = '{number}'"
    assert attacker.refused_like(
        errors.CheckViolation, "payouts_withdrawal", where, number="new", **changes
    ) == ("withdrawal_tax_and_net_make_amount")
