"""What whoever calls a family must know; nothing is made of what nobody asked about."""

import pytest

from clinic.queries.patients import at_home
from clinic.services.risk import fact_sheets


def save(patient, nurse, now, **told):
    newest = patient.risk_fact_sheets.order_by("-number").first()
    seen = str(newest.pk) if newest else ""
    fact_sheets.save_step(patient_id=patient.pk, by=nurse, step="reach", told=told, seen=seen, now=now)


def test_nothing_is_said_of_what_nobody_asked(patient):
    assert at_home.of_patient(patient) == at_home.AtHome("", None, ())


@pytest.mark.parametrize(
    ("told", "language", "notes"),
    [
        ({"call_language": "vi", "thermometer": True, "cuff": True}, "Vietnamese", ()),
        (
            {"call_language": "other", "signal": False, "oximeter": False},
            "another language",
            ("no reliable signal", "no oximeter"),
        ),
        ({"someone_else": False, "thermometer": False}, "", ("nobody else to call", "no thermometer")),
    ],
)
def test_what_is_lacking_is_named(patient, nurse, now, told, language, notes):
    save(patient, nurse, now, **told)

    found = at_home.of_patient(patient)

    assert (found.call_language, found.notes) == (language, notes)


def test_a_second_infusion_asks_anew(patient, nurse, now):
    save(patient, nurse, now, thermometer=False)
    patient.course_number += 1

    assert at_home.of_patient(patient).notes == ()
