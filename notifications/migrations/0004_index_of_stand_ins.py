"""Beside writes: the outbox grows."""

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0003_other_way")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(("instead_of__isnull", False)),
                fields=["instead_of"],
                name="message_instead_of",
            ),
        ),
    ]
