"""Guidance pages with the people who write and approve them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from caregiver.models import GuidancePage
from caregiver.services.guidance import defaults
from tests import factories


def load_pages() -> None:
    """The default pages, live in every language since yesterday."""
    yesterday = factories.NOW - timedelta(days=1)
    with time_machine.travel(yesterday, tick=False):
        defaults.load(now=yesterday)


@pytest.fixture(scope="module")
def _pages_of_the_file(for_the_whole_file: Callable[[], AbstractContextManager[None]]) -> None:
    with for_the_whole_file():
        load_pages()


@pytest.fixture
def pages(_pages_of_the_file: None, db: None) -> None:
    """The default pages, for this test to change."""


@pytest.fixture
def author(clinic: Any) -> Any:
    return factories.StaffFactory(clinic=clinic, role="educator", user__name="Ellen Author").user


@pytest.fixture
def educator(clinic: Any) -> Any:
    return factories.StaffFactory(clinic=clinic, role="educator", user__name="Miguel Second").user


@pytest.fixture
def physician(clinic: Any) -> Any:
    return factories.StaffFactory(clinic=clinic, role="physician", user__name="Priya Physician").user


@pytest.fixture
def draft(pages: None, author: Any) -> Any:
    """`draft(slug, summary=…)` saves a draft of a page by the author."""

    def save(slug: str, language: str = "en", **changes: Any) -> GuidancePage:
        page = GuidancePage.objects.get(slug=slug, locale__language_code=language)
        text = page.get_latest_revision_as_object()
        for name, value in changes.items():
            setattr(text, name, value)
        text.save_revision(user=author)
        page.refresh_from_db()
        return page

    return save


@pytest.fixture
def staffed(now: Any) -> Any:
    """The Monday after, ten o'clock in New York: within the clinic's hours."""
    return now + timedelta(hours=37)


@pytest.fixture
def lead(clinic: Any, patient: Any) -> Any:
    """A physician with a proven number, at a clinic that looks after somebody."""
    return factories.CoveringStaffFactory(clinic=clinic, role="physician")


@pytest.fixture
def late(pages: None, staffed: Any) -> Any:
    """`late(language)` puts a page past its review date by a day."""

    def make(language: str = "en", slug: str = "medicines") -> None:
        rows = GuidancePage.objects.filter(slug=slug, locale__language_code=language)
        rows.update(review_by=staffed.date() - timedelta(days=1))

    return make
