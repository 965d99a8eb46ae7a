"""Changes rows as only the owner of the tables can: with the triggers off, and on again after."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from clinic.models import AuditEvent
from tests import databases

EVENTS, SEALS = "clinic_auditevent", "clinic_auditseal"


def write(now: Any, count: int = 1, **more: Any) -> list[AuditEvent]:
    return [
        AuditEvent.objects.create(at=now, actor_kind="system", action="test", detail={"n": n}, **more)
        for n in range(count)
    ]


def tamper(sql: str, *values: object) -> None:
    with databases.as_owner(), connection.cursor() as cursor, _triggers_off(cursor):
        cursor.execute(sql, values)


@contextmanager
def _triggers_off(cursor: Any) -> Iterator[None]:
    if connection.vendor == "postgresql":
        for table in (EVENTS, SEALS):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in (EVENTS, SEALS):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        return
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)", [EVENTS, SEALS]
    )
    triggers = cursor.fetchall()
    for name, _sql in triggers:
        cursor.execute(f"DROP TRIGGER {name}")
    yield
    for _name, sql in triggers:
        cursor.execute(sql)
