"""Every table of an institution is distributable, guarded and owned (house.md, Values)."""

from collections import defaultdict

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.models.fields.related import ForeignObject

from kefen.ops.privileges import CHANGING_COLUMNS
from kefen.platform.tenancy.base import InstitutionModel
from kefen.platform.tenancy.distribution import POLICY, references

Rows = list[tuple[object, ...]]

# Tables that no institution owns: they would be reference tables where the schema is distributed.
SHARED = {
    "tenancy_institution",  # the institutions themselves
    "tenancy_clockshift",  # the demo's clock
    "audit_platformrecord",  # what the platform's people did, over all institutions
    "oversight_figures",  # what a job gathered of each institution: counts and sums, no rows of it
    "oversight_month",
    "exports_platformexport",  # files of the platform's own people
    "exports_platformpart",
    "identity_user",  # who signs in, anywhere on the installation
    "identity_onetimecode",  # digests and sealed values; the platform's own people have no school
    "merchants_merchantclaim",  # whose a number at a channel is, by a keyed digest
    "compliance_filedlicence",  # the platform's queue of licences: school, kind, state and days
    "referrals_shortcode",  # which institution's link a short code is
}
SHARED_PREFIXES = ("sandbox_",)  # the channel on its other side: another company's books
FRAMEWORK = ("django_", "procrastinate_", "auth_")

MODELS = [model for model in apps.get_models() if issubclass(model, InstitutionModel)]
TABLES = {model._meta.db_table: model for model in MODELS}
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)


def rows(statement: str, *parameters: object) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def columns_of(constraint_kind: str, table: str) -> list[list[str]]:
    found = rows(
        "SELECT array_agg(a.attname ORDER BY k.place) FROM pg_constraint c"
        " CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k(number, place)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number"
        " WHERE c.conrelid = %s::regclass AND c.contype = %s GROUP BY c.oid",
        table,
        constraint_kind,
    )
    return [list(names) for (names,) in found]  # type: ignore[call-overload]


def test_there_are_models() -> None:
    assert len(MODELS) > 20


def test_every_model_belongs_to_an_institution_or_is_known_to_be_shared() -> None:
    others = {
        model._meta.db_table
        for model in apps.get_models()
        if not issubclass(model, InstitutionModel) and model._meta.managed
    }
    unknown = {t for t in others - SHARED if not t.startswith((*FRAMEWORK, *SHARED_PREFIXES))}
    assert unknown == set()


def test_the_database_has_no_table_that_no_model_knows() -> None:
    listed = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    there = {str(name) for (name,) in listed}
    known = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    assert {name for name in there - known if not name.startswith(FRAMEWORK)} == set()


@each_model
def test_its_key_is_by_institution(model: type[InstitutionModel]) -> None:
    assert columns_of("p", model._meta.db_table) == [["institution_id", "id"]]


@each_model
def test_its_unique_keys_and_indexes_begin_with_the_institution(
    model: type[InstitutionModel],
) -> None:
    table = model._meta.db_table
    found = rows(
        "SELECT a.attname, i.indisunique FROM pg_index i"
        " LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass",
        table,
    )
    assert found
    others = [(first, unique) for first, unique in found if first != "institution_id"]
    # A user of the whole installation is looked for among all institutions.
    shared = {f.column for f in model._meta.fields if isinstance(f, models.ForeignKey)}
    assert [pair for pair in others if pair[1] or pair[0] not in shared] == []


@each_model
def test_its_foreign_keys_name_the_institution(model: type[InstitutionModel]) -> None:
    table = model._meta.db_table
    found = rows(
        "SELECT c.confrelid::regclass::text,"
        " array_agg(a.attname::text ORDER BY k.place), array_agg(f.attname::text ORDER BY k.place)"
        " FROM pg_constraint c"
        " CROSS JOIN unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(own, other, place)"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own"
        " JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.other"
        " WHERE c.conrelid = %s::regclass AND c.contype = 'f' GROUP BY c.oid",
        table,
    )
    for target, own, other in found:
        if target in TABLES:
            pairs = list(zip(own, other, strict=True))  # type: ignore[call-overload]
            assert ("institution_id", "institution_id") in pairs, (table, target)
        else:
            assert target in SHARED, (table, target)


@each_model
def test_its_references_are_foreign_keys_in_the_database(model: type[InstitutionModel]) -> None:
    there = {tuple(names) for names in columns_of("f", model._meta.db_table)}
    for column, _ in references(model):
        assert any(key[:2] == ("institution_id", column) for key in there), (model, column)


@each_model
def test_its_references_are_by_institution(model: type[InstitutionModel]) -> None:
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey):
            target = field.related_model._meta.db_table
            assert target in SHARED, f"{model._meta.label}.{field.name} refers by id alone"
        elif isinstance(field, ForeignObject):
            assert field.from_fields[0] == "institution"


@each_model
def test_it_is_guarded_row_by_row(model: type[InstitutionModel]) -> None:
    table = model._meta.db_table
    assert rows("SELECT relrowsecurity FROM pg_class WHERE oid = %s::regclass", table) == [(True,)]
    policies = rows(
        "SELECT policyname, cmd, permissive, qual FROM pg_policies WHERE tablename = %s", table
    )
    assert len(policies) == 1
    name, command, permissive, condition = policies[0]
    assert (name, command, permissive) == (POLICY, "ALL", "PERMISSIVE")
    assert "institution_id = " in str(condition)
    assert "kefen.institution" in str(condition)


@each_model
def test_it_has_no_identity_sequence_default_or_trigger(model: type[InstitutionModel]) -> None:
    table = model._meta.db_table
    assert (
        rows(
            "SELECT attname FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND (attidentity <> '' OR attgenerated <> '')",
            table,
        )
        == []
    )
    drawn = rows(
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = %s::regclass", table
    )
    assert [default for (default,) in drawn if "nextval" in str(default)] == []
    triggers = rows(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", table
    )
    assert triggers == []
    assert columns_of("x", table) == []  # no exclusion constraints


def test_the_database_needs_no_extension() -> None:
    assert rows("SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'") == []


def test_the_application_owns_nothing_and_passes_no_guard() -> None:
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname = current_user"
    ) == [(False, False, False, False)]
    owned = rows("SELECT tablename FROM pg_tables WHERE tableowner = current_user")
    assert owned == []


@each_model
def test_what_is_append_only_can_only_be_read_and_added_to(model: type[InstitutionModel]) -> None:
    privileges = defaultdict(bool)
    for verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"):
        ((allowed,),) = rows(
            "SELECT has_table_privilege(current_user, %s, %s)", model._meta.db_table, verb
        )
        privileges[verb] = bool(allowed)
    some = CHANGING_COLUMNS.get(model._meta.db_table)
    changes = not model.append_only and some is None
    assert privileges == {
        "SELECT": True,
        "INSERT": True,
        "UPDATE": changes,
        "DELETE": changes,
        "TRUNCATE": False,
    }
    if some is not None:
        assert changeable(model) == set(some)


def changeable(model: type[InstitutionModel]) -> set[str]:
    """The columns that the application may change."""
    return {
        str(column)
        for (column,) in rows(
            "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = %s::regclass"
            " AND a.attnum > 0 AND NOT a.attisdropped"
            " AND has_column_privilege(current_user, a.attrelid, a.attnum, 'UPDATE')",
            model._meta.db_table,
        )
    }


def test_the_ledger_is_append_only() -> None:
    kept = {table for table, model in TABLES.items() if model.append_only}
    assert {"ledger_transfer", "ledger_entry", "ledger_account", "audit_record"} <= kept


def test_no_migration_is_missing() -> None:
    call_command("check_migrations", verbosity=0)
