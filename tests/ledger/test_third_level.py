"""A third level, a reward per head and a rate above the cap cannot be stored by any path.

Everything here is plain SQL, past all checks in Python, as the application's role and as the
owner of the tables: what refuses are constraints, not privileges.
"""

import pytest
from psycopg import errors

COMMISSION = "commissions_commission"
_TOGETHER = "rule_levels_together_within_cap"


@pytest.mark.parametrize("level", [0, 3, 4, 32767])
def test_there_are_two_levels(attacker, level):
    assert attacker.refused_like(errors.CheckViolation, COMMISSION, level=level) == (
        "commission_two_levels_only"
    )


@pytest.mark.parametrize("level", [0, 3, 4, 32767])
def test_no_commission_moves_to_another_level(told, level):
    statement = f"UPDATE {COMMISSION} SET level = %s"
    with told.connect("owner") as owner:
        assert owner.refused(errors.CheckViolation, statement, level) == (
            "commission_two_levels_only"
        )
    with told.connect("application") as application:
        application.refused(errors.InsufficientPrivilege, statement, level)


def test_what_is_cut_has_two_levels_too(told):
    """The story has no cut, so the row is made of a commission's line."""
    statement = (
        "INSERT INTO commissions_cut (institution_id, id, line_id, level, wanted, granted, reason)"
        f" SELECT institution_id, gen_random_uuid(), line_id, %s, 2, 1, 'capped' FROM {COMMISSION}"
        " WHERE institution_id = %s LIMIT 1"
    )
    for role in ("application", "owner"):
        with told.connect(role) as attacker:
            assert attacker.change(statement, 2, told.institution) == 1
            assert attacker.refused(errors.CheckViolation, statement, 3, told.institution) == (
                "cut_two_levels_only"
            )


def test_each_level_of_a_line_is_booked_once(attacker):
    assert attacker.refused_like(errors.UniqueViolation, COMMISSION) == (
        "commission_once_per_line_and_level"
    )


def test_a_commission_is_never_above_its_cap(told):
    statement = f"UPDATE {COMMISSION} SET booked = %s WHERE id = %s"
    with told.connect("owner") as owner:
        (key, paid, cap), *_ = owner.ask(f"SELECT id, line_paid, cap_bps FROM {COMMISSION}")
        limit = paid * cap // 10000
        assert owner.change(statement, limit, key) == 1
        assert owner.refused(errors.CheckViolation, statement, limit + 1, key) == (
            "commission_within_cap"
        )


@pytest.mark.parametrize(
    ("changes", "error", "constraint"),
    [
        ({"cap_bps": 3001}, errors.CheckViolation, "commission_cap_within_rule"),
        (
            {"cap_bps": 10000, "rule_cap_bps": 10000},
            errors.ForeignKeyViolation,
            "commissions_commission_rule_id_fk",
        ),
        (
            {"line_paid": 10**9, "booked": 10**8},
            errors.ForeignKeyViolation,
            "commissions_commission_line_id_fk",
        ),
    ],
)
def test_a_commission_claims_no_other_cap_or_payment(attacker, changes, error, constraint):
    """What it is held against comes from the rule and the line, by foreign key."""
    where = f"level = 1 AND line_id NOT IN (SELECT line_id FROM {COMMISSION} WHERE level = 2)"
    assert attacker.refused_like(error, COMMISSION, where, level=2, **changes) == constraint


@pytest.mark.parametrize("column", ["booked", "cap_bps", "line_paid", "level", "promoter_id"])
def test_what_was_booked_stays_as_it_was(told, column):
    """Neither the amount nor what it is held against can be raised afterwards."""
    with told.connect("application") as application:
        application.refused(
            errors.InsufficientPrivilege, f"UPDATE {COMMISSION} SET {column} = {column}"
        )


def test_a_balance_keeps_its_floor(told):
    with told.connect("application") as application:
        application.refused(errors.InsufficientPrivilege, "UPDATE ledger_balance SET floor = NULL")


@pytest.mark.parametrize("booked", [0, -1])
def test_a_commission_is_positive(attacker, booked):
    where = "reversed = 0"
    assert attacker.refused_like(errors.CheckViolation, COMMISSION, where, booked=booked) == (
        "commission_positive"
    )


def test_no_more_comes_back_than_was_booked(attacker):
    statement = f"UPDATE {COMMISSION} SET reversed = %s"
    for reversed_ in ("booked + 1", "-1"):
        refused = attacker.refused(errors.CheckViolation, statement % reversed_)
        assert refused == "commission_reversed_within_booked"


@pytest.mark.parametrize("bps", [3001, 10000, 2**31 - 1])
def test_a_rule_pays_no_more_than_the_versions_cap(attacker, bps):
    where = "level1_bps IS NOT NULL"
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_rule", where, level1_bps=bps, key="new"
    ) in {"rule_level1_within_cap", "rule_levels_together_within_cap"}


def test_two_levels_together_pay_no_more_than_the_cap(attacker):
    where = "pays_level2 AND level1_bps = 1000"
    too_much = {"level2_bps": 2001, "key": "new"}
    for left, refused in ((999, "rule_level1_within_cap"), (1000, _TOGETHER), (3000, _TOGETHER)):
        assert refused == attacker.refused_like(
            errors.CheckViolation, "programmes_rule", where, level1_cap_bps=left, **too_much
        )
    attacker.add_like("programmes_rule", where, level2_bps=2000, level1_cap_bps=1000, key="new")


def test_steps_leave_room_for_level2(attacker):
    """A step stands under what a paid level 2 leaves of the cap."""
    ladder = {"level1_bps": None, "tier_metric": "orders", "tier_period": "month"}
    where = "pays_level2 AND level1_bps = 1000"
    percents = {"level2_bps": 2500, "level1_cap_bps": 500, "key": "steps"}
    attacker.add_like("programmes_rule", where, **ladder, **percents)
    ((rule,),) = attacker.ask("SELECT id FROM programmes_rule WHERE key = 'steps'")
    step = {"rule_id": str(rule), "threshold": 1, "fixed": None}
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_step", cap_bps=500, bps=501, **step
    ) == ("step_is_percent_within_cap_or_fixed")
    assert attacker.refused_like(
        errors.ForeignKeyViolation, "programmes_step", cap_bps=3000, bps=501, **step
    ) == ("programmes_step_cap_fk")
    attacker.add_like("programmes_step", cap_bps=500, bps=500, **step)


@pytest.mark.parametrize("cap", [3001, 2999, 0])
def test_a_rule_cannot_name_another_cap_than_its_version(attacker, cap):
    where = "tier_metric IS NOT NULL"
    assert attacker.refused_like(
        errors.ForeignKeyViolation,
        "programmes_rule",
        where,
        cap_bps=cap,
        level1_cap_bps=cap,
        level2_bps=None,
        key="new",
    ) == ("programmes_rule_cap_fk")


def test_a_step_pays_no_more_than_the_cap(attacker):
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_step", bps=3001, threshold=99
    ) == ("step_is_percent_within_cap_or_fixed")


def test_a_step_cannot_name_another_cap_than_its_rule(attacker):
    assert attacker.refused_like(
        errors.ForeignKeyViolation, "programmes_step", cap_bps=9999, bps=9999, threshold=99
    ) == ("programmes_step_cap_fk")


@pytest.mark.parametrize("changes", [{"bps": 0}, {"bps": None}, {"bps": 1, "fixed": 1}])
def test_a_step_pays_a_percent_or_an_amount(attacker, changes):
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_step", threshold=99, **changes
    ) == ("step_is_percent_within_cap_or_fixed")


@pytest.mark.parametrize(
    "changes",
    [
        {"level1_bps": None},
        {"level1_fixed": 5},
        {"level1_bps": None, "level1_fixed": -1},
        {"tier_metric": "orders", "tier_period": "month"},
        {"level1_bps": None, "tier_metric": "orders"},
        {"level1_bps": None, "tier_metric": "orders", "tier_period": "day"},
        {"level1_bps": None, "tier_metric": "heads", "tier_period": "month"},
        {"level1_bps": None, "tier_metric": "invited", "tier_period": "month"},
    ],
)
def test_level_1_is_one_of_percent_amount_or_ladder(attacker, changes):
    """A ladder climbs by orders or by sales: never by heads."""
    where = "level1_bps IS NOT NULL"
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_rule", where, key="new", **changes
    ) == ("rule_level1_is_percent_fixed_or_tiered")


def test_level_2_is_a_percent_or_an_amount(attacker):
    assert attacker.refused_like(
        errors.CheckViolation,
        "programmes_rule",
        "level2_bps IS NOT NULL",
        key="new",
        level2_fixed=1,
    ) == ("rule_level2_is_percent_or_fixed")


def _new_version(**changes: object) -> dict[str, object]:
    return {"number": 99, "effective_from": "2031-01-01T00:00:00Z", **changes}


def test_a_version_stays_below_the_platforms_limit(attacker):
    assert attacker.refused_like(
        errors.CheckViolation, "programmes_version", **_new_version(max_rate_bps=3001)
    ) == ("version_within_platform_limit")


@pytest.mark.parametrize(
    "limit", [{"platform_max_rate_bps": 9000}, {"platform_max_rate_bps": 2999}]
)
def test_a_version_names_the_limits_as_they_are(attacker, limit):
    changes = _new_version(max_rate_bps=2000, **limit)
    assert attacker.refused_like(errors.ForeignKeyViolation, "programmes_version", **changes) == (
        "programmes_version_limits_fk"
    )


def test_level_2_is_paid_only_where_the_platform_allows_it(told):
    with told.connect("owner") as owner:
        owner.scope(told.neighbour)
        where = f"institution_id = '{told.neighbour}'"
        changes = _new_version(level2=True, pays_level2=True)
        assert owner.refused_like(
            errors.CheckViolation, "programmes_version", where, **changes
        ) == ("version_level2_only_where_allowed")
        # Claiming that it is allowed does not help: the limits say otherwise.
        changes["platform_level2_allowed"] = True
        assert owner.refused_like(
            errors.ForeignKeyViolation, "programmes_version", where, **changes
        ) == ("programmes_version_limits_fk")
        # Nor does a rule that pays under a version that does not.
        assert owner.refused_like(
            errors.ForeignKeyViolation, "programmes_rule", where, key="new", pays_level2=True
        ) == ("programmes_rule_cap_fk")
    with told.connect("application", scoped=False) as application:
        application.scope(told.neighbour)
        changes = _new_version(level2=True, pays_level2=True)
        assert application.refused_like(errors.CheckViolation, "programmes_version", **changes) == (
            "version_level2_only_where_allowed"
        )


def test_limits_are_at_most_everything(attacker):
    assert attacker.refused_like(
        errors.CheckViolation, "tenancy_limits", number=99, max_rate_bps=10001
    ) == ("limits_rate_sane")


def test_nobody_invites_himself(attacker):
    refused = attacker.refused(
        errors.CheckViolation, "UPDATE promoters_promoter SET inviter_id = id WHERE code = 'boss'"
    )
    assert refused == "promoter_not_own_inviter"


def test_there_is_no_column_for_anything_else(told):
    """No JSON and no spare column in which a third level or a reward per head could hide."""
    with told.connect("owner") as owner:
        found = dict(
            owner.ask(
                "SELECT table_name::text, array_agg(column_name::text ORDER BY column_name)"
                "  FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN"
                " ('programmes_rule', 'programmes_step', 'commissions_commission') GROUP BY 1"
            )
        )
        json = owner.ask(
            "SELECT table_name::text, column_name::text FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('json', 'jsonb', 'hstore')"
            "   AND table_name ~ '^(programmes|commissions|ledger|orders|tenancy|standings)_'"
        )
    # A backtest tells what terms would have cost; nobody is ever paid by it.
    assert sorted(json) == [("commissions_backtest", "answer"), ("commissions_backtest", "terms")]
    assert found == {
        "commissions_commission": [
            "available_at",
            "base",
            "booked",
            "booked_at",
            "cap_bps",
            "id",
            "institution_id",
            "level",
            "line_id",
            "line_paid",
            "matured_at",
            "order_id",
            "placed_at",
            "promoter_id",
            "reversed",
            "rule_cap_bps",
            "rule_id",
            "rule_key",
            "state",
            "state_reason",
            "tier_figure",
        ],
        "programmes_rule": [
            "base",
            "cap_bps",
            "course_scope",
            "course_value",
            "ends_at",
            "id",
            "institution_id",
            "key",
            "level1_bps",
            "level1_cap_bps",
            "level1_fixed",
            "level2_bps",
            "level2_fixed",
            "pays_level2",
            "place",
            "promoter_scope",
            "promoter_value",
            "starts_at",
            "tier_metric",
            "tier_period",
            "version_id",
        ],
        "programmes_step": [
            "bps",
            "cap_bps",
            "fixed",
            "id",
            "institution_id",
            "rule_id",
            "threshold",
        ],
    }
