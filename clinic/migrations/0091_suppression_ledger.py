"""Names what each row of the ledger accounts for, and where the nightly counts are kept."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


PAGING = ("urgent", "emergency")


def name_events(apps, schema_editor):
    """A row and the event that it is about were written at the same moment."""
    rows = apps.get_model("clinic", "Suppression").objects
    events = apps.get_model("clinic", "EscalationEvent").objects.filter(level__in=PAGING)
    for row in rows.filter(rule__in=["already_paging", "already_held"], event=None).order_by("pk"):
        same = events.filter(escalation_id=row.escalation_id, at=row.at, suppression=None)
        row.event = same.exclude(kind__in=["opened", "rose"]).order_by("pk").first()
        row.save(update_fields=["event"])


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0090_protocol_drafts"),
    ]

    operations = [
        migrations.AddField(
            model_name="suppression",
            name="event",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suppression",
                to="clinic.escalationevent",
            ),
        ),
        migrations.AddField(
            model_name="suppression",
            name="page",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="suppression",
                to="clinic.page",
            ),
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
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
                    ("stop_asked", "A family may want no more texts: ask them"),
                    ("number_bad", "A family's phone number does not work"),
                    ("number_silent", "A text did not reach a family"),
                    ("staff_number", "Texts do not reach a member of the team"),
                    ("texts_held", "Texts are not going out"),
                    ("budget_low", "Most of this month's texts are used"),
                    ("budget_out", "This month's texts are used up: reminders have stopped"),
                    ("rota_gap", "The rota has a gap"),
                    ("unreachable", "A person on the rota cannot be reached for certain"),
                    ("shift_unconfirmed", "A shift has not been confirmed"),
                    ("drill_missed", "A test page was not answered"),
                    ("unwatched", "Nobody is watching the console"),
                    ("test_unanswered", "The weekly test was not answered"),
                    ("ledger_wrong", "The count of pages does not add up"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="LedgerDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("alarms", models.PositiveIntegerField()),
                ("paged", models.PositiveIntegerField()),
                ("answered_first", models.PositiveIntegerField()),
                ("held_back", models.PositiveIntegerField()),
                ("unaccounted", models.PositiveIntegerField()),
                ("lost_pages", models.PositiveIntegerField()),
                ("counted_at", models.DateTimeField()),
                (
                    "clinic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_days",
                        to="clinic.clinic",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "day"), name="ledger_day_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "alarms",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("paged"), "+", models.F("answered_first")
                                        ),
                                        "+",
                                        models.F("held_back"),
                                    ),
                                    "+",
                                    models.F("unaccounted"),
                                ),
                            )
                        ),
                        name="ledger_day_adds_up",
                    ),
                ],
            },
        ),
    ]
