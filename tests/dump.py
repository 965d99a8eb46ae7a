"""Everything that the database, the sessions and the cache hold, to search for what must not be there."""

from collections.abc import Iterator
from typing import Any

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection


def places_of(*words: str) -> set[str]:
    """Where one of these words stands, without regard to case: "table.column", a session, the cache."""
    wanted = [word.lower() for word in words]
    return {place for place, text in _texts() if any(word in text.lower() for word in wanted)}


def _texts() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    yield f"{table}.{column}", _plain(value)
    for session in Session.objects.all():
        yield "session", str(session.get_decoded())
    yield from (("cache", f"{key} {_plain(value)}") for key, value in _cached())


def _cached() -> Iterator[tuple[object, object]]:
    store: Any = cache._cache  # type: ignore[attr-defined]
    if hasattr(store, "get_client"):
        client = store.get_client()
        yield from ((key, client.dump(key) or b"") for key in client.scan_iter())
    else:
        yield from store.items()


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    return str(value)
