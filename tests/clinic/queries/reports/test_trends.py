from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Patient
from clinic.queries.reports import trends
from tests import cases

MEASURED = {"temp_value": "100.4", "temp_unit": "F", "pulse": 88, "spo2": 95, "sbp": 118}


def last_days(patient, now, days=3):
    fresh = Patient.objects.select_related("clinic").get(pk=patient.pk)
    return trends.of_patient(patient=fresh, language="en", days=days, now=now)


def test_each_measured_sign_is_a_chart_over_the_bands_of_the_rules(patient, now):
    cases.report_by_family(patient, MEASURED, now - timedelta(hours=5))

    found = last_days(patient, now)

    assert [(one.label, one.unit) for one in found.charts] == [
        ("Temperature", "°C"),
        ("Pulse", "/min"),
        ("Oxygen", "%"),
        ("Blood pressure, top number", "mmHg"),
    ]
    assert found.charts[0].chart.points[0].reading.value == pytest.approx(38.0)
    assert all(one.bands for one in found.charts)
    assert len(found.marks) == 1


def test_stripe_too_thin_for_its_word_is_named_below_the_chart(client, nurse, patient, now):
    cases.report_by_family(patient, MEASURED, now - timedelta(hours=5))
    client.force_login(nurse)

    named = {one.label: one.stripes for one in last_days(patient, now).charts}
    page = client.get(f"/console/patients/{patient.pk}/?days=0").content.decode()

    assert named["Temperature"] == named["Pulse"] == named["Oxygen"] == ()
    assert named["Blood pressure, top number"] == (
        *("Urgent", "Same day", "No alert", "Same day", "Urgent", "Emergency"),
    )
    assert "Stripes from top to bottom: Urgent, Same day, No alert, Same day, Urgent, Emergency" in page


def test_thin_stripe_has_its_word_where_there_is_room(patient, now):
    """The narrow one of 37.5 to 37.9 °C, between two that are high."""
    Patient.objects.filter(pk=patient.pk).update(infusion_date=(now - timedelta(days=45)).date())
    cases.report_by_family(patient, MEASURED, now - timedelta(hours=5))

    bands = last_days(patient, now).charts[0].bands

    assert [(one.level, one.has_word) for one in bands if one.height < 13] == [("watch", True)]


def test_table_says_what_the_charts_say(patient, caregiver, now):
    cases.report_by_family(patient, MEASURED, now - timedelta(hours=5))
    cases.report_by_family(patient, {"temp_value": "36.8", "temp_unit": "C"}, now - timedelta(hours=1))

    newest, older = last_days(patient, now).rows

    assert newest.values == ("36.8", "", "", "")
    assert (older.values, older.by, older.level) == (("38.0", "88", "95", "118"), caregiver.name, "urgent")


def test_only_the_chosen_days_count_and_nothing_measured_is_no_empty_chart(patient, now):
    cases.report_by_family(patient, MEASURED, now - timedelta(days=4))

    assert (last_days(patient, now).charts, last_days(patient, now).rows) == ((), ())
    assert len(last_days(patient, now, days=14).charts) == 4
    assert [trends.chosen_days(asked) for asked in ("14", "3", "9", "x", "")] == [14, 3, None, None, None]


@pytest.mark.parametrize(("ago", "days"), [(1, 3), (4, 14), (20, 0), (None, 3)])
def test_page_opens_on_as_few_days_as_show_something(patient, now, ago, days):
    if ago is not None:
        cases.report_by_family(patient, MEASURED, now)
    moment = now + timedelta(days=ago or 0)

    found = last_days(patient, moment, days=None)

    assert (found.days, bool(found.charts)) == (days, ago is not None)
    assert found.spans == (() if ago is None else trends.SPANS)


def test_page_without_a_value_offers_no_spans_and_is_read_once(client, nurse, patient, now):
    cases.report_by_family(patient, {"red_flags": []}, now)
    client.force_login(nurse)

    page = client.get(f"/console/patients/{patient.pk}/").content.decode()
    with CaptureQueriesContext(connection) as queries:
        last_days(patient, now, days=None)

    assert "Nothing has been measured yet." in page
    assert "How far back" not in page
    assert sum('FROM "clinic_report"' in one["sql"] for one in queries) == 1


def test_days_are_marked_where_the_patient_is_and_a_new_phase_by_name(patient, now):
    cases.report_by_family(patient, MEASURED, now)

    marks = last_days(patient, now).day_marks
    first = last_days(patient, now + timedelta(days=13), days=14).day_marks

    # It is still the evening of day 4 there.
    assert [one.day for one in marks] == [2, 3, 4]
    assert any(one.phase for one in first)


@pytest.mark.parametrize(("day", "days"), [(14, 14), (44, 14), (112, 0), (400, 14), (400, 0)])
def test_numbers_of_days_never_touch(patient, now, day, days):
    cases.report_by_family(patient, MEASURED, now)
    Patient.objects.filter(pk=patient.pk).update(infusion_date=(now - timedelta(days=day)).date())

    numbered = [one for one in last_days(patient, now, days=days).day_marks if one.is_numbered]

    assert len(numbered) >= 4
    for earlier, later in pairwise(numbered):
        # A digit takes 7 of the drawing's units, and beside a number there must be some air.
        wide = 7 * (len(str(earlier.day)) + len(str(later.day))) / 2
        assert later.x - earlier.x >= wide + 4


def test_trends_take_as_many_queries_for_one_report_as_for_three(patient, now):
    def look():
        with CaptureQueriesContext(connection) as queries:
            last_days(patient, now)
        return len(queries)

    cases.report_by_family(patient, MEASURED, now - timedelta(hours=1))
    one = look()
    for hours in (2, 3):
        cases.report_by_family(patient, MEASURED, now - timedelta(hours=hours))

    assert look() == one
