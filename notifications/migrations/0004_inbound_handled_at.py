from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0003_push_subscription"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboundsms",
            name="handled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="inboundsms",
            index=models.Index(
                condition=models.Q(("handled_at__isnull", True)), fields=["created_at"], name="inbound_open"
            ),
        ),
    ]
