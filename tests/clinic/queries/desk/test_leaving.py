"""What somebody is told before they end a role."""

from datetime import timedelta

import pytest

from clinic.access import NotVisible
from clinic.queries.desk import leaving, leaving_words
from clinic.services.accounts import leaving as service
from tests import factories

NOBODY = "Nobody is left who can be paged now: only the 24-hour line would be called."


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


def told(staff, lead, now):
    return leaving_words.gaps_made(leaving.of_role(user=lead.user, staff_id=staff.pk, now=now))


def test_gaps_are_those_that_leaving_makes_and_no_others(clinic, lead, now):
    """It is 21:00. Bob's shift lies over Ann's from 22:00 to 06:00; hers ends at 07:00."""
    ann, bob = (factories.CoveringStaffFactory(clinic=clinic) for _ in range(2))
    factories.ShiftFactory(staff=ann, starts_at=now, ends_at=now + timedelta(hours=10))
    factories.ShiftFactory(staff=bob)

    assert told(ann, lead, now) == [
        NOBODY,
        "Primary: nobody from Sat Nov 21, 21:00 to Sat Nov 21, 22:00.",
        "Primary: nobody from Sun Nov 22, 06:00 to Sat Dec 5, 21:00.",
    ]
    assert told(bob, lead, now) == []


def test_gap_that_is_there_already_is_not_laid_at_somebodys_door(clinic, lead, now):
    ann, bob = (factories.CoveringStaffFactory(clinic=clinic) for _ in range(2))
    factories.ShiftFactory(staff=ann)
    factories.OnCallFactory(staff=bob)

    assert told(bob, lead, now) == [NOBODY]


def test_last_physician_and_last_administrator_are_named(clinic, lead, now):
    nurse = factories.CoveringStaffFactory(clinic=clinic)
    doctor = factories.CoveringStaffFactory(clinic=clinic, role="physician")
    for staff in (nurse, doctor):
        factories.OnCallFactory(staff=staff)
    operator = factories.UserFactory(is_staff=True, is_superuser=True)

    assert told(doctor, lead, now) == ["No Physician is left who can be paged now."]
    found = leaving.of_role(user=operator, staff_id=lead.pk, now=now)
    assert leaving_words.gaps_made(found) == [
        "No administrator is left, so nobody hears of gaps and nobody can fill them."
    ]
    second = factories.StaffFactory(clinic=clinic, role="administrator")
    assert told(lead, second, now) == []


def test_what_is_counted_is_what_ends(clinic, lead, now):
    ann = factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=ann)
    factories.ShiftPatternFactory(staff=ann)
    factories.ShiftFactory(staff=ann)
    factories.ShiftSwapFactory(from_staff=ann)

    found = leaving.of_role(user=lead.user, staff_id=ann.pk, now=now)

    assert leaving_words.what_ends(found) == [
        "1 weekly shift ends.",
        "1 single shift ends or is taken off.",
        "1 request to swap a shift is closed.",
        "They are taken off the standing list.",
        "They are signed out everywhere. Programs, calendars and devices that use their sign-in stop.",
    ]
    service.end_role(staff_id=ann.pk, by=lead.user, now=now)
    after = leaving.of_role(user=lead.user, staff_id=ann.pk, now=now)
    assert (after.weekly, after.shifts, after.swaps, after.is_listed) == (0, 0, 0, False)


def test_role_of_another_clinic_is_not_looked_at(other_clinic, lead, now):
    with pytest.raises(NotVisible):
        leaving.of_role(user=lead.user, staff_id=factories.StaffFactory(clinic=other_clinic).pk, now=now)
