from datetime import UTC, datetime, timedelta

import pytest

from clinic.queries.reports import listing
from clinic.services.reports import intake
from tests import factories

HOUR = timedelta(hours=1)


def lines(patient, **changes):
    return listing.newest(patient=patient, language="en", size=20, **changes)


def test_reports_stand_in_the_order_in_which_they_were_seen(patient, caregiver, now):
    made = {
        seen: factories.ReportFactory(
            patient=patient, author=caregiver, observed_at=now - seen * HOUR, received_at=now - came * HOUR
        )
        for seen, came in ((20, 0), (3, 3), (9, 1))
    }

    assert [one.id for one in lines(patient)] == [made[3].pk, made[9].pk, made[20].pk]
    assert [one.id for one in lines(patient, until=now - 9 * HOUR)] == [made[9].pk, made[20].pk]


@pytest.mark.parametrize(
    ("sent_after", "seen_after", "clock"),
    [
        (timedelta(minutes=7), timedelta(0), listing.PhoneClock()),
        (timedelta(minutes=55), timedelta(0), listing.PhoneClock(ahead=timedelta(minutes=55))),
        (-timedelta(minutes=55), -HOUR, listing.PhoneClock(behind=timedelta(minutes=55))),
        (timedelta(0), -20 * HOUR, listing.PhoneClock()),
    ],
)
def test_clock_that_changes_how_the_times_read_is_told(
    patient, caregiver, now, sent_after, seen_after, clock
):
    store(patient, caregiver, now, observed_at=now + seen_after, sent_at=now + sent_after)

    assert [one.clock for one in lines(patient)] == [clock]


def test_time_that_was_given_and_does_not_count_is_told(patient, caregiver, now):
    given = datetime(2038, 1, 20, tzinfo=UTC)

    store(patient, caregiver, now, observed_at=given, sent_at=now)

    [line] = lines(patient)
    assert (line.observed_at, line.clock) == (now, listing.PhoneClock(said=given))


def store(patient, caregiver, now, **changes):
    return intake.submit(
        report_id=factories.uuid4(),
        patient=patient,
        by=caregiver,
        protocol_version=intake.current_version_for(patient=patient),
        language="en",
        answers={"temp_value": "36.8", "temp_unit": "C"},
        now=now,
        **changes,
    )
