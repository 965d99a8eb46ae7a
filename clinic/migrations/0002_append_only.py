"""The audit trail and published protocol versions can be added to and read, and nothing else.

Triggers, because application code can be wrong and a table owner can do more than a role grants.
PostgreSQL also refuses TRUNCATE, which no row trigger sees.
"""

from typing import Any

from django.db import migrations

TABLES = ("clinic_auditevent", "clinic_protocolversion")

POSTGRES_FUNCTION = """
CREATE FUNCTION kinwatch_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$
"""


def add_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
    for table in TABLES:
        for statement in _statements(vendor, table):
            schema_editor.execute(statement)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for table in TABLES:
        if vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {table}_row ON {table}")
            schema_editor.execute(f"DROP TRIGGER {table}_truncate ON {table}")
        elif vendor == "sqlite":
            schema_editor.execute(f"DROP TRIGGER {table}_update")
            schema_editor.execute(f"DROP TRIGGER {table}_delete")
    if vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION kinwatch_append_only()")


def _statements(vendor: str, table: str) -> tuple[str, ...]:
    if vendor == "postgresql":
        return (
            f"CREATE TRIGGER {table}_row BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kinwatch_append_only()",
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kinwatch_append_only()",
        )
    return tuple(
        f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {table} is refused'); END"
        for verb in ("UPDATE", "DELETE")
    )


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, remove_triggers)]
