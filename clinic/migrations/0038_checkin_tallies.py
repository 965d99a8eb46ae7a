"""A patient's check-ins are counted once they are over; what changes one of them undoes the count."""

# ruff: noqa: S608 - the statements are put together from the names below
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

TALLIES, CHECKINS, REPORTS = "clinic_checkintally", "clinic_checkin", "clinic_report"

# A report that came after the count came after the check-in's time, too, and so answers nothing that was counted
# as unanswered: closing what is overdue undoes nothing.
_CLOSED_LATE = f"""
    OLD.report_id IS NULL AND NEW.report_id IS NOT NULL
    AND OLD.state = 'planned' AND NEW.state = 'done'
    AND OLD.patient_id = NEW.patient_id AND OLD.due_at = NEW.due_at AND OLD.kind = NEW.kind
    AND counted_at < (SELECT received_at FROM {REPORTS} WHERE id = NEW.report_id)
"""
_CHANGED = f"""
    DELETE FROM {TALLIES} WHERE patient_id IN (OLD.patient_id, NEW.patient_id)
    AND (OLD.due_at < through OR NEW.due_at < through) AND NOT coalesce({_CLOSED_LATE}, false);
"""
_ADDED = f"DELETE FROM {TALLIES} WHERE patient_id = NEW.patient_id AND NEW.due_at < through;"
_REMOVED = f"DELETE FROM {TALLIES} WHERE patient_id = OLD.patient_id AND OLD.due_at < through;"

# What a check-in is counted by. The level that silence has raised is none of it.
_COUNTED_BY = "patient_id, due_at, state, report_id, kind"
EVENTS = {
    "added": ("AFTER INSERT", "NEW", _ADDED),
    "changed": (f"AFTER UPDATE OF {_COUNTED_BY}", "NEW", _CHANGED),
    "removed": ("AFTER DELETE", "OLD", _REMOVED),
}


def add_triggers(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, (event, row, statement) in EVENTS.items():
        if is_postgresql:
            # Whoever counts this patient's waits until this is committed, and this until they have counted.
            schema_editor.execute(
                f"CREATE FUNCTION kinwatch_tally_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"PERFORM pg_advisory_xact_lock_shared(hashtext('{TALLIES}'), hashtext({row}.patient_id::text)); "
                f"{statement} RETURN NULL; END $$",
                params=None,
            )
            body = f"FOR EACH ROW EXECUTE FUNCTION kinwatch_tally_{name}()"
        else:
            body = f"FOR EACH ROW BEGIN {statement} END"
        schema_editor.execute(
            f"CREATE TRIGGER {CHECKINS}_tally_{name} {event} ON {CHECKINS} {body}", params=None
        )


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name in EVENTS:
        table = f" ON {CHECKINS}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {CHECKINS}_tally_{name}{table}")
        if is_postgresql:
            schema_editor.execute(f"DROP FUNCTION kinwatch_tally_{name}()")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0037_reports_by_patient_and_day"),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckinTally",
            fields=[
                (
                    "patient",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="checkin_tally",
                        serialize=False,
                        to="clinic.patient",
                    ),
                ),
                ("basis", models.CharField(max_length=64)),
                ("through", models.DateTimeField()),
                ("counted_at", models.DateTimeField()),
                ("weeks", models.JSONField()),
            ],
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
