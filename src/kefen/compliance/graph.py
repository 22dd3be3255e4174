"""Who invited whom, counted by one recursive query.

Each promoter has at most one inviter, so from the roots every person is reached once and along one
way; rings hang on no root and are never entered. The depth is bounded all the same.
"""

from typing import Any, Final
from uuid import UUID

from django.db import connection

from kefen.compliance.contracts import Member, Root
from kefen.platform.tenancy.scope import institution_id

DEEPEST: Final = 100

_ROOTS = """
WITH RECURSIVE tree (root_id, id, depth) AS (
  SELECT p.inviter_id, p.id, 1
    FROM promoters_promoter p
    JOIN promoters_promoter r ON r.institution_id = p.institution_id AND r.id = p.inviter_id
   WHERE p.institution_id = %(institution)s AND r.inviter_id IS NULL
  UNION ALL
  SELECT t.root_id, p.id, t.depth + 1
    FROM tree t
    JOIN promoters_promoter p ON p.institution_id = %(institution)s AND p.inviter_id = t.id
   WHERE t.depth < %(deepest)s
), level2 AS (
  SELECT promoter_id, sum(booked - reversed) AS amount
    FROM commissions_commission
   WHERE institution_id = %(institution)s AND level = 2
   GROUP BY promoter_id
), counted AS (
  SELECT t.root_id, count(*) AS persons, max(t.depth) AS depth, coalesce(sum(c.amount), 0) AS amount
    FROM tree t LEFT JOIN level2 c ON c.promoter_id = t.id
   GROUP BY t.root_id
)
SELECT r.id, r.code, r.nickname, n.persons, n.depth,
       (n.amount + coalesce(own.amount, 0))::bigint,
       (sum(n.persons) OVER ())::bigint
  FROM counted n
  JOIN promoters_promoter r ON r.institution_id = %(institution)s AND r.id = n.root_id
  LEFT JOIN level2 own ON own.promoter_id = n.root_id
 ORDER BY n.persons DESC, n.depth DESC, r.code
"""
# CYCLE: this one may begin in a ring.
_MEMBERS = """
WITH RECURSIVE tree (id, depth) AS (
  SELECT p.id, 1
    FROM promoters_promoter p
   WHERE p.institution_id = %(institution)s AND p.inviter_id = %(root)s
  UNION ALL
  SELECT p.id, t.depth + 1
    FROM tree t
    JOIN promoters_promoter p ON p.institution_id = %(institution)s AND p.inviter_id = t.id
   WHERE t.depth < %(deepest)s
) CYCLE id SET again USING path
SELECT t.depth, p.code, p.nickname, i.code, i.nickname, p.status, p.applied_at
  FROM tree t
  JOIN promoters_promoter p ON p.institution_id = %(institution)s AND p.id = t.id
  JOIN promoters_promoter i ON i.institution_id = %(institution)s AND i.id = p.inviter_id
 WHERE NOT t.again
 ORDER BY t.depth, i.code, p.code
 LIMIT %(limit)s
"""
_INVITED = """
SELECT count(*) FROM promoters_promoter
 WHERE institution_id = %(institution)s AND inviter_id IS NOT NULL
"""


def read() -> tuple[list[Root], int]:
    """Every root with somebody under it, the largest first; and how many invited persons no root
    reaches."""
    parameters: dict[str, Any] = {"institution": institution_id(), "deepest": DEEPEST}
    with connection.cursor() as cursor:
        cursor.execute(_ROOTS, parameters)
        rows = cursor.fetchall()
        cursor.execute(_INVITED, parameters)
        (invited,) = cursor.fetchone()
    reached = rows[0][6] if rows else 0
    return [Root(*row[:6]) for row in rows], invited - reached


def under(person: UUID, limit: int) -> list[Member]:
    """Who stands under somebody, root or not, the nearest first. In a ring, that is everybody in
    it down to the bound, and each only once."""
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "deepest": DEEPEST,
        "root": person,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, parameters)
        return [Member(*row) for row in cursor.fetchall()]
