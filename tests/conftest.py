"""Fixtures for every test: the cast of people, the clock, and a way to empty append-only tables."""

import gc
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from django.template import Context
from django.template.base import Template
from django.test.signals import template_rendered
from django.utils import translation
from django_prometheus.middleware import Metrics

from clinic import row_scope
from config import row_security
from tests import databases, examples, factories
from tests.browsers import ARGUMENTS, find_chromium

examples.load_profile()
# What a test makes and looks at is of any clinic; requests, sockets and tasks say whom they are for.
row_scope.of_process(row_scope.EVERYTHING)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    django_db_keepdb: bool,
    django_db_createdb: bool,
) -> Any:
    """In place of pytest-django's own, which migrates every time."""
    keep = django_db_keepdb and not django_db_createdb
    with django_db_blocker.unblock():
        databases.connect_to_copy(keep=keep)
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            databases.remove_copy()


@pytest.fixture(autouse=True, scope="session")
def _tests_may_empty_append_only_tables() -> Any:
    """Transactional tests end with a flush, which the append-only triggers rightly refuse."""
    plain = BaseDatabaseOperations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                cursor.execute("RESET ROLE; SET session_replication_role = replica")
                # TRUNCATE makes a new file for each of a hundred tables, nearly all of them empty.
                tables = self.connection.introspection.table_names(cursor)
                rows = [
                    f"DELETE FROM {self.quote_name(name)}" for name in tables if name != "django_migrations"
                ]
                plain(self, ["; ".join(rows)])
                cursor.execute(f"SET session_replication_role = origin; SET ROLE {row_security.APP}")
                return
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            plain(self, sql_list)
            for _, sql in triggers:
                cursor.execute(sql)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = plain  # type: ignore[method-assign]


@pytest.fixture
def as_owner(db: None) -> Iterator[None]:
    """The tables' owner, who may change them; other tests go by the program's own role."""
    with databases.as_owner():
        yield


@pytest.fixture(scope="module")
def for_the_whole_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], AbstractContextManager[None]]]:
    """`with for_the_whole_file():` in a fixture of the module makes rows once for all tests of the file.

    Its transaction lasts as long as the file, each test is a savepoint within, so what a test changes is gone
    after it. Hand out copies of objects: rows go back, objects in memory do not.
    """
    items = [item for item in request.session.items if item.getparent(pytest.Module) is request.node]
    marks = [mark for item in items for mark in item.iter_markers("django_db")]
    assert not any(mark.kwargs.get("transaction") for mark in marks), (
        "tests that commit need a file of their own"
    )

    @contextmanager
    def unblocked() -> Iterator[None]:
        translation.deactivate()
        with django_db_blocker.unblock():
            yield

    with django_db_blocker.unblock():
        whole = transaction.atomic()
        whole.__enter__()
    yield unblocked
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


@pytest.fixture(autouse=True, scope="session")
def _whole_templates_are_recorded(django_test_environment: None) -> Iterator[None]:
    """For `response.context` Django copies the context of every fragment, at each place where it is included;
    tests ask for what a page was given."""

    def render(self: Template, context: Context) -> str:
        if context.template is self:
            template_rendered.send(sender=self, template=self, context=context)
        return str(self.nodelist.render(context))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    """Rate limits of one test are not the next one's."""
    cache.clear()


class _Telling(logging.Handler):
    """What the outbox says of texts that hold a word about health; it sends them all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "word about health" in record.getMessage():
            self.said.append(record.getMessage())


_telling = _Telling()
logging.getLogger("notifications.services.outbox").addHandler(_telling)


@pytest.fixture(autouse=True)
def _no_text_tells_of_health(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever any test makes the program send, links included."""
    _telling.said.clear()
    yield
    if request.node.get_closest_marker("tells_of_health") is None:
        assert _telling.said == []


@pytest.fixture(autouse=True)
def _no_requests_counted() -> None:
    """Each view has fifteen counts of its own, and /metrics writes those of every test before it, too."""
    for metric in vars(Metrics.get_instance()).values():
        metric.clear()


@pytest.fixture(autouse=True)
def _language_of_nobody() -> None:
    """A request leaves its person's language in force; the next test begins in the program's own."""
    translation.deactivate()


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[[str | None], Any]]:
    """`launch(path)`: the real Chromium there, once for this process."""
    # Takes its time to import, and most runs are of a few tests without a browser.
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, where Django would refuse to touch a database.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched: dict[str, Any] = {}

        def once(path: str | None) -> Any:
            assert path, "Chromium is not installed. On Debian and Ubuntu: apt-get install chromium"
            if path not in launched:
                launched[path] = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            return launched[path]

        yield once
        for browser in launched.values():
            browser.close()


@pytest.fixture(scope="session")
def browser(launch: Callable[[str | None], Any]) -> Any:
    """For all browser tests of this process, each of which opens contexts of its own."""
    return launch(find_chromium())


def pytest_collection_finish() -> None:
    """What the program and its tests are made of stays to the end, so nobody looks for garbage there again.

    Looked for as often as is usual, it took a fourteenth of the time of tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last, because the browser's loop would disturb asynchronous tests.

    The ones that kill processes mostly wait, for a lease or a heartbeat, and browsers hardly do: files of
    both take turns, so that all processors are busy. Of each the long files come first; how long a file is
    tells well enough how long it takes.
    """
    files: dict[str, dict[Path, int]] = {"faults": {}, "e2e": {}}
    for item in items:
        if kind := _kind(item):
            files[kind][item.path] = item.path.stat().st_size
    turns = {
        (kind, path): turn
        for kind, sizes in files.items()
        for turn, path in enumerate(sorted(sizes, key=lambda path: -sizes[path]))
    }

    def place(item: pytest.Item) -> tuple[int, str]:
        kind = _kind(item)
        return (turns[kind, item.path], kind) if kind else (-1, "")

    items.sort(key=place)


def _kind(item: pytest.Item) -> str:
    return next((kind for kind in ("e2e", "faults") if item.get_closest_marker(kind)), "")


@pytest.fixture
def now() -> datetime:
    """A Sunday in November, 21:00 in New York: the clinic of the cast is closed, its line is not."""
    return datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def clinic(db: None) -> Any:
    """A clinic with the default protocol published."""
    return factories.ClinicFactory(slug="river", name="River Cancer Center")


@pytest.fixture
def other_clinic(db: None) -> Any:
    """Another tenant, whose people must see nothing of the first."""
    return factories.ClinicFactory(slug="lake", name="Lake Hospital")


@pytest.fixture
def nurse(clinic: Any) -> Any:
    return factories.StaffFactory(clinic=clinic, role="nurse", user__name="Nora Nurse").user


@pytest.fixture
def other_nurse(other_clinic: Any) -> Any:
    return factories.StaffFactory(clinic=other_clinic, role="nurse", user__name="Olga Other").user


@pytest.fixture
def patient(clinic: Any) -> Any:
    return factories.PatientFactory(clinic=clinic)


@pytest.fixture
def caregiver(patient: Any) -> Any:
    """Linked to the patient."""
    return factories.CareTeamMemberFactory(patient=patient, user__name="Carla Caregiver").user


@pytest.fixture
def stranger(other_clinic: Any) -> Any:
    """A caregiver of somebody else."""
    return factories.CareTeamMemberFactory(patient__clinic=other_clinic, user__name="Sam Stranger").user
