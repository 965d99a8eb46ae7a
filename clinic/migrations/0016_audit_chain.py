"""Audit rows are sealed into a chain, and acts of one person alone become acts of two."""

# ruff: noqa: S608 - the statements are put together from the names below
import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import clinic.models.audit_event

SEALS = "clinic_auditseal"
DRAFTS, AUTHORS = "clinic_protocoldraft", "clinic_protocoldraftauthor"
OWN_WORK = "second person: nobody approves a draft that they have saved"

# Two rows are compared, which no check constraint can.
POSTGRES_FUNCTIONS = (
    f"""
CREATE FUNCTION kinwatch_draft_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM {AUTHORS} WHERE draft_id = NEW.id AND user_id = NEW.approved_by_id
    ) THEN
        RAISE EXCEPTION '{OWN_WORK}' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
""",
    f"""
CREATE FUNCTION kinwatch_draft_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM {DRAFTS} WHERE id = NEW.draft_id AND approved_by_id = NEW.user_id) THEN
        RAISE EXCEPTION '{OWN_WORK}' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
""",
)
POSTGRES_TRIGGERS = (
    f"CREATE TRIGGER {SEALS}_row BEFORE UPDATE OR DELETE ON {SEALS} "
    "FOR EACH ROW EXECUTE FUNCTION kinwatch_append_only()",
    f"CREATE TRIGGER {SEALS}_truncate BEFORE TRUNCATE ON {SEALS} "
    "FOR EACH STATEMENT EXECUTE FUNCTION kinwatch_append_only()",
    f"CREATE TRIGGER {DRAFTS}_approval BEFORE INSERT OR UPDATE ON {DRAFTS} "
    "FOR EACH ROW EXECUTE FUNCTION kinwatch_draft_approval()",
    f"CREATE TRIGGER {AUTHORS}_approval BEFORE INSERT ON {AUTHORS} "
    "FOR EACH ROW EXECUTE FUNCTION kinwatch_draft_author()",
)
SQLITE_TRIGGERS = (
    *(
        f"CREATE TRIGGER {SEALS}_{verb.lower()} BEFORE {verb} ON {SEALS} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {verb} on {SEALS} is refused'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    f"CREATE TRIGGER {DRAFTS}_approval BEFORE UPDATE ON {DRAFTS} WHEN EXISTS ("
    f"SELECT 1 FROM {AUTHORS} WHERE draft_id = NEW.id AND user_id = NEW.approved_by_id) "
    f"BEGIN SELECT RAISE(ABORT, '{OWN_WORK}'); END",
    f"CREATE TRIGGER {AUTHORS}_approval BEFORE INSERT ON {AUTHORS} WHEN EXISTS ("
    f"SELECT 1 FROM {DRAFTS} WHERE id = NEW.draft_id AND approved_by_id = NEW.user_id) "
    f"BEGIN SELECT RAISE(ABORT, '{OWN_WORK}'); END",
)


def add_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        statements = (*POSTGRES_FUNCTIONS, *POSTGRES_TRIGGERS)
    else:
        statements = SQLITE_TRIGGERS
    for statement in statements:
        schema_editor.execute(statement, params=None)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, table in (
            (f"{SEALS}_row", SEALS),
            (f"{SEALS}_truncate", SEALS),
            (f"{DRAFTS}_approval", DRAFTS),
            (f"{AUTHORS}_approval", AUTHORS),
        ):
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        for function in ("kinwatch_draft_approval", "kinwatch_draft_author"):
            schema_editor.execute(f"DROP FUNCTION {function}()")
        return
    for name in (f"{SEALS}_update", f"{SEALS}_delete", f"{DRAFTS}_approval", f"{AUTHORS}_approval"):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0014_index_of_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("done_place", models.BigIntegerField(default=0)),
                ("until_place", models.BigIntegerField()),
                ("fault", models.CharField(blank=True, max_length=20)),
                ("fault_event_id", models.BigIntegerField(blank=True, null=True)),
                ("hash", models.CharField(blank=True, max_length=64)),
                ("signature", models.CharField(blank=True, max_length=64)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("place", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField(unique=True)),
                ("hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FactorReset",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factor_resets",
                        to="clinic.staff",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factor_resets",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProtocolDraftAuthor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_at", models.DateTimeField()),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="authors",
                        to="clinic.protocoldraft",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="auditevent",
            name="source",
            field=models.GenericIPAddressField(
                blank=True, default=clinic.models.audit_event.current_source, null=True
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
                    ("audit_broken", "The audit trail does not hold"),
                    ("refusals", "Somebody was often refused"),
                    ("access_given", "An operator gave or changed access here"),
                    ("rules_published", "A protocol was published from the command line"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="auditcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signature", ""),
                    models.Q(("fault", ""), ("finished_at__isnull", False)),
                    _connector="OR",
                ),
                name="audit_check_signed_only_sound",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.UniqueConstraint(
                condition=models.Q(("done_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("user",),
                name="factor_reset_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="factor_reset_done_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="factor_reset_withdrawn_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="factorreset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("asked_by", models.F("user")), _negated=True),
                    models.Q(
                        ("done_by__isnull", True),
                        models.Q(
                            ("done_by", models.F("user")),
                            ("done_by", models.F("asked_by")),
                            _connector="OR",
                            _negated=True,
                        ),
                        _connector="OR",
                    ),
                ),
                name="factor_reset_two_others",
            ),
        ),
        migrations.AddConstraint(
            model_name="protocoldraftauthor",
            constraint=models.UniqueConstraint(fields=("draft", "user"), name="protocol_draft_author_once"),
        ),
        migrations.RunPython(add_triggers, remove_triggers),
    ]
