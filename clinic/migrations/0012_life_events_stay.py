"""A life event can be put on record and, once, taken back; nothing else of it changes, and none is deleted."""

from typing import Any

from django.db import migrations

TABLE = "clinic_lifeevent"
FACTS = (
    "id, patient_id, kind, at, recorded_at, recorded_by_id, reason, escalation_id, status_before, status_after, "
    "paused_until_before, pause_reason_before"
)
TRIGGERS = {
    "facts": f"BEFORE UPDATE OF {FACTS} ON {TABLE} FOR EACH ROW",
    "taken_back": f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (OLD.taken_back_at IS NOT NULL)",
    "delete": f"BEFORE DELETE ON {TABLE} FOR EACH ROW",
}


def add_triggers(apps: Any, schema_editor: Any) -> None:
    vendor = schema_editor.connection.vendor
    for name, event in TRIGGERS.items():
        if vendor == "postgresql":
            body = "EXECUTE FUNCTION kinwatch_append_only()"
        else:
            body = f"BEGIN SELECT RAISE(ABORT, 'append-only: {name} on {TABLE} is refused'); END"
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_{name} {event} {body}")
    if vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_truncate BEFORE TRUNCATE ON {TABLE} "
            "FOR EACH STATEMENT EXECUTE FUNCTION kinwatch_append_only()"
        )


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in (*TRIGGERS, *(["truncate"] if is_postgresql else [])):
        table = f" ON {TABLE}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}{table}")


class Migration(migrations.Migration):
    dependencies = [("clinic", "0011_life_events")]

    operations = [migrations.RunPython(add_triggers, remove_triggers)]
