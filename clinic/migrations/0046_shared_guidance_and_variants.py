"""Which clinic writes the guidance that all share, and whose text a family has read.

Until now the educators of every clinic wrote at it, and those that are there go on doing so. A clinic that is
made later reads it, unless an operator says otherwise.
"""

from django.db import migrations, models

_HELP = "its educators write the guidance that all clinics share"


class Migration(migrations.Migration):
    dependencies = [("clinic", "0045_listeners")]

    operations = [
        migrations.AddField(
            model_name="clinic",
            name="keeps_shared_guidance",
            field=models.BooleanField(db_default=True, default=True, help_text=_HELP),
        ),
        migrations.AlterField(
            model_name="clinic",
            name="keeps_shared_guidance",
            field=models.BooleanField(db_default=False, default=False, help_text=_HELP),
        ),
        migrations.AddField(
            model_name="guidancereading",
            name="is_variant",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
