"""The migration operation that makes a table of an institution distributable and guarded."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Model
from django.db.models.fields.related import ForeignObject

POLICY = "institution_in_scope"
_IN_SCOPE = "institution_id = nullif(current_setting('kefen.institution', true), '')::uuid"


def references(model: type[Model]) -> list[tuple[str, "ForeignObject[Any, Any]"]]:
    """The two-column references of a model: (column, field)."""
    return [
        (str(field.from_fields[1]), field)
        for field in model._meta.get_fields()  # noqa: SLF001 - Django's documented meta API
        if isinstance(field, ForeignObject) and len(field.from_fields) > 1
    ]


class Distribute(Operation):
    """Key `(institution_id, id)`, two-column foreign keys and row-level security.

    Comes right after the CreateModel of each InstitutionModel; an architecture test walks all
    models and reads the catalogue to see that none was forgotten.
    """

    reduces_to_sql = True
    reversible = False

    def __init__(self, model_name: str, *, names_institution: bool = True) -> None:
        self.model_name = model_name
        # False for a hot table without any reference: a foreign key to the institution would
        # share-lock its one row with every insert.
        self.names_institution = names_institution

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: Django's picture of the table does not change."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - as Django calls it
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        table = model._meta.db_table  # noqa: SLF001
        schema_editor.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey, "
            f"ADD CONSTRAINT {table}_pkey PRIMARY KEY (institution_id, id)"
        )
        referred = references(model)
        if not referred and self.names_institution:
            schema_editor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_institution_fk "
                f"FOREIGN KEY (institution_id) REFERENCES tenancy_institution (id)"
            )
        for column, field in referred:
            target = field.related_model._meta.db_table  # noqa: SLF001
            schema_editor.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_fk "
                f"FOREIGN KEY (institution_id, {column}) REFERENCES {target} (institution_id, id)"
            )
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"CREATE POLICY {POLICY} ON {table} USING ({_IN_SCOPE})")

    def database_backwards(self, *_: Any) -> None:
        raise NotImplementedError("an institution's table never becomes an ordinary one")

    def describe(self) -> str:
        return f"Key {self.model_name} by institution, guard it by row-level security"
