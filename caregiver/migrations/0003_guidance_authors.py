"""Nobody approves a guidance text that they have saved, whoever saved it after them."""

from typing import Any

from django.db import migrations, models

TABLE = "caregiver_guidanceedition"
OWN_TEXT = "second person: nobody approves a text that they have saved"

POSTGRES_FUNCTION = f"""
CREATE FUNCTION kinwatch_guidance_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved_by IS NOT NULL AND NEW.authors ? NEW.approved_by::text THEN
        RAISE EXCEPTION '{OWN_TEXT}' USING ERRCODE = '23514';
    END IF;
    RETURN NEW;
END $$
"""
POSTGRES_TRIGGER = (
    f"CREATE TRIGGER {TABLE}_approval BEFORE INSERT ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION kinwatch_guidance_approval()"
)
# People are stored without hyphens in columns, and with them in JSON.
SQLITE_TRIGGER = (
    f"CREATE TRIGGER {TABLE}_approval BEFORE INSERT ON {TABLE} WHEN EXISTS ("  # noqa: S608 - names from above
    "SELECT 1 FROM json_each(NEW.authors) WHERE replace(value, '-', '') = NEW.approved_by) "
    f"BEGIN SELECT RAISE(ABORT, '{OWN_TEXT}'); END"
)


def add_trigger(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_FUNCTION, params=None)
        schema_editor.execute(POSTGRES_TRIGGER, params=None)
    else:
        schema_editor.execute(SQLITE_TRIGGER, params=None)


def remove_trigger(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_approval ON {TABLE}")
        schema_editor.execute("DROP FUNCTION kinwatch_guidance_approval()")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_approval")


class Migration(migrations.Migration):
    dependencies = [("caregiver", "0002_guidance_append_only")]

    operations = [
        migrations.AddField(
            model_name="guidanceedition",
            name="authors",
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.RunPython(add_trigger, remove_trigger),
    ]
