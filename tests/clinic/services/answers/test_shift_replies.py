"""What staff text back to a notice of a shift or a test page."""

from datetime import timedelta

import pytest

from clinic.models import PagerDrill, ShiftNotice
from clinic.services.answers import shift_replies
from tests import factories


@pytest.fixture
def ana(clinic):
    return factories.CoveringStaffFactory(clinic=clinic)


@pytest.fixture
def notice(ana, now):
    return ShiftNotice.objects.create(
        clinic=ana.clinic,
        staff=ana,
        layer="primary",
        starts_at=now + timedelta(minutes=30),
        ends_at=now + timedelta(hours=9),
        sent_at=now,
    )


def text(staff, body, now):
    return shift_replies.answer_text(from_phone=str(staff.phone), body=body, now=now)


@pytest.mark.parametrize("body", ["7", " 7. ", "７", "٧", "7️⃣"])
def test_seven_on_any_keyboard_confirms(notice, ana, now, body):
    assert text(ana, body, now) == "Your shift is confirmed."
    assert text(ana, body, now) == "No shift is waiting to be confirmed."


@pytest.mark.parametrize("body", ["8", "８", "٨"])
def test_eight_on_any_keyboard_answers_the_test(ana, now, body):
    PagerDrill.objects.create(staff=ana, sent_at=now)

    assert text(ana, body, now) == "The test is answered. Thank you."
    assert text(ana, body, now) == "No test is waiting for an answer."


@pytest.mark.parametrize("body", ["ok", "yes", "👍"])
def test_ok_is_told_by_which_digit_a_shift_is_confirmed(notice, ana, now, body):
    assert text(ana, body, now) == "Reply 7 to confirm your shift."
    notice.refresh_from_db()
    assert notice.confirmed_at is None


@pytest.mark.parametrize("body", ["1", "no", "thanks", "1 4821"])
def test_other_words_are_not_about_the_shift(notice, ana, now, body):
    assert text(ana, body, now) is None


def test_ok_without_a_notice_and_digits_of_strangers_are_not_about_a_shift(ana, now):
    assert text(ana, "ok", now) is None
    assert shift_replies.answer_text(from_phone="+12065550000", body="7", now=now) is None
