"""Systems to break: one for each test, started by the test, gone afterwards."""

import os
from collections.abc import Iterator

import pytest

from tests.notifications.conftest import twilio, webhook_settings
from tests.processes import Place, Template, on_services, redis_number

__all__ = ["place", "template", "twilio", "webhook_settings"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs a service is left out without it, and does not count as passed.

    RabbitMQ is named by tests/run.py where it runs; docs/install.md begins with an empty PostgreSQL.
    """
    there = {"test_rabbitmq.py": bool(os.environ.get("RABBITMQ_URL")), "test_install.py": on_services()}
    without = [item for item in items if not there.get(item.path.name, True)]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(tmp_path_factory.mktemp("template"), redis_number=redis_number(7))
    yield made
    made.remove()


@pytest.fixture
def place(template: Template) -> Iterator[Place]:
    with template.place() as place:
        yield place
