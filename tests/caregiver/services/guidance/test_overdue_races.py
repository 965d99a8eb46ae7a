"""Two schedulers wake at the same moment and see that a page is past its review date."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from caregiver.services.guidance import overdue
from notifications.models import Message
from tests.caregiver.services.conftest import load_pages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STAFF_CHECKS = True


@pytest.fixture
def pages(transactional_db: None) -> None:
    load_pages()


def told() -> list[str]:
    return sorted(Message.objects.values_list("to", flat=True))


def test_two_schedulers_at_the_same_moment_send_one_text(late, lead, staffed):
    late()
    start = Barrier(2)

    def tick() -> None:
        start.wait()
        try:
            overdue.text_medical_leads(now=staffed)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as schedulers:
        for done in [schedulers.submit(tick) for _ in range(2)]:
            done.result()

    assert told() == [str(lead.phone)]
