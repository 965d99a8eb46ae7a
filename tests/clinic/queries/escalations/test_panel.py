from datetime import timedelta

import pytest
from django.utils import translation

from clinic.access import NotVisible
from clinic.models import AuditEvent, Checkin, Escalation, EscalationEvent
from clinic.queries.escalations.panel import panel
from clinic.services.escalations import lifecycle, missed
from clinic.services.paging import chain
from tests import cases, factories


def test_panel_holds_all_that_a_nurse_acts_on(nurse, patient, caregiver, now):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    escalation = cases.escalate(patient, cases.FEVER_AND_CONFUSION, now)

    found = panel(user=nurse, escalation_id=escalation.pk, now=now + timedelta(minutes=3))

    assert (found.level, found.state, found.age) == ("emergency", "open", timedelta(minutes=3))
    assert (found.patient.name, found.patient.day, found.may_act) == (patient.full_name, 4, True)
    assert found.reasons[0].level == "emergency"
    assert [person.name for person in found.caregivers] == ["Carla Caregiver"]
    assert [person.name for person in found.on_call.in_order] == ["Nora Nurse"]
    assert [line.kind for line in found.history] == ["opened"]
    assert found.history[0].by == "Carla Caregiver"


def test_panel_shows_key_answers_first_and_all_answers(nurse, patient, now):
    answers = {"temp_value": "101.5", "temp_unit": "F", "confusion": 1, "cough": 0}
    escalation = cases.escalate(patient, answers, now)

    (report,) = panel(user=nurse, escalation_id=escalation.pk, now=now).reports

    assert [(answer.item, answer.text) for answer in report.key_answers] == [
        ("temp", "38.6\u00a0°C"),
        ("confusion", "Slower, or forgets things"),
    ]
    assert [(answer.label, answer.text) for answer in report.other_answers] == [
        ("Temperature, as typed", "101.5\u00a0°F"),
        ("Cough or cold", "None"),
    ]


def test_panel_speaks_one_unit_and_holds_it_to_its_number(nurse, patient, now):
    escalation = cases.escalate(patient, {"temp_value": "101.5", "temp_unit": "F"}, now)

    found = panel(user=nurse, escalation_id=escalation.pk, now=now)

    assert found.reasons[0].why == "Temperature 38.6\u00a0°C (38.0 to 39.9)"
    assert "°F" not in "".join(answer.text for answer in found.reports[0].key_answers)


@pytest.mark.parametrize(("language", "shown"), [("en", "91%"), ("es", "91\u00a0%")])
def test_per_cent_is_written_as_the_reader_writes_it(nurse, patient, now, language, shown):
    nurse.language = language
    escalation = cases.escalate(patient, {**cases.FEVER, "spo2": "91"}, now)

    found = panel(user=nurse, escalation_id=escalation.pk, now=now)

    assert any(f" {shown} (" in reason.why for reason in found.reasons)
    assert shown in [answer.text for answer in found.reports[0].key_answers]


def test_history_tells_who_took_it_noted_and_closed_it(nurse, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    lifecycle.add_note(escalation_id=escalation.pk, by=nurse, text="On the way", now=now)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="clinic_visit", note="Arrived", now=now)

    found = panel(user=nurse, escalation_id=escalation.pk, now=now)

    assert [(line.kind, line.text) for line in found.history] == [
        ("opened", ""),
        ("acknowledged", ""),
        ("note", "On the way"),
        ("resolved", "Arrived"),
    ]
    assert (found.resolved_by, found.outcome) == ("Nora Nurse", "Coming to the clinic")
    assert found.is_resolved


def test_other_clinics_nurse_and_family_find_nothing_and_are_on_record(
    nurse, other_nurse, patient, caregiver, now
):
    escalation = cases.escalate(patient, cases.FEVER, now)

    for person in (other_nurse, caregiver):
        with pytest.raises(NotVisible):
            panel(user=person, escalation_id=escalation.pk, now=now)

    denied = AuditEvent.objects.filter(action="access.denied", subject_id=str(escalation.pk))
    assert set(denied.values_list("actor_id", flat=True)) == {other_nurse.pk, caregiver.pk}


def test_pages_in_a_row_are_one_line_of_the_history(nurse, patient, now):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    escalation = cases.escalate(patient, cases.FEVER, now)
    for minutes in (0, 2, 5):
        chain.send_due(now=now + timedelta(minutes=minutes))
        cases.arrive(now + timedelta(minutes=minutes))

    line = panel(user=nurse, escalation_id=escalation.pk, now=now).history[-1]

    assert (line.kind, line.times, line.text) == ("paged", 3, "Nora Nurse, the clinic's line")
    assert (line.at, line.last_at) == (now, now + timedelta(minutes=5))


def test_danger_signs_are_named_and_staff_hints_shown(clinic, nurse, now):
    signs = factories.PatientFactory(clinic=clinic)
    bleeding = factories.PatientFactory(clinic=clinic)
    cases.escalate(signs, {"red_flags": ["cannot_wake"]}, now)
    cases.escalate(bleeding, {**cases.FEVER, "bleeding": 1}, now)

    first, second = (
        panel(user=nurse, escalation_id=patient.escalations.get().pk, now=now).reasons
        for patient in (signs, bleeding)
    )

    assert first[0].why == "A danger sign was checked: Will not wake up"
    assert [reason.hint for reason in second if reason.hint] == ["low counts / HLH pattern"]


def test_silence_is_told_in_the_language_of_whoever_reads(nurse, patient, now):
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=24))
    missed.escalate_due(now=now)
    why = {
        "en": "A planned check-in was missed: No report for 24 hours (24 or more)",
        "es": "No se hizo un chequeo programado: Sin reporte desde hace 24 horas (24 o más)",
    }

    assert {language: _told(nurse, language, now) for language in why} == {
        language: (words, words) for language, words in why.items()
    }


def test_silence_that_was_stored_in_one_language_still_shows(nurse, patient, now):
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=24))
    missed.escalate_due(now=now)
    EscalationEvent.objects.update(why={}, text="No report for 24 hours (24 or more)")

    words = "No se hizo un chequeo programado: No report for 24 hours (24 or more)"
    assert _told(nurse, "es", now) == (words, words)


def _told(nurse, language, now):
    """The reason, and the line of the history."""
    nurse.language = language
    with translation.override(language):
        found = panel(user=nurse, escalation_id=Escalation.objects.get().pk, now=now)
    return found.reasons[0].why, found.history[0].text
