"""Columns that repeat what stands in others, in the form in which it is searched or compared."""

from collections.abc import Callable
from typing import Any

from django.db import models


class DerivedField(models.TextField):
    """Worked out from the row whenever it is written, alone or in bulk; `derived_from` names its sources.

    A row that an older version wrote has it empty, which clinic.services.patients.search_texts mends.
    """

    def __init__(
        self,
        *args: Any,
        derive: Callable[[Any], str] = str,
        derived_from: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        self.derive, self.derived_from = derive, derived_from
        super().__init__(
            *args, **{"blank": True, "default": "", "db_default": "", "editable": False, **kwargs}
        )

    def deconstruct(self) -> Any:
        """In migrations it is a text like any other: they write no row by our rules."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = self.derive(model_instance)
        setattr(model_instance, self.attname, value)
        return value


def with_derived(model: type[models.Model], update_fields: Any) -> Any:
    """The fields of a partial save, and those that are worked out from them."""
    if update_fields is None:
        return None
    names = set(update_fields)
    follow = {
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, DerivedField) and names & set(field.derived_from)
    }
    return names | follow
