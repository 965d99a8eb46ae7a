"""Beside writes: the outbox grows."""

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("notifications", "0005_news")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(
                condition=models.Q(
                    ("purpose__in", ["code", "invite"]), models.Q(("body", ""), _negated=True)
                ),
                fields=["expires_at"],
                name="message_secret",
            ),
        ),
    ]
