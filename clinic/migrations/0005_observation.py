from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

_LEVELS = [(level, level) for level in ("none", "watch", "same_day", "urgent", "emergency")]


def end_the_future(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nothing was seen after it arrived: such a time came of a phone whose clock was ahead."""
    reports = apps.get_model("clinic", "Report").objects
    reports.filter(observed_at__gt=F("received_at")).update(
        observed_at_said=F("observed_at"), observed_at=F("received_at")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0004_alarms_about_cries"),
    ]

    operations = [
        migrations.AddField(
            model_name="assessment",
            name="level_as_observed",
            field=models.CharField(blank=True, choices=_LEVELS, db_default="", max_length=10),
        ),
        migrations.AddField(
            model_name="assessment",
            name="level_as_received",
            field=models.CharField(blank=True, choices=_LEVELS, db_default="", max_length=10),
        ),
        migrations.AddField(
            model_name="report",
            name="observed_at_said",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(end_the_future, migrations.RunPython.noop),
    ]
