"""What happens in a life is an act: the events, the statuses that they lead to, what is held back for them."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0010_word_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="LifeEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("admitted", "Admitted to hospital"),
                            ("discharged", "Discharged from hospital"),
                            ("transferred", "Transferred to another clinic"),
                            ("relapsed", "The disease came back"),
                            ("ended", "Monitoring ended"),
                            ("died", "Died"),
                            ("infused", "Infused again"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=1000)),
                (
                    "status_before",
                    models.CharField(
                        choices=[
                            ("preparing", "Preparing to go home"),
                            ("active", "Monitored"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                            ("admitted", "In hospital"),
                            ("died", "Died"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status_after",
                    models.CharField(
                        choices=[
                            ("preparing", "Preparing to go home"),
                            ("active", "Monitored"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                            ("admitted", "In hospital"),
                            ("died", "Died"),
                        ],
                        max_length=10,
                    ),
                ),
                ("paused_until_before", models.DateTimeField(blank=True, null=True)),
                ("pause_reason_before", models.CharField(blank=True, max_length=200)),
                ("taken_back_at", models.DateTimeField(blank=True, null=True)),
                ("taken_back_reason", models.CharField(blank=True, max_length=1000)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="patient",
            name="patient_status_known",
        ),
        migrations.RemoveConstraint(
            model_name="suppression",
            name="suppression_rule_known",
        ),
        migrations.AlterField(
            model_name="escalation",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("advice_given", "Spoke to family, advice given"),
                    ("clinic_visit", "Coming to the clinic"),
                    ("sent_to_emergency", "Sent to emergency care"),
                    ("admitted", "Admitted to hospital"),
                    ("could_not_reach", "Could not reach the family"),
                    ("mistaken_entry", "Entry was a mistake, checked with family"),
                    ("died", "The patient died"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="escalationevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("rose", "Level rose"),
                    ("worsened", "Something new came in: waits again"),
                    ("report_attached", "Another report came in"),
                    ("cause_added", "Another reason came in"),
                    ("improved", "A later report was at a lower level"),
                    ("expected", "Another report: as expected, nobody paged"),
                    ("paged", "Staff paged"),
                    ("acknowledged", "Acknowledged"),
                    ("joined", "The other role answered too"),
                    ("taken_over", "Taken over from a colleague"),
                    ("handed_over", "Taken over at the change of shift"),
                    ("lease_ended", "No sign of work for too long: waits again"),
                    ("released", "Whoever had it has left: waits again"),
                    ("answer_owed", "The other role has left: its answer is owed again"),
                    ("lead_texted", "Not taken in time: lead texted"),
                    ("snoozed", "Set aside"),
                    ("snooze_ended", "Set-aside time is over: waits again"),
                    ("transfer_offered", "Offered to a colleague"),
                    ("transfer_accepted", "Colleague took it over"),
                    ("transfer_declined", "Colleague did not take it over"),
                    ("transfer_withdrawn", "Offer taken back"),
                    ("opinion_asked", "Second opinion asked for"),
                    ("opinion_given", "Second opinion"),
                    ("lowered", "Level lowered by a person"),
                    ("called", "Called the family: reached"),
                    ("called_in_vain", "Called the family: not reached"),
                    ("could_not_reach", "Could not reach the family: next person paged"),
                    ("note", "Call note"),
                    ("resolved", "Resolved"),
                    ("reopened", "Opened again: it was closed by mistake"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="escalationevent",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("advice_given", "Spoke to family, advice given"),
                    ("clinic_visit", "Coming to the clinic"),
                    ("sent_to_emergency", "Sent to emergency care"),
                    ("admitted", "Admitted to hospital"),
                    ("could_not_reach", "Could not reach the family"),
                    ("mistaken_entry", "Entry was a mistake, checked with family"),
                    ("died", "The patient died"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="patient",
            name="status",
            field=models.CharField(
                choices=[
                    ("preparing", "Preparing to go home"),
                    ("active", "Monitored"),
                    ("paused", "Paused"),
                    ("ended", "Ended"),
                    ("admitted", "In hospital"),
                    ("died", "Died"),
                ],
                default="active",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="suppression",
            name="rule",
            field=models.CharField(
                choices=[
                    ("throttled", "Paged this phone less than a minute ago: goes out with the next bundle"),
                    ("already_paging", "Pages about this patient are going out already"),
                    ("already_held", "Somebody has taken this patient"),
                    ("paused", "The patient's monitoring is paused"),
                    ("expected", "A colleague expects this finding, and it is no worse"),
                    ("unreachable", "This person's phone cannot be paged"),
                    ("same_phone", "A colleague with the same number has just been paged"),
                    ("on_the_phone", "Being called about somebody else: one call at a time"),
                    ("overtaken", "Too late to go out: a newer page went instead"),
                    ("died", "The patient has died: nobody is paged"),
                    ("in_hospital", "The patient is in hospital: no check-in is missed"),
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
                    ("nobody_watches", "Nobody of this family can report any more: who watches now?"),
                    (
                        "home_again",
                        "Home from hospital: ask who helps now, their numbers and the next check-in",
                    ),
                    ("call_family", "This patient has died: somebody should call the family"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="worry",
            name="escalation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="worries",
                to="clinic.escalation",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["preparing", "active", "paused", "ended", "admitted", "died"])
                ),
                name="patient_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="suppression",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rule__in",
                        [
                            "throttled",
                            "already_paging",
                            "already_held",
                            "paused",
                            "expected",
                            "unreachable",
                            "same_phone",
                            "on_the_phone",
                            "overtaken",
                            "died",
                            "in_hospital",
                        ],
                    )
                ),
                name="suppression_rule_known",
            ),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="escalation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="life_events",
                to="clinic.escalation",
            ),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="life_events", to="clinic.patient"
            ),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="lifeevent",
            name="taken_back_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="lifeevent",
            index=models.Index(fields=["patient", "-at"], name="life_event_of_patient"),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["admitted", "discharged", "transferred", "relapsed", "ended", "died", "infused"],
                    )
                ),
                name="life_event_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("at__lte", models.F("recorded_at"))), name="life_event_not_ahead"
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "ended"), _negated=True),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="life_event_end_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                    models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                    _connector="OR",
                ),
                name="life_event_taken_back_at_with_by",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_back_at__isnull", False), ("taken_back_reason", ""), _connector="OR"
                ),
                name="life_event_reason_when_taken_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "died"), ("taken_back_at__isnull", True)),
                fields=("patient",),
                name="life_event_one_death",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "ended"), ("taken_back_at__isnull", True)),
                fields=("patient",),
                name="life_event_one_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="lifeevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("taken_back_at__isnull", True)),
                fields=("patient", "kind", "at"),
                name="life_event_once",
            ),
        ),
    ]
