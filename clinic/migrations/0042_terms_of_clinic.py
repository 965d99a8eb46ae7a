"""Finds who agreed to a clinic's own terms; built beside the writes, as of every table that grows."""

from django.db import migrations, models

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("clinic", "0041_clinic_settings")]

    operations = [
        AddIndexConcurrently(
            model_name="termsacceptance",
            index=models.Index(fields=["clinic_terms"], name="terms_of_clinic"),
        ),
    ]
