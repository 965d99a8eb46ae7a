"""Steps of migrations that are made while an older version runs; here because every app may import this one.

How they are used is told in docs/development.md, "Changing the schema".
"""

from typing import Any

from django.contrib.postgres import operations as postgres
from django.db.migrations import AddIndex, SeparateDatabaseAndState
from django.db.migrations.operations.base import Operation


class AddIndexConcurrently(postgres.AddIndexConcurrently):
    """An index that is built while rows are written; the migration needs `atomic = False`.

    On SQLite, which one process holds on one machine, it is an ordinary index.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_forwards(self, app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
        else:
            AddIndex.database_backwards(self, app_label, schema_editor, from_state, to_state)


def models_first(*steps: Operation) -> SeparateDatabaseAndState:
    """What gets narrower, in the models only: this release and the last live with the table as it is."""
    return SeparateDatabaseAndState(state_operations=list(steps))


def tables_follow(*, were: Operation, step: Operation) -> SeparateDatabaseAndState:
    """A release later the same in the tables; `were` leads the models back to what the table still has."""
    return SeparateDatabaseAndState(
        database_operations=[SeparateDatabaseAndState(state_operations=[were]), step]
    )
