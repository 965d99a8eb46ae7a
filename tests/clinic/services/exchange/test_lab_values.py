"""Laboratory values of a FHIR bundle: taken once, refused in words, and what a person has judged stands."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest

from clinic.models import LabResult, Patient, RiskRun
from clinic.queries.exchange import words
from clinic.queries.fhir.record import FhirRecord
from clinic.rules.exchange.verdicts import Source
from clinic.services.exchange import undoing
from clinic.services.risk import labs

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


@pytest.fixture
def home(patient):
    """Of New York, with a hospital number and a day of birth."""
    patient.hospital_number, patient.time_zone = "MRN-7", "America/New_York"
    patient.birth_date = date(1960, 3, 2)
    patient.save()
    return patient


def bundle(patient, *observations, **changes):
    person = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": patient.family_name, "given": [patient.given_name]}],
        "birthDate": patient.birth_date.isoformat(),
        "identifier": [{"value": patient.hospital_number}],
        **changes,
    }
    entries = [{"resource": one} for one in (person, *observations)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries})


def lab(value=0.4, unit="10*9/L", code="751-8", taken="2026-11-21T02:30:00Z", status="final", **quantity):
    return {
        "resourceType": "Observation",
        "status": status,
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": taken,
        "valueQuantity": {"value": value, "system": UCUM, "code": unit, **quantity},
    }


def verdicts(found):
    """Of the rows of labs, with their reasons in words."""
    rows = found.rows.filter(kind="lab").order_by("number")
    return [(row.verdict, *words.reasons(row.reasons)) for row in rows]


def test_value_is_kept_by_the_clock_of_the_patients_home_and_risk_is_computed(bring, home):
    found = bring(bundle(home, lab()), Source.FHIR)

    row = LabResult.objects.get()
    assert verdicts(found) == [("made", "Neutrophils (ANC)")]
    assert (row.lab, row.value, row.typed_value, row.typed_unit) == ("anc", Decimal("0.4"), "0.4", "10^9/L")
    assert (row.taken_on, row.taken_at, row.source) == (date(2026, 11, 20), "21:30", "fhir")
    assert RiskRun.objects.filter(patient=home).exists()


def test_preview_makes_nothing_and_says_the_value(stage, home):
    found = stage(bundle(home, lab()), Source.FHIR)

    (row,) = found.rows.filter(kind="lab")
    assert (row.verdict, LabResult.objects.count()) == ("made", 0)
    assert words.row_in_words(row.kind, row.said) == (
        "Laboratory value: Neutrophils (ANC) 0.4\u00a0K/µL, 2026-11-21 02:30"
    )


def test_same_value_is_kept_once_in_whatever_unit_it_comes(bring, home):
    bring(bundle(home, lab()), Source.FHIR)

    again = bring(bundle(home, lab(400, "/uL"), lab(0.40), lab(0.4, "10*3/uL")), Source.FHIR)

    assert verdicts(again) == [("same",)] * 3
    assert LabResult.objects.count() == 1


def test_what_we_hand_out_comes_in_again_without_a_second_row(bring, home, nurse, now):
    day = now.date() - timedelta(days=1)
    typed = [labs.TypedLab("anc", "400", "/uL", day), labs.TypedLab("crp", "12", "mg/L", day)]
    labs.enter(patient_id=home.pk, by=nurse, values=typed, source="typed", now=now)
    handed = json.dumps(FhirRecord(home, now).bundle(base="https://clinic.example/fhir"))

    found = bring(handed, Source.FHIR)

    assert verdicts(found) == [("same",), ("same",)]
    assert LabResult.objects.count() == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (lab(unit="mg/dL"), "Neutrophils (ANC): Choose the unit that the laboratory prints."),
        (lab(-1), "Value: A spreadsheet would take this for a formula."),
        (lab(0.1234567), "Neutrophils (ANC): Enter a number with a point, such as 0.4."),
        (
            lab(900),
            "Neutrophils (ANC): Hardly anybody has such a value. Check number and unit, then say that it "
            "is right.",
        ),
        (lab(taken="2027-01-01"), "Neutrophils (ANC): This time is still to come where the patient is."),
        (lab(taken="1990-01-01"), "Neutrophils (ANC): Check the day: it is too long ago."),
        (
            lab(comparator="<"),
            "Value: It is said to be more or less than this, and only what is exact is taken.",
        ),
        (lab(taken="2026"), "Day of the sample: Write the day as 2026-11-30."),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_value_that_cannot_be_kept_is_refused_in_words_and_the_others_are_taken(bring, home, sent, told):
    found = bring(bundle(home, sent, lab(9.5, "g/dL", "718-7")), Source.FHIR)

    assert verdicts(found) == [("refused", told), ("made", "Hemoglobin")]


def test_other_value_of_the_same_moment_waits_and_of_the_same_day_does_not(bring, home):
    found = bring(
        bundle(
            home,
            lab(),
            lab(0.9, status="corrected"),
            lab(0.5, taken="2026-11-21"),
            lab(0.6, taken="2026-11-21"),
        ),
        Source.FHIR,
    )

    assert [one[0] for one in verdicts(found)] == ["made", "waits", "made", "made"]
    assert "Another value of this moment is on record." in verdicts(found)[1][1]


def test_value_that_somebody_struck_out_does_not_come_again(bring, home, nurse, now):
    bring(bundle(home, lab()), Source.FHIR)
    row = LabResult.objects.get()
    labs.strike(patient_id=home.pk, result_id=row.pk, by=nurse, reason="Of another patient", now=now)

    found = bring(bundle(home, lab(0.40, taken="2026-11-21T02:30:30Z")), Source.FHIR)

    assert verdicts(found) == [
        ("refused", "Neutrophils (ANC): Somebody here struck out this value as wrong.")
    ]
    assert not LabResult.objects.filter(struck_at=None).exists()


def test_withdrawn_value_waits_where_it_stands_and_is_left_alone_where_it_does_not(bring, home):
    bring(bundle(home, lab()), Source.FHIR)

    found = bring(
        bundle(home, lab(status="entered-in-error"), lab(0.7, status="entered-in-error")), Source.FHIR
    )

    assert [one[0] for one in verdicts(found)] == ["waits", "same"]
    assert LabResult.objects.get().struck_at is None


def test_number_of_somebody_else_waits(bring, home):
    found = bring(
        bundle(home, lab(), name=[{"family": "Quite", "given": ["Another"]}], birthDate="1931-01-01"),
        Source.FHIR,
    )

    assert [row.verdict for row in found.rows.order_by("number")] == ["waits", "refused"]
    assert not LabResult.objects.exists()


def test_taking_back_strikes_what_it_brought_and_nothing_else(bring, home, admin, nurse, now):
    day = now.date() - timedelta(days=1)
    typed = [labs.TypedLab("crp", "12", "mg/L", day)]
    labs.enter(patient_id=home.pk, by=nurse, values=typed, source="typed", now=now)
    found = bring(bundle(home, lab()), Source.FHIR)

    for _ in range(2):
        undoing.undo(import_id=found.pk, by=admin, now=now + timedelta(hours=1))

    assert list(LabResult.objects.filter(struck_at=None).values_list("lab", flat=True)) == ["crp"]
    assert found.rows.get(kind="lab").undone_at is not None
    # It may come again.
    again = bring(bundle(home, lab(), active=True), Source.FHIR, now + timedelta(hours=2))
    assert [one[0] for one in verdicts(again)] == ["made"]


def test_whoever_came_with_labs_and_was_not_touched_goes_without_a_name(bring, clinic, admin, now, patient):
    person = Patient(
        given_name="Iris", family_name="Vale", birth_date=date(1961, 4, 30), hospital_number="MRN-8"
    )
    infusion = {
        "resourceType": "Procedure",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "usedCode": [{"text": "Yescarta"}],
        "performedDateTime": "2026-11-17",
    }
    found = bring(bundle(person, infusion, lab()), Source.FHIR)
    assert [row.verdict for row in found.rows.order_by("number")] == ["made", "made"]

    undoing.undo(import_id=found.pk, by=admin, now=now + timedelta(hours=1))

    assert not Patient.objects.filter(family_name="Vale").exists()
    assert not Patient.objects.filter(hospital_number="MRN-8").exists()
    assert not LabResult.objects.exists()
