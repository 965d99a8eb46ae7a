"""Which monitoring fits a person, how far they are, and how caregivers bear it."""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# SQLite draws a table anew for a new column, and refuses while a trigger of another table looks into it.
_PUT_ASIDE: list[str] = []
_LOOKS_INTO_PATIENTS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%clinic_patient%'"
)


def put_triggers_aside(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        found = cursor.execute(_LOOKS_INTO_PATIENTS).fetchall()
    _PUT_ASIDE[:] = [sql for _name, sql in found]
    for name, _sql in found:
        schema_editor.execute(f"DROP TRIGGER {name}")


def put_triggers_back(apps: Any, schema_editor: Any) -> None:
    for sql in _PUT_ASIDE:
        schema_editor.execute(sql, params=None)
    _PUT_ASIDE.clear()


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0046_shared_guidance_and_variants"),
    ]

    operations = [
        migrations.CreateModel(
            name="HelpRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("night_date", models.DateField()),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="StrainAnswer",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("sleep", models.PositiveSmallIntegerField()),
                ("coping", models.PositiveSmallIntegerField()),
                ("answered_at", models.DateTimeField()),
                ("is_shared", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="accessrequest",
            name="access_request_role_of_kind",
        ),
        migrations.RemoveConstraint(
            model_name="staff",
            name="staff_role_known",
        ),
        migrations.RemoveConstraint(
            model_name="staffinvitation",
            name="staff_invitation_role_known",
        ),
        migrations.RunPython(put_triggers_aside, put_triggers_back),
        migrations.AddField(
            model_name="patient",
            name="findings",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="patient",
            name="nearest_emergency",
            field=models.CharField(blank=True, db_default="", default="", max_length=80),
        ),
        migrations.AddField(
            model_name="patient",
            name="no_transport_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(put_triggers_back, put_triggers_aside),
        migrations.AlterField(
            model_name="accessrequest",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("nurse", "Nurse"),
                    ("physician", "Physician"),
                    ("social_worker", "Social worker"),
                    ("educator", "Educator"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="requiredanswer",
            name="role",
            field=models.CharField(
                choices=[
                    ("nurse", "Nurse"),
                    ("physician", "Physician"),
                    ("social_worker", "Social worker"),
                    ("educator", "Educator"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="staff",
            name="role",
            field=models.CharField(
                choices=[
                    ("nurse", "Nurse"),
                    ("physician", "Physician"),
                    ("social_worker", "Social worker"),
                    ("educator", "Educator"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="staffinvitation",
            name="role",
            field=models.CharField(
                choices=[
                    ("nurse", "Nurse"),
                    ("physician", "Physician"),
                    ("social_worker", "Social worker"),
                    ("educator", "Educator"),
                    ("administrator", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "role"),
                        ("role__in", ["nurse", "physician", "social_worker", "educator", "administrator"]),
                    ),
                    models.Q(models.Q(("kind", "role"), _negated=True), ("role", "")),
                    _connector="OR",
                ),
                name="access_request_role_of_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="staff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["nurse", "physician", "social_worker", "educator", "administrator"])
                ),
                name="staff_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="staffinvitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["nurse", "physician", "social_worker", "educator", "administrator"])
                ),
                name="staff_invitation_role_known",
            ),
        ),
        migrations.AddField(
            model_name="helprequest",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="helprequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="helprequest",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
            ),
        ),
        migrations.AddField(
            model_name="strainanswer",
            name="author",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="strainanswer",
            name="closed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="strainanswer",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clinic.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.UniqueConstraint(
                fields=("patient", "asked_by", "night_date"), name="help_request_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="helprequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="help_request_answered_at_with_by",
            ),
        ),
        migrations.AddIndex(
            model_name="strainanswer",
            index=models.Index(fields=["patient", "author", "-answered_at"], name="strain_answer_newest"),
        ),
        migrations.AddIndex(
            model_name="strainanswer",
            index=models.Index(
                condition=models.Q(("closed_at", None), ("is_shared", True)),
                fields=["due_at"],
                name="strain_answer_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="strainanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("sleep__lte", 3), ("coping__lte", 3)), name="strain_answer_on_scale"
            ),
        ),
        migrations.AddConstraint(
            model_name="strainanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", False), ("is_shared", True)),
                    models.Q(("due_at__isnull", True), ("is_shared", False)),
                    _connector="OR",
                ),
                name="strain_answer_due_if_shared",
            ),
        ),
        migrations.AddConstraint(
            model_name="strainanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("closed_by__isnull", True)),
                    models.Q(("closed_at__isnull", False), ("closed_by__isnull", False)),
                    _connector="OR",
                ),
                name="strain_answer_closed_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="strainanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_at__isnull", True), ("is_shared", True), _connector="OR"),
                name="strain_answer_closed_if_shared",
            ),
        ),
    ]
