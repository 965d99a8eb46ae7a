"""Any part of a name is found by its threes of letters. On SQLite the columns are read from end to end."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from notifications.migration_steps import AddIndexConcurrently


class Migration(migrations.Migration):
    # An index that is built beside writes cannot be part of a transaction.
    atomic = False

    dependencies = [
        ("clinic", "0013_facts_found_and_corrected"),
    ]

    operations = [
        # Trusted: whoever may create in the database may add it. Nothing is asked where it is there already.
        TrigramExtension(),
        AddIndexConcurrently(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_text"], name="patient_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_text"], name="user_search", opclasses=["gin_trgm_ops"]
            ),
        ),
    ]
