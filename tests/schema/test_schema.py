"""Our tables are those that are written down."""

import pytest
from django.db import connection

from tests.schema import description


@pytest.mark.django_db
def test_migrations_make_the_tables_that_are_written_down(as_owner):
    """After a wanted change: `python -m tests.schema.description` on both databases, and look at the diff."""
    written = description.path_for(connection).read_text(encoding="utf-8")

    assert description.describe(connection).splitlines() == written.splitlines()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX escalation_one_open_per_patient",
        "CREATE INDEX one_more ON clinic_patient (status)",
        "ALTER TABLE clinic_patient ADD COLUMN one_more integer",
    ],
)
def test_a_change_of_the_tables_shows_in_their_description(as_owner, change):
    before = description.describe(connection)

    with connection.cursor() as cursor:
        cursor.execute(change)

    assert description.describe(connection) != before


@pytest.mark.django_db
def test_a_lost_trigger_shows_in_the_description(as_owner):
    before = description.describe(connection)
    table = "clinic_auditevent"
    name = f"{table}_row ON {table}" if connection.vendor == "postgresql" else f"{table}_update"

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}")

    assert description.describe(connection) != before
