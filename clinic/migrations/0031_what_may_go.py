"""What triggers keep for ever lets go of what has been kept long enough, and of the words of who was deleted.

Nothing is switched off for it: a row of the audit, and its seal, may go once it is six years old, and the free
texts of a life event may be emptied once its patient is erased. Every other change is refused as before.
"""

from typing import Any

from django.db import migrations

EVENTS = "clinic_lifeevent"
# HIPAA, 45 CFR 164.316(b)(2): six years. No setting shortens it.
YEARS = 6
DATED = {"clinic_auditevent": "at", "clinic_auditseal": "sealed_at"}
FACTS = (
    "id, patient_id, kind, at, recorded_at, recorded_by_id, escalation_id, status_before, status_after, "
    "paused_until_before"
)
FACTS_AND_TEXTS = (
    "id, patient_id, kind, at, recorded_at, recorded_by_id, reason, escalation_id, status_before, status_after, "
    "paused_until_before, pause_reason_before"
)
TEXTS = "reason, pause_reason_before, taken_back_reason"
REFUSED = "append-only: {what} is refused"

# A dash where a constraint asks for words.
_EMPTIED = (
    "NEW.reason IN ('', '—') AND NEW.pause_reason_before = '' AND NEW.taken_back_reason IN ('', '—') "
    "AND EXISTS (SELECT 1 FROM clinic_patient WHERE id = OLD.patient_id AND erased_at IS NOT NULL)"
)
_TAKEN_BACK_NOW = "OLD.taken_back_at IS NULL AND NEW.reason = OLD.reason AND NEW.pause_reason_before = OLD.pause_reason_before"
_MAY_CHANGE = f"(({_EMPTIED}) OR ({_TAKEN_BACK_NOW}))"

POSTGRES_FUNCTIONS = (
    f"""
CREATE FUNCTION kinwatch_kept_six_years() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE written timestamptz := to_jsonb(OLD) ->> TG_ARGV[0];
BEGIN
    IF TG_OP = 'DELETE' AND written < now() - interval '{YEARS} years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$
""",
    f"""
CREATE FUNCTION kinwatch_life_event_texts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {_MAY_CHANGE} THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: % on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = '23001';
END $$
""",
)
_PLAIN = "EXECUTE FUNCTION kinwatch_append_only()"
_FACTS_EVENT = f"BEFORE UPDATE OF {FACTS} ON {EVENTS} FOR EACH ROW"
_TWICE_EVENT = f"BEFORE UPDATE OF taken_back_at, taken_back_by_id ON {EVENTS} FOR EACH ROW WHEN (OLD.taken_back_at IS NOT NULL)"
# As clinic/0012_life_events_stay has them.
_FACTS_EVENT_BEFORE = f"BEFORE UPDATE OF {FACTS_AND_TEXTS} ON {EVENTS} FOR EACH ROW"
_TWICE_EVENT_BEFORE = f"BEFORE UPDATE ON {EVENTS} FOR EACH ROW WHEN (OLD.taken_back_at IS NOT NULL)"


def let_go(apps: Any, schema_editor: Any) -> None:
    statements = _postgres() if schema_editor.connection.vendor == "postgresql" else _sqlite()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def keep_all(apps: Any, schema_editor: Any) -> None:
    statements = _postgres_before() if schema_editor.connection.vendor == "postgresql" else _sqlite_before()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def _postgres() -> tuple[str, ...]:
    return (
        *POSTGRES_FUNCTIONS,
        *(
            statement
            for table, column in DATED.items()
            for statement in (
                f"DROP TRIGGER {table}_row ON {table}",
                f"CREATE TRIGGER {table}_row BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION kinwatch_kept_six_years('{column}')",
            )
        ),
        f"DROP TRIGGER {EVENTS}_facts ON {EVENTS}",
        f"DROP TRIGGER {EVENTS}_taken_back ON {EVENTS}",
        f"CREATE TRIGGER {EVENTS}_facts {_FACTS_EVENT} {_PLAIN}",
        f"CREATE TRIGGER {EVENTS}_taken_back {_TWICE_EVENT} {_PLAIN}",
        f"CREATE TRIGGER {EVENTS}_texts BEFORE UPDATE OF {TEXTS} ON {EVENTS} "
        "FOR EACH ROW EXECUTE FUNCTION kinwatch_life_event_texts()",
    )


def _postgres_before() -> tuple[str, ...]:
    return (
        *(
            statement
            for table in DATED
            for statement in (
                f"DROP TRIGGER {table}_row ON {table}",
                f"CREATE TRIGGER {table}_row BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {_PLAIN}",
            )
        ),
        *(f"DROP TRIGGER {EVENTS}_{name} ON {EVENTS}" for name in ("facts", "taken_back", "texts")),
        f"CREATE TRIGGER {EVENTS}_facts {_FACTS_EVENT_BEFORE} {_PLAIN}",
        f"CREATE TRIGGER {EVENTS}_taken_back {_TWICE_EVENT_BEFORE} {_PLAIN}",
        "DROP FUNCTION kinwatch_kept_six_years()",
        "DROP FUNCTION kinwatch_life_event_texts()",
    )


def _sqlite() -> tuple[str, ...]:
    return (
        # A migration of Wagtail's has switched it off; see DATABASES in config/settings/base.py.
        "PRAGMA legacy_alter_table = ON",
        *(
            statement
            for table, column in DATED.items()
            for statement in (
                f"DROP TRIGGER {table}_delete",
                # Moments are text there, in UTC and from the year to the microsecond.
                f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} "
                f"WHEN OLD.{column} >= datetime('now', '-{YEARS} years') {_abort(f'DELETE on {table}')}",
            )
        ),
        f"DROP TRIGGER {EVENTS}_facts",
        f"DROP TRIGGER {EVENTS}_taken_back",
        f"CREATE TRIGGER {EVENTS}_facts {_FACTS_EVENT} {_abort(f'facts on {EVENTS}')}",
        f"CREATE TRIGGER {EVENTS}_taken_back {_TWICE_EVENT} {_abort(f'taken_back on {EVENTS}')}",
        f"CREATE TRIGGER {EVENTS}_texts BEFORE UPDATE OF {TEXTS} ON {EVENTS} FOR EACH ROW "
        f"WHEN NOT {_MAY_CHANGE} {_abort(f'texts on {EVENTS}')}",
    )


def _sqlite_before() -> tuple[str, ...]:
    return (
        *(
            statement
            for table in DATED
            for statement in (
                f"DROP TRIGGER {table}_delete",
                f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {_abort(f'DELETE on {table}')}",
            )
        ),
        *(f"DROP TRIGGER {EVENTS}_{name}" for name in ("facts", "taken_back", "texts")),
        f"CREATE TRIGGER {EVENTS}_facts {_FACTS_EVENT_BEFORE} {_abort(f'facts on {EVENTS}')}",
        f"CREATE TRIGGER {EVENTS}_taken_back {_TWICE_EVENT_BEFORE} {_abort(f'taken_back on {EVENTS}')}",
    )


def _abort(what: str) -> str:
    return f"BEGIN SELECT RAISE(ABORT, '{REFUSED.format(what=what)}'); END"


class Migration(migrations.Migration):
    dependencies = [("clinic", "0030_kept_and_deleted")]

    operations = [migrations.RunPython(let_go, keep_all)]
