"""What the application's database role may do, applied after every migration.

Append-only tables: read and add. Tables with money: read, add, and change a few columns, so that a
cap, a booked amount or a balance's floor stays what it was. All others: read, add, change, remove.
The role owns nothing, so it can neither alter a table nor switch row-level security off.
"""

from django.apps import apps
from django.db import connection

APPLICATION = "kefen_app"

# Tables with money in them, and complaints: only what moves with time may change, and no row ever
# goes away.
CHANGING_COLUMNS = {
    "ledger_balance": ("posted",),
    "orders_order": ("state", "channel", "paid_at", "cancelled_at"),
    "orders_line": ("refunded",),
    "orders_refund": ("state", "reason", "booked_at", "stuck_at"),
    "orders_cashiervisit": (
        *("split", "channel_number", "opened_at", "asked_at", "shut_at", "closed_at"),
    ),
    "orders_leftcashier": (
        *("state", "owns", "asked_at", "next_at", "ended_at", "decision", "note"),
        *("named_number", "first_person", "first_at", "second_person", "settled_at"),
    ),
    "merchants_shutaccount": (
        *("gateway", "settings", "secrets", "reason"),
        *("first_person", "first_at", "second_person", "shut_at"),
    ),
    "orders_straypayment": (
        *("state", "reason", "next_at", "attempts", "stuck_at", "ended_at", "settled_at"),
    ),
    "orders_refundask": ("state", "answer", "answered_at"),
    "catalog_price": ("dropped_at",),
    "commissions_commission": ("reversed", "state", "state_reason", "matured_at"),
    "commissions_pointsgrant": ("remaining",),
    "commissions_question": ("answer", "answered_at"),
    "compliance_complaint": ("state", "note", "decided_by", "decided_at"),
    "compliance_filedlicence": ("state",),
    "reconciliation_billday": (
        *("bill_id", "groups", "totals", "fees_booked", "tried_at", "reconciled_at", "reason"),
    ),
    "reconciliation_difference": (
        *("verdict", "ours", "theirs", "fee", "currency", "their_currency", "at", "order_number"),
        *("state", "resolution", "note", "closed_by", "closed_at", "ledger_key"),
    ),
    "risk_signal": (
        *("score", "evidence", "wants_hold", "seen_at", "held_at"),
        *("state", "reason", "decided_by", "decided_at"),
    ),
    "referrals_binding": ("replaced_at",),
    "payouts_payoutaccount": ("kind", "account", "name", "bank_name", "changed_at"),
    "splits_way": ("way", "changed_at"),
    "splits_ordersplit": (
        "state",
        "reason",
        "next_at",
        "attempts",
        "planned_at",
        "sent_at",
        "released",
        "closed_at",
    ),
    "splits_settlement": (
        *("decision", "note", "first_person", "first_at", "second_person", "settled_at"),
    ),
    "payouts_payoutbatch": ("stopped_at", "ended_at", "released_by", "released_at"),
    "payouts_payoutbatchitem": ("state", "problem", "details"),
    "payouts_bankfile": ("ready_at", "downloaded_at", "downloads"),
    "payouts_bankfilerow": ("told", "reason"),
    "payouts_withdrawal": (
        "state",
        "state_reason",
        "tax",
        "net",
        "tax_computation",
        "channel",
        "receiver",
        "receiver_name",
        "receiver_bank",
        "two_persons",
        "first_approver",
        "first_approved_at",
        "second_approver",
        "held_until",
        "confirm_url",
        "confirm_until",
        "approved_at",
        "sent_at",
        "closed_at",
    ),
}


def append_only_tables() -> set[str]:
    """The tables in which the application may only read and add."""
    return {
        model._meta.db_table  # noqa: SLF001 - Django's documented meta API
        for model in apps.get_models()
        if getattr(model, "append_only", False)
    }


def ensure_role() -> None:
    """Make the application's role where it does not exist (a database that is not ours)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {APPLICATION} NOLOGIN")
            cursor.execute(f"GRANT {APPLICATION} TO current_user")


def apply() -> None:
    """Grant exactly what the application needs on everything in the schema."""
    kept = append_only_tables()
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APPLICATION}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'REVOKE ALL ON "{table}" FROM {APPLICATION}')
            verbs = "SELECT, INSERT" if table in kept else "SELECT, INSERT, UPDATE, DELETE"
            if table == "django_migrations":
                verbs = "SELECT"
            if table in CHANGING_COLUMNS:
                columns = ", ".join(CHANGING_COLUMNS[table])
                verbs = f"SELECT, INSERT, UPDATE ({columns})"
            cursor.execute(f'GRANT {verbs} ON "{table}" TO {APPLICATION}')
