# Written 2026-11-29 by makemigrations.

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0005_observation"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="suppression",
            name="suppression_rule_known",
        ),
        migrations.AddField(
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
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="page",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="page",
            name="to_holder",
            field=models.BooleanField(db_default=False, default=False),
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
                ],
                max_length=20,
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
                ],
                max_length=20,
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
                        ],
                    )
                ),
                name="suppression_rule_known",
            ),
        ),
    ]
