"""The pages that ship with the program, in the editor."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import time_machine

from caregiver.models import GuidancePage
from caregiver.services.guidance import defaults
from tests import factories


@pytest.fixture(scope="module")
def _pages_of_the_file(for_the_whole_file: Callable[[], AbstractContextManager[None]]) -> None:
    with for_the_whole_file(), time_machine.travel(factories.NOW, tick=False):
        defaults.load(now=factories.NOW)


@pytest.fixture
def page(_pages_of_the_file: None, db: None) -> GuidancePage:
    """One of them, in English."""
    return GuidancePage.objects.get(slug="medicines", locale__language_code="en")
