"""What every table of an institution has in common.

Django sees `id` (UUIDv7, made by the application) as the key; in the database the key is
`(institution_id, id)`, and so is every foreign key, so that the same schema distributes by
institution. `belongs_to` declares such a two-column reference; the migration operation
`Distribute` (distribution.py) makes the database agree.
"""

from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models.fields.related import ForeignObject

from kefen.core.ids import uuid7
from kefen.platform.tenancy.scope import institution_id as scoped_institution

_Row = TypeVar("_Row", bound=models.Model)


class InstitutionManager(models.Manager[_Row]):
    """Rows of the institution in scope; raises without a scope."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().filter(institution_id=scoped_institution())


def belongs_to(
    model: str, column: str, related_name: str = "+", *, optional: bool = False
) -> "ForeignObject[Any, Any]":
    """A reference to `model` by `(institution, column)`; the database holds the foreign key.

    `optional` says that the column may be null, so that joins keep the rows without one.
    """
    return ForeignObject(
        model,
        null=optional,
        on_delete=models.DO_NOTHING,
        from_fields=["institution", column],
        to_fields=["institution", "id"],
        related_name=related_name,
    )


class InstitutionModel(models.Model):
    """Base of every table that belongs to an institution."""

    # What the application's database role may do; see ops/privileges.py.
    append_only: ClassVar[bool] = False

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(
        # The key in the database is Distribute's: a table that refers to another of the same
        # institution needs none of its own, and the hot ones must not share-lock one row.
        "tenancy.Institution",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    objects: ClassVar[InstitutionManager[Self]] = InstitutionManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args and "institution" not in kwargs and "institution_id" not in kwargs:
            kwargs["institution_id"] = scoped_institution()
        super().__init__(*args, **kwargs)

    def _do_update(
        self,
        base_qs: "models.QuerySet[Any]",
        using: str | None,
        pk_val: UUID,
        values: Any,
        *rest: Any,
    ) -> Any:
        """Name the institution in WHERE and never in SET: a distributed table demands both."""
        kept = [value for value in values if value[0].attname != "institution_id"]
        scoped = base_qs.filter(institution_id=self.institution_id)
        return super()._do_update(scoped, using, pk_val, kept, *rest)
