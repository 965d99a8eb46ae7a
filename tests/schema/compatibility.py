"""Refuses a step of a migration that the version which is running could not live with.

A migration runs while the old version still serves, so the tables may not lose what it reads, nor demand what
it does not write, nor be locked while an index is built. What is running is written in running.txt; a table
or column that is newer than that is nobody's yet and may change in any way. Operations are judged, not the
SQL of one database, so this holds for both and needs neither.

`python -m tests.schema.compatibility` prints what is refused (in `make check`).
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.postgres import operations as postgres
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import NOT_PROVIDED, Field

RUNNING = Path(__file__).parent / "running.txt"
# Tables with a few rows for each clinic or member of staff: an index is built on them in an instant.
SMALL = {
    "caregiver.guidancepage",
    "caregiver.picture",
    "caregiver.secondpersontask",
    "clinic.calendarfeed",
    "clinic.clinic",
    "clinic.cliniclanguage",
    "clinic.consolewatch",
    "clinic.oncall",
    "clinic.pagingladder",
    "clinic.pagingorder",
    "clinic.pin",
    "clinic.protocol",
    "clinic.protocoldraft",
    "clinic.protocolversion",
    "clinic.staff",
    "clinic.tick",
    "notifications.monthlyuse",
    "notifications.senderhold",
}
# Schema that is changed by hand is hidden from every rule below.
CHANGES_TABLES = re.compile(
    r"\b(ALTER|DROP|RENAME|CREATE(\s+UNIQUE)?)\s+(TABLE|COLUMN|INDEX)\b", re.IGNORECASE
)

MODELS_FIRST = "models_first now, tables_follow a release later"
IS_USED = f"is still used by the running version: {MODELS_FIRST}"


def refusals_of_project() -> list[str]:
    """All of ours after what is running, in the order in which they are made."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    running = [(app, name) for app, name in (line.split() for line in _lines_of(RUNNING))]
    made = {node for target in running for node in loader.graph.forwards_plan(target)}
    to_make = list(
        dict.fromkeys(
            node
            for app, _name in running
            for target in loader.graph.leaf_nodes(app)
            for node in loader.graph.forwards_plan(target)
            if node not in made
        )
    )
    ours = {app for app, _name in running}
    state = loader.project_state(running)
    return list(_refusals_in_order([loader.graph.nodes[node] for node in to_make], state, ours))


def refusals(steps: Iterable[migrations.Migration], *, running: ProjectState) -> list[str]:
    """What is wrong with these migrations, made one after the other beside a version with these models."""
    steps = list(steps)
    return list(_refusals_in_order(steps, running, {step.app_label for step in steps}))


def _lines_of(path: Path) -> list[str]:
    return [
        line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]


def _refusals_in_order(
    steps: list[migrations.Migration], running: ProjectState, ours: set[str]
) -> Iterator[str]:
    state = running.clone()
    for migration in steps:
        judge = _Judge(migration, running)
        for operation in migration.operations:
            if migration.app_label in ours:
                for reason in judge.reasons_against(operation, state):
                    yield f"{migration.app_label}.{migration.name}: {reason}"
            operation.state_forwards(migration.app_label, state)


class _Judge:
    """One migration against the models of the running version."""

    def __init__(self, migration: migrations.Migration, running: ProjectState) -> None:
        self.migration, self.running = migration, running
        self.state = running

    def reasons_against(self, operation: Operation, state: ProjectState) -> Iterator[str]:
        self.state = state
        for step, changes_tables in _steps_within(operation):
            if changes_tables:
                yield from self._against_tables(step)
            elif isinstance(step, migrations.RemoveField):
                yield from self._against_letting_go(step, state)

    def model(self, name: str) -> ModelState | None:
        """The running version's model, if it has it."""
        return self.running.models.get((self.migration.app_label, name.lower()))

    def field(self, model_name: str, name: str) -> Field | None:
        model = self.model(model_name)
        return model.fields.get(name) if model else None

    def is_large(self, model_name: str) -> bool:
        known = self.model(model_name) is not None
        return known and f"{self.migration.app_label}.{model_name.lower()}" not in SMALL

    # --- What a step does to the tables ---

    def _against_tables(self, step: Operation) -> Iterator[str]:
        if isinstance(step, migrations.RunSQL | migrations.RunPython):
            yield from self._against_statements(step)
        elif isinstance(step, migrations.DeleteModel | migrations.AlterModelTable):
            if self.model(step.name):
                yield f"{step.name} {IS_USED}"
        elif isinstance(step, migrations.RenameModel):
            if self.model(step.old_name):
                yield f"{step.old_name} {IS_USED}; a new name is a new table"
        elif isinstance(step, migrations.RenameField):
            if self.field(step.model_name, step.old_name):
                yield f"{step.model_name}.{step.old_name} {IS_USED}; a new name is a new column"
        elif isinstance(step, migrations.RemoveField):
            if self.field(step.model_name, step.name):
                yield f"{step.model_name}.{step.name} {IS_USED}"
        elif isinstance(step, migrations.AddField):
            yield from self._against_new_column(step)
        elif isinstance(step, migrations.AlterField):
            yield from self._against_changed_column(step)
        else:
            yield from self._against_rule_or_index(step)

    def _against_statements(self, step: migrations.RunSQL | migrations.RunPython) -> Iterator[str]:
        kind = type(step).__name__
        if not step.reversible:
            yield f"{kind} has no way back: give it one, or noop"
        if isinstance(step, migrations.RunSQL) and CHANGES_TABLES.search(str(step.sql)):
            yield f"{kind} changes tables: use the operation for it, so that it can be judged"

    def _against_new_column(self, step: migrations.AddField) -> Iterator[str]:
        if not self.model(step.model_name) or step.field.many_to_many:
            return
        name = f"{step.model_name}.{step.name}"
        if _demands_a_value(step.field):
            yield f"{name}: rows of the running version have no value for it: null=True or db_default"
        if _has_index(step.field) and self.is_large(step.model_name):
            yield f"{name}: writes wait for its index: db_index=False, then AddIndexConcurrently"

    def _against_changed_column(self, step: migrations.AlterField) -> Iterator[str]:
        old, new, name = self.field(step.model_name, step.name), step.field, f"{step.model_name}.{step.name}"
        if old is None:
            return
        if old.null and not new.null:
            yield f"{name}: the running version may write nothing into it: {MODELS_FIRST}"
        if not _demands_a_value(old) and _demands_a_value(new) and not old.null:
            yield f"{name}: the running version leaves its value to the database, which then has none"
        if _kind(old) != _kind(new):
            yield f"{name}: another type or column is a new column"
        if (new.max_length or sys.maxsize) < (old.max_length or sys.maxsize):
            yield f"{name}: the running version may write longer values: {MODELS_FIRST}"
        if _has_index(new) and not _has_index(old) and self.is_large(step.model_name):
            yield f"{name}: writes wait for its index: AddIndexConcurrently"

    def _against_rule_or_index(self, step: Operation) -> Iterator[str]:
        if isinstance(step, postgres.AddIndexConcurrently):
            if not step.__module__.startswith("notifications."):
                yield f"{step.index.name}: SQLite needs AddIndexConcurrently of notifications.migration_steps"
            if self.migration.atomic:
                yield f"{step.index.name}: built concurrently only outside a transaction: atomic = False"
        elif isinstance(step, migrations.AddIndex):
            if self.is_large(step.model_name):
                yield f"{step.index.name}: writes wait for it: AddIndexConcurrently"
        elif isinstance(step, migrations.AddConstraint):
            is_new = step.constraint.name not in self._rules_of(step.model_name)
            if self.model(step.model_name) and is_new and not self._spares_its_rows(step):
                yield f"{step.constraint.name}: the running version does not keep it yet: {MODELS_FIRST}"
        elif isinstance(step, migrations.RemoveConstraint):
            rule = self._rules_of(step.model_name).get(step.name)
            if isinstance(rule, models.UniqueConstraint):
                yield f"{step.name}: the running version relies on it: {MODELS_FIRST}"
        elif isinstance(step, migrations.AlterUniqueTogether) and self.model(step.name):
            yield f"{step.name}: unique_together: use a constraint with a name"

    def _spares_its_rows(self, step: migrations.AddConstraint) -> bool:
        """Unique only where a column that the running version does not know differs from its default.

        Whatever that version writes has the default there, so the rule is about no row of its own.
        """
        rule, model = (
            step.constraint,
            self.state.models.get((self.migration.app_label, step.model_name.lower())),
        )
        if not isinstance(rule, models.UniqueConstraint) or model is None:
            return False
        unknown = [name for name in rule.fields if self.field(step.model_name, name) is None]
        defaults = {name: model.fields[name].db_default for name in unknown}
        return any(
            rule.condition == ~models.Q(**{name: getattr(default, "value", default)})
            for name, default in defaults.items()
        )

    def _rules_of(self, model_name: str) -> dict[str, Any]:
        model = self.model(model_name)
        return {rule.name: rule for rule in model.options.get("constraints", [])} if model else {}

    # --- What a step does to the models alone ---

    def _against_letting_go(self, step: migrations.RemoveField, state: ProjectState) -> Iterator[str]:
        model = state.models.get((self.migration.app_label, step.model_name_lower))
        field = model.fields.get(step.name) if model else None
        if field is not None and not field.many_to_many and _demands_a_value(field):
            name = f"{step.model_name}.{step.name}"
            yield f"{name}: rows without it cannot be written: null=True or db_default first"


def _steps_within(operation: Operation) -> Iterator[tuple[Operation, bool]]:
    """Each step, and whether it changes tables or what the models say alone."""
    if not isinstance(operation, migrations.SeparateDatabaseAndState):
        yield operation, True
        return
    for one in operation.state_operations:
        yield from ((step, False) for step, _changes_tables in _steps_within(one))
    for one in operation.database_operations:
        is_only_told = isinstance(one, migrations.SeparateDatabaseAndState) and not one.database_operations
        if not is_only_told:
            yield from _steps_within(one)


def _demands_a_value(field: Field) -> bool:
    return not field.null and field.db_default is NOT_PROVIDED


def _has_index(field: Field) -> bool:
    return bool(field.unique or field.db_index)


def _kind(field: Field) -> tuple[object, ...]:
    target = getattr(field.remote_field, "model", None)
    label = target if isinstance(target, str) else getattr(getattr(target, "_meta", None), "label", None)
    numbers = getattr(field, "max_digits", None), getattr(field, "decimal_places", None)
    return field.get_internal_type(), field.db_column, label and label.lower(), numbers


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    refused = refusals_of_project()
    sys.stderr.write("".join(f"{line}\n" for line in refused))
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
