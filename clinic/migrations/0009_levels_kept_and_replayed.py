"""The phone's word about a report is kept beside what scoring makes of it; each night levels are replayed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clinic", "0008_alarm_of_the_provider")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="level_on_phone",
            field=models.CharField(
                blank=True,
                choices=[
                    ("none", "none"),
                    ("watch", "watch"),
                    ("same_day", "same_day"),
                    ("urgent", "urgent"),
                    ("emergency", "emergency"),
                ],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="escalationevent",
            name="cause",
            field=models.CharField(
                blank=True,
                choices=[
                    ("missed_checkin", "A planned check-in was missed"),
                    ("worry", "The family is worried and asks to be called"),
                    ("phone_level", "The phone told the family a higher level"),
                ],
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
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ReplayRun",
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
                ("new_after", models.BigIntegerField()),
                ("new_until", models.BigIntegerField()),
                ("new_done", models.BigIntegerField()),
                ("old_after", models.BigIntegerField()),
                ("old_until", models.BigIntegerField()),
                ("old_done", models.BigIntegerField()),
                ("checked", models.PositiveIntegerField(default=0)),
                ("differing", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("new_done__gte", models.F("new_after")),
                            ("new_done__lte", models.F("new_until")),
                            ("old_done__gte", models.F("old_after")),
                            ("old_done__lte", models.F("old_until")),
                        ),
                        name="replay_within_its_ranges",
                    )
                ],
            },
        ),
    ]
