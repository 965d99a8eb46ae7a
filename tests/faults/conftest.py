"""Systems to break: one for each test, started by the test, gone afterwards."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notifications.conftest import twilio, webhook_settings
from tests.processes import Place, Template, redis_number

__all__ = ["place", "template", "twilio", "webhook_settings"]
# Asks for a broker of its own, which few machines have; nothing of it counts as passed where there is none.
collect_ignore = [] if os.environ.get("RABBITMQ_URL") else ["test_rabbitmq.py"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(tmp_path_factory.mktemp("template"), redis_number=redis_number(7))
    yield made
    made.remove()


@pytest.fixture
def place(template: Template, tmp_path: Path) -> Iterator[Place]:
    with template.place(tmp_path / "place") as place:
        yield place
