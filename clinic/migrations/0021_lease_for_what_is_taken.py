"""Whatever is taken while this runs gets a lease from now, as if it were taken just now."""

from datetime import timedelta

from django.db import migrations
from django.utils import timezone

HOLD = {1: timedelta(hours=24), 2: timedelta(hours=4), 3: timedelta(minutes=20), 4: timedelta(minutes=20)}


def give_leases(apps, schema_editor):
    taken = apps.get_model("clinic", "Escalation").objects.filter(state="acknowledged", lease_until=None)
    for severity, hold in HOLD.items():
        taken.filter(severity=severity).update(lease_until=timezone.now() + hold)


class Migration(migrations.Migration):
    dependencies = [("clinic", "0020_chains_leases_and_requests")]

    operations = [migrations.RunPython(give_leases, migrations.RunPython.noop)]
