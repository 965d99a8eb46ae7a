from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from caregiver.queries.household import call_numbers
from caregiver.services.phone import packs
from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent
from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.assessment import Travel
from clinic.services.accounts import holidays
from clinic.services.protocols.versions import current_version, rules_of
from clinic.services.reports.intake import advice_at
from tests import factories

pytestmark = pytest.mark.django_db

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.fixture
def add(clinic, lead, now):
    def call(first, last=None, name="Holiday", by=lead):
        holidays.add(clinic_id=clinic.pk, first=first, last=last, name=name, by=by, now=now)
        clinic.refresh_from_db()

    return call


@pytest.fixture
def tuesday(now):
    """Ten in the morning of the next working Tuesday there."""
    day = now.astimezone(NEW_YORK).date() + timedelta(days=1)
    while day.weekday() != 1:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 10, tzinfo=NEW_YORK)


def advice(clinic, at):
    return advice_at(
        clinic=clinic,
        protocol=rules_of(current_version(clinic=clinic)),
        level=Level.SAME_DAY,
        day=9,
        travel=Travel(minutes_to_centre=20, no_transport=False),
        nearest_emergency="",
        now=at,
    )


def test_advice_and_numbers_follow_at_once_and_again_when_it_is_taken_back(add, clinic, lead, tuesday, now):
    assert advice(clinic, tuesday).staffed
    add(tuesday.date())

    told = advice(clinic, tuesday)
    assert not told.staffed
    assert told.next_staffed == datetime.combine(
        tuesday.date() + timedelta(days=1), datetime.min.time().replace(hour=8), tzinfo=NEW_YORK
    )
    assert not call_numbers.of_clinic(clinic=clinic, now=tuesday).staffed

    holidays.remove(clinic_id=clinic.pk, first=tuesday.date(), by=lead, now=now)
    clinic.refresh_from_db()
    assert advice(clinic, tuesday).staffed


def test_copy_on_the_phone_knows_it(add, patient, caregiver, tuesday):
    def opens():
        (one,) = packs.pack(by=caregiver, now=tuesday - timedelta(days=1))["patients"]
        return [datetime.fromisoformat(span["from"]).astimezone(NEW_YORK).date() for span in one["staffed"]]

    assert tuesday.date() in opens()
    add(tuesday.date(), tuesday.date() + timedelta(days=20))

    # Today is left, and the first day on which it opens again, beyond the life of the pack.
    assert opens()[-1] == tuesday.date() + timedelta(days=21)
    assert tuesday.date() not in opens()


def test_it_is_written_once_and_audited_without_its_name(add, clinic):
    before = clinic.live_version
    for _ in range(2):
        add(date(2030, 12, 24), date(2030, 12, 26), "Christmas")

    assert clinic.holidays == [{"first": "2030-12-24", "last": "2030-12-26", "name": "Christmas"}]
    row = AuditEvent.objects.get(action="clinic.holiday_added")
    assert row.detail == {"first": "2030-12-24", "last": "2030-12-26"}
    assert clinic.live_version > before


def test_same_days_by_another_name_are_said_to_be_there(add):
    add(date(2030, 12, 24))
    with pytest.raises(holidays.WrongHoliday, match="twice"):
        add(date(2030, 12, 24), name="Other")


def test_removing_what_is_gone_changes_nothing(add, clinic, lead, now):
    for _ in range(2):
        holidays.remove(clinic_id=clinic.pk, first=date(2030, 12, 24), by=lead, now=now)

    assert not AuditEvent.objects.filter(action="clinic.holiday_removed").exists()


def test_only_who_runs_this_clinic_says_when_it_is_closed(add, clinic, nurse, other_clinic, now):
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator").user
    for by, refusal in ((nurse, NotAllowed), (stranger, NotVisible)):
        with pytest.raises(refusal):
            add(date(2030, 12, 24), by=by)
        with pytest.raises(refusal):
            holidays.remove(clinic_id=clinic.pk, first=date(2030, 12, 24), by=by, now=now)
