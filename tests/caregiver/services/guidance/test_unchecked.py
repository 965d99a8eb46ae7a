"""Where no page was loaded before: what of the program's own pages goes live outside the demo."""

import pytest
from django.conf import settings

from caregiver.models import GuidanceEdition, GuidancePage
from caregiver.services.guidance import defaults

pytestmark = pytest.mark.django_db
LANGUAGES = len(settings.LANGUAGES)


def test_outside_the_demo_a_translation_that_nobody_has_checked_stays_a_draft(db, now, settings):
    settings.DEMO = False

    defaults.load(now=now)

    assert set(GuidanceEdition.objects.values_list("language", flat=True)) == {"en"}
    assert GuidancePage.objects.exclude(locale__language_code="en").count() == 15 * (LANGUAGES - 1)
