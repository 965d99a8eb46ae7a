from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0007_consents_and_monthly_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("asked_at__isnull", True), ("state__in", ["accepted", "sent"])),
                fields=["attempted_at"],
                name="message_unreported",
            ),
        ),
    ]
