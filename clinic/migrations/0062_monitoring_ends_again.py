"""Monitoring may end more than once: another infusion after an end begins care anew."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0061_alarm_tallies"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="lifeevent", name="life_event_one_end"),
    ]
