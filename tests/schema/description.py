"""What a database holds for our apps, as text for people: one paragraph a table, one line a fact.

`python -m tests.schema.description` makes an empty database from the migrations and writes postgresql.txt or
sqlite.txt beside this file; test_schema.py compares. Lines are sorted: the order of columns says nothing.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OURS = ("caregiver_", "clinic_", "notifications_")
FOLDER = Path(__file__).parent


def describe(connection: Any) -> str:
    """Every table of ours: columns, constraints, indexes, triggers; on PostgreSQL policies, functions too."""
    facts_of = {"postgresql": _facts_on_postgresql, "sqlite": _facts_on_sqlite}[connection.vendor]
    with connection.cursor() as cursor:
        tables = sorted(
            name for name in connection.introspection.table_names(cursor) if name.startswith(OURS)
        )
        paragraphs = [
            "\n".join([table, *(f"  {fact}" for fact in facts_of(cursor, table))]) for table in tables
        ]
        if connection.vendor == "postgresql":
            paragraphs += _functions_on_postgresql(cursor)
    return "\n\n".join(paragraphs) + "\n"


def path_for(connection: Any) -> Path:
    return FOLDER / f"{connection.vendor}.txt"


# --- PostgreSQL tells all of it in its own words ---

COLUMNS = """
    SELECT attname || ' ' || format_type(atttypid, atttypmod)
        || CASE WHEN attnotnull THEN ' not null' ELSE '' END
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), '')
        || CASE attidentity WHEN 'd' THEN ' identity by default' WHEN 'a' THEN ' identity always' ELSE '' END
        || CASE WHEN collname <> 'default' THEN ' collate ' || collname ELSE '' END
    FROM pg_attribute
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
CONSTRAINTS = """
    SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = %s::regclass AND contype <> 'n'
"""
# Without those that only carry a constraint named above.
INDEXES = """
    SELECT pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' (invalid)' END
    FROM pg_index WHERE indrelid = %s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""
TRIGGERS = """
    SELECT pg_get_triggerdef(oid) || CASE tgenabled WHEN 'O' THEN '' ELSE ' (' || tgenabled::text || ')' END
    FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal
"""
POLICIES = """
    SELECT policyname || ' for ' || lower(cmd)
        || coalesce(' using ' || regexp_replace(qual, '[[:space:]]+', ' ', 'g'), '')
        || coalesce(' check ' || with_check, '')
    FROM pg_policies WHERE format('%%I.%%I', schemaname, tablename)::regclass = %s::regclass
"""
FUNCTIONS = """
    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    -- What an extension brings along is its own.
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') ORDER BY proname
"""


def _facts_on_postgresql(cursor: Any, table: str) -> Iterator[str]:
    for kind, query in (
        ("column", COLUMNS),
        ("constraint", CONSTRAINTS),
        ("index", INDEXES),
        ("trigger", TRIGGERS),
        ("policy", POLICIES),
    ):
        cursor.execute(query, [table])
        yield from sorted(f"{kind} {fact}" for (fact,) in cursor.fetchall())


def _functions_on_postgresql(cursor: Any) -> list[str]:
    cursor.execute(FUNCTIONS)
    return [function.strip() for (function,) in cursor.fetchall()]


# --- SQLite keeps the statements ---


def _facts_on_sqlite(cursor: Any, table: str) -> Iterator[str]:
    cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
    statements = sorted(cursor.fetchall())
    for part in sorted(
        part for kind, sql in statements if kind == "table" for part in _parts_of_create_table(sql)
    ):
        yield part if part.startswith("constraint ") else f"column {part}"
    for kind, sql in statements:
        if kind != "table":
            yield f"{kind} {sql}"


def _parts_of_create_table(sql: str) -> Iterator[str]:
    """The columns and constraints between the outer parentheses."""
    part, depth, quoted_by = "", 0, ""
    for sign in sql[sql.index("(") + 1 : sql.rindex(")")]:
        if quoted_by:
            quoted_by = "" if sign == quoted_by else quoted_by
        elif sign in "\"'":
            quoted_by = sign
        else:
            depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and not depth and not quoted_by:
            yield _tidy(part)
            part = ""
        else:
            part += sign
    yield _tidy(part)


def _tidy(part: str) -> str:
    words = " ".join(part.split())
    return "constraint " + words.removeprefix("CONSTRAINT ") if words.startswith("CONSTRAINT ") else words


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from django.db import connection

    from tests import databases

    name = connection.settings_dict["NAME"]
    if databases.is_postgres():
        databases.make_roles()
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        path_for(connection).write_text(describe(connection), encoding="utf-8")
        sys.stdout.write(f"Written: {path_for(connection).relative_to(Path.cwd())}\n")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
