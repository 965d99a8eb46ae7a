from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0058_words_of_the_admin"),
    ]

    operations = [
        migrations.AddField(
            model_name="escalationevent",
            name="why",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
