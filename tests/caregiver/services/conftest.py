"""Guidance pages with the people who write and approve them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from caregiver.models import GuidancePage
from caregiver.services.guidance import defaults
from tests import factories


@pytest.fixture
def pages(db: None, now: Any) -> None:
    """The default pages, live in both languages."""
    with time_machine.travel(now - timedelta(days=1), tick=False):
        defaults.load(now=now - timedelta(days=1))


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
