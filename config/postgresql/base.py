"""Django's connection, which tells PostgreSQL before a statement whose rows it may give out.

It is told once for as long as the scope and the connection stay the same: one more statement for a request.
"""

from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import sql
from psycopg.pq import TransactionStatus

from clinic import row_scope
from clinic.row_scope import RowScope

_CLINICS = "SELECT set_config('kinwatch.clinics', %s, false)"
_CLINICS_OF_PERSON = "SELECT set_config('kinwatch.clinics', kinwatch_clinics_of(%s), false)"


# Types are told for Django's older driver only.
_ServerBindingCursor: Any = base.ServerBindingCursor


class PreparedCursor(_ServerBindingCursor):
    """Has each statement parsed and planned once for a connection, and sends values alone after that."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        return super().execute(query, params, prepare=True)


class DatabaseOperations(operations.DatabaseOperations):
    """Writes down for a log what a prepared statement was; the driver keeps values apart from it."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        return super().last_executed_query(cursor, sql, params) or self.compose_sql(sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    """Under the name by which Django finds it."""

    ops_class = DatabaseOperations
    _told: RowScope | None = None

    def connect(self) -> None:
        # From a pool comes what another request has used.
        self._told = None
        super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        self._tell_scope()
        return super().create_cursor(name)

    def prepared_cursor(self) -> Any:
        """A cursor for statements that are always the same (clinic/prepared.py)."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            self._tell_scope()
            return self._prepare_cursor(PreparedCursor(self.connection))  # type: ignore[attr-defined]

    def _configure_role(self, connection: Any) -> bool:
        """Django's own asks the pool for another connection to quote the name with, and waits for ever.

        And once for a connection: compiling a plan takes longer (1.6 s of the figures' 2) than any page may.
        Policies make plans look dearer than they are, which is what PostgreSQL decides it by.
        """
        connection.execute("SET jit = off")
        role = self.settings_dict["OPTIONS"].get("assume_role")
        if role:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        return True

    def _rollback(self) -> Any:
        # PostgreSQL takes back what was told within the transaction.
        self._told = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        self._told = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _tell_scope(self) -> None:
        scope = row_scope.current()
        if scope is self._told:
            return
        # A broken transaction takes no statement; its own error is the one to be seen.
        if self.connection.info.transaction_status == TransactionStatus.INERROR:
            return
        statement, value = (
            (_CLINICS, scope.clinics) if scope.person is None else (_CLINICS_OF_PERSON, scope.person)
        )
        with PreparedCursor(self.connection) as cursor:
            cursor.execute(statement, [value])
        self._told = scope
