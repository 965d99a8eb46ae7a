"""What staff did of the care tasks that a protocol asks for: rows that never change."""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Deleting is for the record of somebody who is erased (services/patients/erasure.py).
TRIGGERS = {
    "clinic_caretaskentry_facts": ("clinic_caretaskentry", "BEFORE UPDATE ON clinic_caretaskentry"),
    # Beside those of clinic/0012 and 0031: where taking a discharge back leads.
    "clinic_lifeevent_home": (
        "clinic_lifeevent",
        "BEFORE UPDATE OF home_since_before ON clinic_lifeevent",
    ),
}


def add_triggers(apps: Any, schema_editor: Any) -> None:
    for name, (table, event) in TRIGGERS.items():
        if schema_editor.connection.vendor == "postgresql":
            body = "EXECUTE FUNCTION kinwatch_append_only()"
        else:
            body = f"BEGIN SELECT RAISE(ABORT, 'append-only: a change of {table} is refused'); END"
        schema_editor.execute(f"CREATE TRIGGER {name} {event} FOR EACH ROW {body}")


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    for name, (table, _event) in TRIGGERS.items():
        on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER {name}{on}")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0056_home_since"),
    ]

    operations = [
        migrations.CreateModel(
            name="CareTaskEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("course_number", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("task", models.CharField(max_length=24)),
                ("day", models.SmallIntegerField()),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("not_needed", "Not needed"),
                            ("taken_back", "Taken back"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="care_task_entries",
                        to="clinic.patient",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("patient", "number"), name="care_task_entry_number"),
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["done", "not_needed", "taken_back"])),
                        name="care_task_entry_act_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("act", "done"), models.Q(("words", ""), _negated=True), _connector="OR"
                        ),
                        name="care_task_entry_with_reason",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
