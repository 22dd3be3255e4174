"""What is written stays: the application's role can neither change, delete nor empty it."""

import pytest
from psycopg import errors

KEPT = (
    "ledger_transfer",
    "ledger_entry",
    "ledger_account",
    "programmes_version",
    "programmes_rule",
    "programmes_step",
    "programmes_board",
    "tenancy_limits",
    "referrals_attribution",
    "referrals_touch",
    "referrals_tie",
    "standings_closedboard",
    "standings_closedrow",
    "orders_refundline",
    "commissions_cut",
    "audit_record",
)


@pytest.mark.parametrize("table", KEPT)
def test_the_application_adds_and_reads_only(application, table):
    application.refused(errors.InsufficientPrivilege, f"UPDATE {table} SET id = id")
    application.refused(errors.InsufficientPrivilege, f"DELETE FROM {table}")
    application.refused(errors.InsufficientPrivilege, f"TRUNCATE {table}")
    application.ask(f"SELECT 1 FROM {table} LIMIT 1")


@pytest.mark.parametrize("table", ["ledger_balance", "orders_order", "commissions_commission"])
def test_not_even_what_changes_can_be_emptied(application, table):
    application.refused(errors.InsufficientPrivilege, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ledger_entry DROP CONSTRAINT entry_amount_positive",
        "ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY",
        "DROP POLICY institution_in_scope ON ledger_entry",
        "DROP TABLE ledger_entry",
        "DROP FUNCTION ledger_post",
        "SET ROLE kefen_owner",
        "SET session_replication_role = replica",
        "SELECT setval('ledger_posting', 1)",
        "COPY ledger_entry TO PROGRAM 'cat'",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
    ],
)
def test_the_application_cannot_help_itself_to_more(application, statement):
    application.refused(errors.InsufficientPrivilege, statement)


def test_the_application_grants_itself_nothing(application):
    """PostgreSQL only warns here, so what counts is what came of it."""
    application.ask("GRANT UPDATE ON ledger_entry TO kefen_app")
    assert application.ask("SELECT has_table_privilege('ledger_entry', 'UPDATE')") == [(False,)]


def test_the_application_owns_nothing(application):
    assert application.ask("SELECT tablename FROM pg_tables WHERE tableowner = current_user") == []


def test_the_attack_itself_works(told):
    """The control: the same statements succeed where nothing forbids them."""
    with told.connect("owner") as owner:
        for table in KEPT:
            assert owner.change(f"UPDATE {table} SET id = id") >= 0
