from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0030_user_quiet_hours"),
    ]

    operations = [
        migrations.AlterField(
            model_name="systemalarm",
            name="kind",
            field=models.CharField(
                choices=[
                    ("unscored", "A report has not been scored"),
                    ("no_on_call", "Nobody is on call"),
                    ("page_failed", "A page could not be delivered"),
                    ("opted_out", "A family stopped our texts: call them"),
                    ("text_received", "A text message came in that nobody has read"),
                    ("stop_asked", "A family may want no more texts: ask them"),
                    ("number_bad", "A family's phone number does not work"),
                    ("number_silent", "A text did not reach a family"),
                    ("staff_number", "Texts do not reach a member of the team"),
                    ("texts_held", "Texts are not going out"),
                    ("budget_low", "Most of this month's texts are used"),
                    ("budget_out", "This month's texts are used up: reminders have stopped"),
                ],
                max_length=20,
            ),
        ),
    ]
