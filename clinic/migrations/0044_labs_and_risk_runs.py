"""Laboratory values, facts for the scores and risk assessments; a value can only be struck out."""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TABLE = "clinic_labresult"
FACTS = (
    "id, patient_id, lab, typed_value, typed_unit, value, taken_on, taken_at, source, is_confirmed, entered_at, "
    "entered_by_id"
)
# Deleting is for the record of somebody who is erased (services/patients/erasure.py).
TRIGGERS = {
    "facts": f"BEFORE UPDATE OF {FACTS} ON {TABLE} FOR EACH ROW",
    "struck": f"BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN (OLD.struck_at IS NOT NULL)",
}


def add_triggers(apps: Any, schema_editor: Any) -> None:
    for name, event in TRIGGERS.items():
        if schema_editor.connection.vendor == "postgresql":
            body = "EXECUTE FUNCTION kinwatch_append_only()"
        else:
            body = f"BEGIN SELECT RAISE(ABORT, 'append-only: {name} on {TABLE} is refused'); END"
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_{name} {event} {body}")


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    table = f" ON {TABLE}" if schema_editor.connection.vendor == "postgresql" else ""
    for name in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}{table}")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0043_roles_from_directory"),
    ]

    operations = [
        migrations.AddField(
            model_name="risklowering",
            name="ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="risklowering",
            name="reason_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("known_baseline", "Usual for this person"),
                    ("wrong_data", "A value or fact is wrong"),
                    ("clinical_judgement", "Clinical judgment"),
                    ("palliative_plan", "Palliative plan"),
                    ("other", "Another reason"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="systemalarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unscored", "A report has not been scored"),
                    ("no_on_call", "Nobody is on call"),
                    ("no_role_on_call", "Nobody of a role that must answer is on call"),
                    ("page_failed", "A page could not be delivered"),
                    ("opted_out", "A family stopped our texts: call them"),
                    ("no_night_watch", "A family has not said who is awake tonight"),
                    ("text_received", "A text message came in that nobody has read"),
                    ("help_asked", "A family asks for a person by text: call them now"),
                    ("death_told", "A family's text may tell of a death: read it now"),
                    ("stop_asked", "A family may want no more texts: ask them"),
                    ("number_bad", "A family's phone number does not work"),
                    ("number_silent", "A text did not reach a family"),
                    ("staff_number", "Texts do not reach a member of the team"),
                    ("texts_held", "Texts are not going out"),
                    ("provider_down", "Texts or calls are not going out: watch this page"),
                    ("budget_low", "Most of this month's texts are used"),
                    ("budget_out", "This month's texts are used up: reminders have stopped"),
                    ("rota_gap", "The rota has a gap"),
                    ("unreachable", "A person on the rota cannot be reached for certain"),
                    ("shift_unconfirmed", "A shift has not been confirmed"),
                    ("drill_missed", "A test page was not answered"),
                    ("unwatched", "Nobody is watching the console"),
                    ("test_unanswered", "The weekly test was not answered"),
                    ("handover_unsigned", "A shift handover is not signed yet"),
                    ("ledger_wrong", "The count of pages does not add up"),
                    ("replay_differs", "A stored report no longer gives the level that was stored"),
                    ("nobody_watches", "Nobody of this family can report any more: who watches now?"),
                    (
                        "home_again",
                        "Home from hospital: ask who helps now, their numbers and the next check-in",
                    ),
                    ("call_family", "This patient has died: somebody should call the family"),
                    ("transfer_offered", "Another clinic offers to hand a patient over: answer it"),
                    ("transfer_declined", "The other clinic does not take the patient over"),
                    ("audit_broken", "The audit trail does not hold"),
                    ("refusals", "Somebody was often refused"),
                    ("access_given", "Access was given or changed here"),
                    ("codes_asked", "Somebody asks for many sign-in codes of a family"),
                    ("device_waits", "A family's new phone waits: ask them, then confirm it"),
                    ("device_refused", "A family says that a phone which signed in is not theirs"),
                    ("passwords_tried", "Somebody tries passwords of a member of the team"),
                    ("rules_published", "A protocol was published from the command line"),
                    ("emergency_access", "A record was opened in an emergency: look at it"),
                    ("access_asked", "An operator asks for access here: agree or refuse"),
                    ("risk_lowering", "A lower risk waits for a second person"),
                    ("risk_suggested", "A higher risk is suggested: answer it"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="LabResult",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("lab", models.CharField(max_length=20)),
                ("typed_value", models.CharField(max_length=20)),
                ("typed_unit", models.CharField(max_length=12)),
                ("value", models.DecimalField(decimal_places=4, max_digits=14)),
                ("taken_on", models.DateField()),
                ("taken_at", models.CharField(blank=True, max_length=5)),
                ("source", models.CharField(max_length=12)),
                ("is_confirmed", models.BooleanField(default=False)),
                ("entered_at", models.DateTimeField()),
                ("struck_at", models.DateTimeField(blank=True, null=True)),
                ("struck_reason", models.CharField(blank=True, max_length=500)),
                (
                    "entered_by",
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
                        related_name="lab_results",
                        to="clinic.patient",
                    ),
                ),
                (
                    "struck_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["patient", "-taken_on", "lab"], name="lab_result_of_patient")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("struck_at__isnull", True)),
                        fields=("patient", "lab", "taken_on", "taken_at", "typed_value", "typed_unit"),
                        name="lab_result_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0)), name="lab_result_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("struck_at__isnull", True), ("struck_by__isnull", True)),
                            models.Q(("struck_at__isnull", False), ("struck_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="lab_result_struck_at_with_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("struck_at__isnull", True), ("struck_reason", "")),
                            models.Q(
                                ("struck_at__isnull", False), models.Q(("struck_reason", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="lab_result_struck_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskFactSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("course_number", models.PositiveSmallIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("facts", models.JSONField()),
                ("saved_at", models.DateTimeField()),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_fact_sheets",
                        to="clinic.patient",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("patient", "course_number", "number"), name="risk_facts_number"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RiskRun",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("course_number", models.PositiveSmallIntegerField()),
                ("day", models.IntegerField()),
                ("computed_at", models.DateTimeField()),
                ("trigger", models.CharField(max_length=10)),
                ("rule_version", models.PositiveIntegerField()),
                ("facts", models.JSONField()),
                ("result", models.JSONField()),
                ("suggested", models.JSONField()),
                ("waiting", models.JSONField(default=dict)),
                ("is_current", models.BooleanField(default=True)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="risk_runs",
                        to="clinic.patient",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["patient", "-computed_at"], name="risk_run_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)),
                        fields=("patient",),
                        name="risk_run_one_current",
                    )
                ],
            },
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
