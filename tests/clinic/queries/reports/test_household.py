"""Worries, differing reports and changed versions as staff read them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.models import Checkin, Escalation, Report
from clinic.queries.desk import worklist
from clinic.queries.escalations import panel as escalations
from clinic.queries.reports import household
from clinic.services.escalations import contacts, scoring, worries
from clinic.services.escalations import lifecycle as service
from clinic.services.protocols import versions
from clinic.services.reports import intake
from tests import cases, factories
from tests.clinic.console.escalations.test_lifecycle import signed_in, text_of

WELL = {"temp_value": "36.8", "temp_unit": "C"}


@pytest.fixture
def differing(patient, caregiver, now):
    """Carla says fever, Ana twenty minutes later says well."""
    ana = factories.CareTeamMemberFactory(patient=patient, user__name="Ana Other").user
    for by, answers, minutes in ((caregiver, cases.FEVER, 0), (ana, WELL, 20)):
        at = now + timedelta(minutes=minutes)
        report = factories.ReportFactory(
            patient=patient, author=by, answers=answers, observed_at=at, received_at=at
        )
        scoring.score(report_id=report.pk, now=at)
    return Escalation.objects.get()


def test_worklist_flags_what_differs_until_it_is_settled(differing, nurse, now):
    def flags():
        found = worklist.worklist(user=nurse, clinic_slug="", now=now)
        return [row.has_disagreement for row in (*found.waiting, *found.handled)]

    before = flags()
    service.acknowledge(escalation_id=differing.pk, by=nurse, now=now)
    taken = flags()

    assert (before, taken) == ([True], [True])
    assert "The family's reports differ" in text_of(signed_in(nurse).get("/console/")).replace("&#x27;", "'")


def test_panel_shows_both_and_closing_asks_which_was_confirmed(differing, nurse, now):
    service.acknowledge(escalation_id=differing.pk, by=nurse, now=now)
    browser = signed_in(nurse)
    address = f"/console/escalations/{differing.pk}/"
    text = text_of(browser.get(address))
    assert "Carla Caregiver," in text and "Ana Other," in text

    refused = browser.post(f"{address}resolve/", {"resolve-outcome": "advice_given"})
    assert refused.status_code == 422
    assert "Say which report you confirmed." in text_of(refused)
    right = Report.objects.get(author__name="Carla Caregiver")
    browser.post(
        f"{address}resolve/", {"resolve-outcome": "advice_given", "resolve-confirmed": str(right.pk)}
    )

    panel = escalations.panel(user=nurse, escalation_id=differing.pk, now=now)
    assert (panel.is_resolved, panel.reports_to_confirm) == (True, ())
    assert [pair.confirmed for pair in panel.disagreements] == [right.pk]


def test_nobody_could_tell_is_an_answer(differing, nurse, now):
    service.acknowledge(escalation_id=differing.pk, by=nurse, now=now)

    answer = signed_in(nurse).post(
        f"/console/escalations/{differing.pk}/resolve/",
        {"resolve-outcome": "clinic_visit", "resolve-confirmed": "unclear"},
    )

    assert answer.status_code == 302
    assert Escalation.objects.get().state == "resolved"


def test_panel_tells_of_the_worry_and_how_long_it_waited(patient, caregiver, nurse, now):
    told = {
        "patient_id": patient.pk,
        "by": caregiver,
        "told_at": now,
        "now": now,
        "words": "Looks through me",
    }
    escalation = worries.record(worry_id=uuid4(), **told).escalation
    service.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    waiting = text_of(signed_in(nurse).get(f"/console/escalations/{escalation.pk}/"))
    contacts.log(
        escalation_id=escalation.pk,
        by=nurse,
        member_id=None,
        who="Carla",
        reached=True,
        note="",
        now=now + timedelta(minutes=12),
    )

    panel = escalations.panel(user=nurse, escalation_id=escalation.pk, now=now + timedelta(hours=1))

    assert "Carla Caregiver is worried since" in waiting and "Looks through me" in waiting
    assert "Not called yet" in waiting
    assert [(one.called_by, one.waited) for one in panel.worries] == [("Nora Nurse", timedelta(minutes=12))]
    assert panel.needs_outcome


def test_panel_shows_what_a_correction_changed(patient, caregiver, nurse, now):
    escalation = cases.escalate(patient, {**cases.FEVER, "pulse": "80"}, now)
    slip = Report.objects.get()
    version = intake.submit(
        report_id=uuid4(),
        patient=patient,
        by=caregiver,
        protocol_version=versions.current_version(clinic=patient.clinic),
        observed_at=now,
        sent_at=now,
        language="en",
        answers={"temp_value": "36.8", "temp_unit": "C", "pulse": "80"},
        now=now + timedelta(minutes=3),
        corrects=slip,
    ).report
    scoring.score(report_id=version.pk, now=now + timedelta(minutes=3))

    newer, older = escalations.panel(user=nurse, escalation_id=escalation.pk, now=now).reports

    assert [(one.label, one.before, one.after) for one in newer.changes] == [
        ("Temperature", "38.6\u00a0°C", "36.8\u00a0°C")
    ]
    assert (older.corrected_at, newer.corrects_at) == (version.received_at, slip.received_at)
    text = text_of(signed_in(nurse).get(f"/console/escalations/{escalation.pk}/"))
    assert "38.6 °C → changed to 36.8 °C" in text


def told(patient, now, *hours_ago, **facts):
    for hours in hours_ago:
        factories.ReportFactory(patient=patient, received_at=now - timedelta(hours=hours), **facts)


def asked(patient, now, *hours_ago):
    for hours in hours_ago:
        Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=hours))


TWICE_A_DAY_BEFORE = (26, 38, 50, 62, 74, 86)


@pytest.mark.parametrize(
    ("lately", "before", "planned", "less"),
    [
        # Half of the mean is a drop, more than half is none.
        ((5,), TWICE_A_DAY_BEFORE, (2, 14), True),
        ((5, 17), TWICE_A_DAY_BEFORE, (2, 14), False),
        ((), (26, 50, 74), (2,), True),
        # Once in three days was no habit.
        ((), (26,), (2,), False),
        # The plan asked for no more than what came: the phase has changed.
        ((5,), TWICE_A_DAY_BEFORE, (2,), False),
    ],
)
def test_family_that_reports_half_as_often_as_before(patient, now, lately, before, planned, less):
    told(patient, now, *lately, *before)
    asked(patient, now, *planned)

    assert household.patients_reporting_less([patient.pk], now=now) == ({patient.pk} if less else set())


def test_practice_corrections_and_paused_patients_are_no_drop(patient, now):
    practice = factories.PatientFactory(clinic=patient.clinic)
    paused = factories.PatientFactory(clinic=patient.clinic, status="paused", paused_until=now)
    told(practice, now, *TWICE_A_DAY_BEFORE, is_drill=True)
    told(paused, now, *TWICE_A_DAY_BEFORE)
    told(patient, now, 5, 26, 50, 74)
    first = Report.objects.filter(patient=patient).earliest("received_at")
    for hours in (73, 72, 71):
        first = factories.ReportFactory(
            patient=patient, corrects=first, received_at=now - timedelta(hours=hours)
        )
    for one in (practice, paused, patient):
        asked(one, now, 2, 14)

    assert household.patients_reporting_less([practice.pk, paused.pk, patient.pk], now=now) == set()


def test_drop_is_a_note_on_the_patients_page_and_in_the_list_and_opens_nothing(patient, nurse):
    now = timezone.now()
    told(patient, now, *TWICE_A_DAY_BEFORE)
    asked(patient, now, 2, 14)
    browser = signed_in(nurse)

    assert "This family reports less than before." in text_of(browser.get(f"/console/patients/{patient.pk}/"))
    assert "Reports less than before" in text_of(browser.get("/console/patients/"))
    assert not Escalation.objects.exists()
