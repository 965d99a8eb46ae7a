"""What families have read stays as it was: editions can be added and read, and nothing else."""

from typing import Any

from django.db import migrations

TABLE = "caregiver_guidanceedition"


def add_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for statement in _statements(vendor):
        schema_editor.execute(statement)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_row ON {TABLE}")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_truncate ON {TABLE}")
    elif vendor == "sqlite":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_update")
        schema_editor.execute(f"DROP TRIGGER {TABLE}_delete")


def _statements(vendor: str) -> tuple[str, ...]:
    if vendor == "postgresql":
        # The function is from clinic/0002_append_only.
        return (
            f"CREATE TRIGGER {TABLE}_row BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION kinwatch_append_only()",
            f"CREATE TRIGGER {TABLE}_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kinwatch_append_only()",
        )
    return tuple(
        f"CREATE TRIGGER {TABLE}_{verb.lower()} BEFORE {verb} ON {TABLE} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {TABLE} is refused'); END"
        for verb in ("UPDATE", "DELETE")
    )


class Migration(migrations.Migration):
    dependencies = [("caregiver", "0001_initial"), ("clinic", "0002_append_only")]

    operations = [migrations.RunPython(add_triggers, remove_triggers)]
