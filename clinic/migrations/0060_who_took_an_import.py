"""Who took an import, copied from the audit onto those that were taken before."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def copy_who_took_it(apps: Any, schema_editor: Any) -> None:
    """Files and bundles, a few rows. Messages are many, and were taken by whoever sent them."""
    imports = apps.get_model("clinic", "Import").objects.filter(committed_at__isnull=False)
    users = apps.get_model("clinic", "User").objects
    events = apps.get_model("clinic", "AuditEvent").objects.filter(action="import.committed")
    for found in imports.exclude(source="adt"):
        actor = (
            events.filter(clinic_id=found.clinic_id, subject_id=str(found.pk))
            .values_list("actor_id", flat=True)
            .first()
        )
        if actor and users.filter(pk=actor).exists():
            found.committed_by_id = actor
            found.save(update_fields=["committed_by"])


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0059_why_in_every_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="import",
            name="committed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(copy_who_took_it, migrations.RunPython.noop),
    ]
