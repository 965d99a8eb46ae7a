"""Whoever may approve a text hears that it waits: once, by day, and nothing of the page."""

from typing import Any

import pytest

from caregiver.services.guidance import review
from notifications.models import Message
from notifications.rules.text import health_words, segments
from tests import factories

pytestmark = pytest.mark.django_db
ROUTINE, RED = "medicines", "when-to-call"
SUMMARY = "How to take it, and when to call."


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STAFF_CHECKS = True


@pytest.fixture
def colleague(clinic: Any, now: Any) -> Any:
    """`colleague(role)`: somebody at the clinic whose number is known to be theirs."""

    def make(role: str = "educator", at: Any = clinic) -> Any:
        return factories.StaffFactory(clinic=at, role=role, phone_verified_at=now)

    return make


def told() -> list[str]:
    return sorted(Message.objects.values_list("to", flat=True))


def hand_in(draft: Any, slug: str, by: Any, now: Any) -> Any:
    page = draft(slug, summary=SUMMARY)
    review.submit(page=page, by=by, now=now)
    page.refresh_from_db()
    return page


def test_colleague_gets_a_link_and_neither_title_nor_health_word(draft, author, colleague, staffed, settings):
    reviewer = colleague()

    hand_in(draft, ROUTINE, author, staffed)

    message = Message.objects.get()
    assert message.to == str(reviewer.phone)
    assert message.body.endswith(f"{settings.PUBLIC_BASE_URL}/cms/reviews/")
    assert "waits for a second person" in message.body
    assert health_words(message.body) == []
    assert segments(message.body).count <= 2


def test_red_flag_text_is_for_physicians(draft, author, colleague, staffed):
    colleague("educator")
    physician = colleague("physician")

    hand_in(draft, RED, author, staffed)

    assert told() == [str(physician.phone)]


def test_authors_other_roles_other_clinics_and_the_unproven_hear_nothing(
    draft, author, clinic, colleague, staffed
):
    author_staff = author.staff_roles.get()
    author_staff.phone, author_staff.phone_verified_at = "+13125550188", staffed
    author_staff.save()
    colleague("nurse")
    colleague("educator", at=factories.ClinicFactory())
    factories.StaffFactory(clinic=clinic, role="educator", phone_verified_at=None)
    gone = colleague("educator")
    gone.ended_at, gone.ended_by = staffed, author
    gone.save(update_fields=["ended_at", "ended_by"])

    hand_in(draft, ROUTINE, author, staffed)

    assert told() == []


def test_text_of_the_night_waits_for_the_morning_and_goes_once(draft, author, colleague, now):
    colleague()

    page = hand_in(draft, ROUTINE, author, now)
    review.send_back(page=page, by=colleague("physician").user, note="Shorter", now=now)
    page.refresh_from_db()
    review.submit(page=page, by=author, now=now)

    message = Message.objects.get()
    assert message.due_at > now
    assert message.expires_at > message.due_at


def test_checks_that_are_off_text_nobody(draft, author, colleague, staffed, settings):
    settings.STAFF_CHECKS = False
    colleague()

    hand_in(draft, ROUTINE, author, staffed)

    assert told() == []
