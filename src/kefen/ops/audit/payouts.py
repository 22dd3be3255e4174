"""Withdrawals and prizes against the books."""

from collections.abc import Iterator

from kefen.ops.audit.books import SUMS, rows
from kefen.ops.audit.finding import Finding

# The transfers that a withdrawal in each state must have.
_RESULT_KEYS = {
    "requested": set[str](),
    "approved": set[str](),
    "sent": set[str](),
    "awaiting_confirmation": set[str](),
    "succeeded": {"succeeded"},
    "failed": {"failed"},
    "expired": {"expired"},
    "cancelled": {"cancelled"},
    "rejected": {"rejected"},
}


def withdrawals() -> Iterator[Finding]:
    """Each withdrawal was reserved once, and ended in the books as it ended in its state."""
    for number, amount, tax, state, keys, reserved, paid_out, withheld in rows("""
        SELECT w.number, w.amount, w.tax, w.state, array_agg(DISTINCT t.key),
               coalesce(sum(e.amount) FILTER (WHERE t.kind = 'withdrawal_requested'), 0)::bigint,
               coalesce(sum(e.amount) FILTER (WHERE a.code = CASE w.way WHEN 'split'
                 THEN 'channel:' || w.channel ELSE 'channel:payout' END), 0)::bigint,
               coalesce(sum(e.amount) FILTER (WHERE a.code = 'tax:withheld'), 0)::bigint
          FROM payouts_withdrawal w
          LEFT JOIN ledger_transfer t ON t.institution_id = w.institution_id
           AND t.key = ANY (ARRAY['withdrawal:' || w.number || ':requested',
                 'withdrawal:' || w.number || ':succeeded', 'withdrawal:' || w.number || ':failed',
                 'withdrawal:' || w.number || ':expired', 'withdrawal:' || w.number || ':cancelled',
                 'withdrawal:' || w.number || ':rejected'])
          LEFT JOIN ledger_entry e ON e.institution_id = t.institution_id AND e.transfer_id = t.id
          LEFT JOIN ledger_account a ON a.institution_id = e.institution_id AND a.id = e.credit_id
         WHERE w.institution_id = %(institution)s
         GROUP BY w.id, w.number, w.amount, w.tax, w.state
    """):
        ends = {str(key).rsplit(":", 1)[1] for key in keys if key is not None} - {"requested"}
        if reserved != amount:
            yield Finding("withdrawal reserved", number, str(amount), str(reserved))
        if ends != _RESULT_KEYS[state]:
            yield Finding("withdrawal's end", number, str(sorted(_RESULT_KEYS[state])), str(ends))
        if state == "succeeded" and (paid_out, withheld) != (amount - tax, tax):
            yield Finding(
                "withdrawal paid", number, f"{amount - tax} + {tax}", f"{paid_out} + {withheld}"
            )


def two_persons() -> Iterator[Finding]:
    """What was approved by two is in the audit log under two names, and not under one twice."""
    for number, first, second, noted, decided in rows("""
        SELECT w.number, w.first_approver::text, w.second_approver::text,
               (SELECT min(r.actor_user::text) FROM audit_record r
                 WHERE r.institution_id = w.institution_id
                   AND r.subject = 'withdrawal:' || w.number
                   AND r.verb = 'withdrawal.first_approved'),
               (SELECT min(r.actor_user::text) FROM audit_record r
                 WHERE r.institution_id = w.institution_id
                   AND r.subject = 'withdrawal:' || w.number
                   AND r.verb = 'withdrawal.approved')
          FROM payouts_withdrawal w
         WHERE w.institution_id = %(institution)s AND w.two_persons
    """):
        if (first, second) != (noted, decided) or first == second:
            yield Finding("two persons", number, f"{noted} + {decided}", f"{first} + {second}")


def bank_files() -> Iterator[Finding]:
    """What is in a bank file goes to a bank, and has left."""
    for number, state, channel in rows("""
        SELECT w.number, w.state, w.channel
          FROM payouts_withdrawal w
          JOIN payouts_bankfilerow r
            ON r.institution_id = w.institution_id AND r.withdrawal_id = w.id
         WHERE w.institution_id = %(institution)s
           AND (w.channel <> 'bank' OR w.sent_at IS NULL)
    """):
        yield Finding("bank file", number, "sent to a bank", f"{state} at {channel}")


def in_transit_balances() -> Iterator[Finding]:
    """A promoter's in_transit account is the sum of his open withdrawals."""
    for code, expected, found in rows(f"""
        SELECT a.code, coalesce(w.amount, 0), coalesce(s.balance, 0)
          FROM ledger_account a
          LEFT JOIN ({SUMS}) s ON s.account_id = a.id
          LEFT JOIN (SELECT p.code, sum(w.amount)::bigint AS amount
                       FROM payouts_withdrawal w
                       JOIN promoters_promoter p
                         ON p.institution_id = w.institution_id AND p.id = w.promoter_id
                      WHERE w.institution_id = %(institution)s AND w.closed_at IS NULL
                      GROUP BY p.code) w ON a.code = 'promoter:' || w.code || ':in_transit'
         WHERE a.institution_id = %(institution)s AND a.code ~ '^promoter:.*:in_transit$'
           AND coalesce(w.amount, 0) <> coalesce(s.balance, 0)
    """):
        yield Finding("in transit", code, str(expected), str(found))


def prizes() -> Iterator[Finding]:
    """Each prize of a closed board, and no other, was posted once."""
    for key, expected, found in rows("""
        SELECT coalesce(b.key, t.key), coalesce(b.prize, 0), coalesce(t.amount, 0)
          FROM (SELECT 'board:' || b.metric || ':' || b.period || ':' || b.starts_on
                       || ':prize:' || p.code AS key, r.prize
                  FROM standings_closedrow r
                  JOIN standings_closedboard b
                    ON b.institution_id = r.institution_id AND b.id = r.board_id
                  JOIN promoters_promoter p
                    ON p.institution_id = r.institution_id AND p.id = r.promoter_id
                 WHERE r.institution_id = %(institution)s AND r.prize > 0) b
          FULL JOIN (SELECT t.key, sum(e.amount)::bigint AS amount
                       FROM ledger_transfer t
                       JOIN ledger_entry e ON e.institution_id = t.institution_id
                        AND e.transfer_id = t.id
                      WHERE t.institution_id = %(institution)s AND t.kind = 'board_prize'
                      GROUP BY t.key) t ON t.key = b.key
         WHERE coalesce(b.prize, 0) <> coalesce(t.amount, 0)
    """):
        yield Finding("prize", key, str(expected), str(found))
