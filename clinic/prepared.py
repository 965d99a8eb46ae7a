"""Queries and inserts of the hot path, made into SQL once in the life of a process.

Django builds each query from nothing, which costs more than PostgreSQL takes to answer it. Where a report
comes in, what is built is always the same, so its SQL is kept and only the values change; PostgreSQL keeps
its plan, too. Rows, converters and models are Django's own; whatever has not always one shape belongs to the
ORM, and so does a list of values in SQLite, whose SQL has a place for each.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Generic, TypeVar, get_args
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators
from phonenumber_field.modelfields import PhoneNumberField
from psycopg import sql as psycopg_sql

Row = TypeVar("Row", bound=models.Model)

# What stands for a value while a query is built, twice, so that it can be told from everything else.
_STAND_INS: dict[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=(0xDEC0DE << 96) + number),
    date: lambda number: date(1903, 4, 5) + timedelta(days=number),
    datetime: lambda number: datetime(1903, 4, 5, tzinfo=UTC) + timedelta(hours=number),
    str: lambda number: f"stand-in-{number:09}",
    int: lambda number: 31_415 + number,
}


class PreparedQuery(Generic[Row]):
    """`build` makes the queryset from values of these types; a call gives its models for other values.

    The values must reach the SQL as they are: no slice and no branch may hang on them, and a list
    (`list[UUID]`) stands behind `__in` alone.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]], *types: Any) -> None:
        self._build, self._types = build, types
        self._shapes: dict[str, _Shape] = {}

    def __call__(self, *values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        if not _keeps(self._types, connection):
            return list(self._build(*values))
        shape = self._shapes.get(connection.vendor)
        if shape is None:
            shape = self._shapes[connection.vendor] = _Shape(self._build, self._types, connection)
        return list(shape.models(shape.ask(connection, values)))

    def first(self, *values: Any) -> Row | None:
        """The first of them, or None."""
        return next(iter(self(*values)), None)


class PreparedRows:
    """The same for a `values_list`: its rows. Columns in `as_stored` are given as the driver reads them."""

    def __init__(
        self, build: Callable[..., models.QuerySet[Any, Any]], *types: Any, as_stored: Sequence[int] = ()
    ) -> None:
        self._build, self._types, self._as_stored = build, types, as_stored
        self._statements: dict[str, _Statement] = {}

    def __call__(self, *values: Any) -> list[Sequence[Any]]:
        connection = connections[DEFAULT_DB_ALIAS]
        if not _keeps(self._types, connection):
            return list(self._build(*values))
        statement = self._statements.get(connection.vendor)
        if statement is None:
            statement = _Statement(self._build, self._types, connection, self._as_stored)
            self._statements[connection.vendor] = statement
        return list(statement.converted(statement.ask(connection, values)))


class _Statement:
    """One queryset as SQL for one kind of database, and how its columns become values."""

    def __init__(
        self,
        build: Callable[..., models.QuerySet[Any, Any]],
        types: Sequence[Any],
        connection: Any,
        as_stored: Sequence[int] = (),
    ) -> None:
        kinds = [_kind_of(one) for one in types]
        first = [_STAND_INS[one](2 * number) for number, one in enumerate(kinds)]
        second = [_STAND_INS[one](2 * number + 1) for number, one in enumerate(kinds)]
        self._compiler, made, before = _compiled(build(*_as_asked(first, types)), connection)
        _other, again, after = _compiled(build(*_as_asked(second, types)), connection)
        if again != made:
            raise TypeError("the shape of this query hangs on its values")
        self._adapt = [_adapter(one, connection) for one in types]
        known = {
            _adapter(kind, connection)(one): n for n, (kind, one) in enumerate(zip(kinds, first, strict=True))
        }
        slots = {
            place: known[one]
            for place, (one, other) in enumerate(zip(before, after, strict=True))
            if one != other
        }
        if set(slots.values()) != set(range(len(types))):
            raise TypeError("a value of this query is not where it was put")
        lists = {place for place, number in slots.items() if _is_list(types[number])}
        self.sql, self._params, self._slots = _written(made, before, slots, lists, connection)
        columns = [one[0] for one in self._compiler.select[: self._compiler.col_count]]
        self._converters = {
            place: (_remembering(converters, column), column)
            for place, (converters, column) in self._compiler.get_converters(columns).items()
            if place not in as_stored
        }

    def ask(self, connection: Any, values: Sequence[Any]) -> list[Any]:
        with _cursor_of(connection) as cursor:
            cursor.execute(self.sql, self.fill(values))
            return list(cursor.fetchall())

    def fill(self, values: Sequence[Any]) -> list[Any]:
        adapted = [adapt(value) for adapt, value in zip(self._adapt, values, strict=True)]
        params = list(self._params)
        for place, number in self._slots:
            params[place] = adapted[number]
        return params

    def converted(self, rows: list[Any]) -> Iterator[Any]:
        if not self._converters:
            return iter(rows)
        converted: Iterator[Any] = self._compiler.apply_converters(rows, self._converters)
        return converted


class _Shape(_Statement):
    """How the rows become models, too."""

    def __init__(
        self, build: Callable[..., models.QuerySet[Any]], types: Sequence[Any], connection: Any
    ) -> None:
        super().__init__(build, types, connection)
        info = self._compiler.klass_info
        fields = info["select_fields"]
        self._model, self._start, self._end = info["model"], fields[0], fields[-1] + 1
        self._names = [one[0].target.attname for one in self._compiler.select[self._start : self._end]]
        self._populators = get_related_populators(info, self._compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]

    def models(self, rows: list[Any]) -> Iterator[Any]:
        for row in self.converted(rows):
            one = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._start : self._end])
            for populator in self._populators:
                populator.populate(row, one)
            for name, place in self._compiler.annotation_col_map.items():
                setattr(one, name, row[place])
            yield one


def _remembering(converters: Sequence[Any], column: Any) -> Sequence[Any]:
    """Parsing a phone number costs as much as a query, and a clinic's are always the same two.

    Nobody changes a number in place: a new one is a new object.
    """
    if not isinstance(column.output_field, PhoneNumberField):
        return converters
    first, *others = converters
    known = lru_cache(maxsize=2048)(lambda value: first(value, column, None))
    return [lambda value, _expression, _connection: known(value), *others]


def insert(row: models.Model) -> None:
    """Store a new row as `save(force_insert=True)` does, without signals; a key of the database's is set."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields, returned = _insert_of(type(row), connection)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with _cursor_of(connection) as cursor:
        cursor.execute(sql, values)
        if returned is not None:
            setattr(row, returned.attname, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def update(row: models.Model, *names: str) -> None:
    """Store these fields of a row as `save(update_fields=names)` does, without signals."""
    connection = connections[DEFAULT_DB_ALIAS]
    sql, fields = _update_of(type(row), names, connection)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with _cursor_of(connection) as cursor:
        cursor.execute(sql, values)


_inserts: dict[tuple[str, type[models.Model]], tuple[str, list[Any], Any]] = {}
_updates: dict[tuple[str, type[models.Model], tuple[str, ...]], tuple[str, list[Any]]] = {}


def _insert_of(model: type[models.Model], connection: Any) -> tuple[str, list[Any], Any]:
    known = _inserts.get((connection.vendor, model))
    if known is None:
        meta, quoted = model._meta, connection.ops.quote_name
        returned = meta.auto_field
        fields = [field for field in meta.local_concrete_fields if field is not returned]
        columns = ", ".join(quoted(field.column) for field in fields)
        places = ", ".join("%s" for _field in fields)
        sql = f"INSERT INTO {quoted(meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - names of ours
        if returned is not None:
            sql += f" RETURNING {quoted(returned.column)}"
        known = _inserts[connection.vendor, model] = sql, fields, returned
    return known


def _update_of(model: type[models.Model], names: tuple[str, ...], connection: Any) -> tuple[str, list[Any]]:
    known = _updates.get((connection.vendor, model, names))
    if known is None:
        meta, quoted = model._meta, connection.ops.quote_name
        fields: list[Any] = [meta.get_field(name) for name in names]
        changes = ", ".join(f"{quoted(field.column)} = %s" for field in fields)
        sql = f"UPDATE {quoted(meta.db_table)} SET {changes} WHERE {quoted(meta.pk.column)} = %s"  # noqa: S608 - names of ours
        known = _updates[connection.vendor, model, names] = sql, [*fields, meta.pk]
    return known


def _cursor_of(connection: Any) -> Any:
    """One whose statements PostgreSQL plans once for a connection (config/postgresql/base.py)."""
    return getattr(connection, "prepared_cursor", connection.cursor)()


def _compiled(queryset: models.QuerySet[Any], connection: Any) -> tuple[Any, str, tuple[Any, ...]]:
    """The compiler, too: writing the SQL has told it which column is which field of which model."""
    compiler: Any = queryset.query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    return compiler, sql, tuple(params)


def _keeps(types: Sequence[Any], connection: Any) -> bool:
    """Whether the SQL is the same for a list of any length."""
    return connection.vendor == "postgresql" or not any(map(_is_list, types))


def _is_list(kind: Any) -> bool:
    return bool(get_args(kind))


def _kind_of(kind: Any) -> Any:
    """Of what a list is one."""
    return get_args(kind)[0] if _is_list(kind) else kind


def _as_asked(values: Sequence[Any], types: Sequence[Any]) -> list[Any]:
    return [[value] if _is_list(kind) else value for value, kind in zip(values, types, strict=True)]


def _written(
    made: str, params: Sequence[Any], slots: dict[int, int], lists: set[int], connection: Any
) -> tuple[str, list[Any], list[tuple[int, int]]]:
    """The SQL for PostgreSQL with its lists as one value each, and with what never changes written into it.

    A plan that is kept uses a partial index only where the statement itself says the index's condition.
    """
    if connection.vendor != "postgresql":
        return made, list(params), list(slots.items())
    first, *parts = made.split("%s")
    if len(parts) != len(params) or "%%" in made:
        raise TypeError("a place of this query cannot be told from its words")
    told = first
    kept: list[Any] = []
    places: list[tuple[int, int]] = []
    for place, (value, after) in enumerate(zip(params, parts, strict=True)):
        if place in lists:
            if not (told.endswith(" IN (") and after.startswith(")")):
                raise TypeError("a list of this query is not where it was put")
            told = told.removesuffix(" IN (") + " = ANY("
        if place not in slots and isinstance(value, str | int):
            told += psycopg_sql.Literal(value).as_string(connection.connection).replace("%", "%%") + after
            continue
        if place in slots:
            places.append((len(kept), slots[place]))
        kept.append(value)
        told += "%s" + after
    return told, kept, places


def _adapter(kind: Any, connection: Any) -> Callable[[Any], Any]:
    """How a value of this type reaches this database."""
    if _is_list(kind):
        return list
    if kind is UUID and not connection.features.has_native_uuid_field:
        return lambda value: value.hex
    if kind is date:
        adapt_date: Callable[[Any], Any] = connection.ops.adapt_datefield_value
        return adapt_date
    if kind is datetime:
        adapt: Callable[[Any], Any] = connection.ops.adapt_datetimefield_value
        return adapt
    return lambda value: value
