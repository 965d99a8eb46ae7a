"""Systems to break: one for each test, started by the test, gone afterwards."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notifications.conftest import twilio, webhook_settings
from tests.processes import Place, Template, redis_number

__all__ = ["place", "template", "twilio", "webhook_settings"]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    made = Template(tmp_path_factory.mktemp("template"), redis_number=redis_number(7))
    yield made
    made.remove()


@pytest.fixture
def place(template: Template, tmp_path: Path) -> Iterator[Place]:
    with template.place(tmp_path / "place") as place:
        yield place
