from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="channel",
            field=models.CharField(
                choices=[("sms", "sms"), ("voice", "voice"), ("push", "push")], default="sms", max_length=5
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="to",
            field=models.CharField(max_length=36),
        ),
    ]
