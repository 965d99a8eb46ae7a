"""What an import made is taken back in one act, as long as nothing else hangs on it."""

import json
from datetime import timedelta

import pytest

from clinic.access import NotAllowed
from clinic.models import AuditEvent, Course, FactCorrection, OutcomeRecord, Patient, WindowPlan
from clinic.rules.exchange.verdicts import Source
from clinic.services.exchange import undoing
from clinic.services.patients import fact_corrections
from tests import factories

WALTER = "Walter,Reed,1960-03-02,MRN-1,2026-11-17,axi-cel"
GRACE = "Grace,Hall,1955-07-09,MRN-2,2026-11-10,Kymriah"
OUTCOMES = "hospital_number,course,form,day,item,value\n"


@pytest.fixture
def undo(admin, now):
    def _undo(found, at=now + timedelta(hours=1)):
        return undoing.undo(import_id=found.pk, by=admin, now=at)

    return _undo


def test_whom_nobody_has_touched_is_gone_as_if_never_enrolled(bring, csv, undo):
    found = bring(csv(WALTER, GRACE))

    undo(found)
    undo(found)

    assert (Patient.objects.count(), Course.objects.count(), WindowPlan.objects.count()) == (0, 0, 0)
    assert AuditEvent.objects.filter(action="patient.enrolment_taken_back").count() == 2
    assert AuditEvent.objects.filter(action="import.undone").count() == 1


def test_whom_somebody_has_used_stays_and_is_named(bring, csv, undo, nurse):
    found = bring(csv(WALTER, GRACE))
    walter = Patient.objects.get(hospital_number="MRN-1")
    factories.InvitationFactory(patient=walter, invited_by=nurse)

    undo(found)

    assert list(Patient.objects.all()) == [walter]
    assert found.rows.get(kept_because="used").patient == walter


def test_file_may_come_again_after_it_was_taken_back(bring, csv, undo):
    undo(bring(csv(WALTER)))

    bring(csv(WALTER))

    assert Patient.objects.count() == 1


def test_correction_goes_back_unless_somebody_has_corrected_since(bring, csv, undo, nurse, now):
    bring(csv(WALTER, GRACE))
    found = bring(csv(WALTER.replace("Walter", "Walther"), GRACE.replace("Hall", "Hale")))
    grace = Patient.objects.get(hospital_number="MRN-2")
    fact_corrections.correct(
        patient_id=grace.pk,
        by=nurse,
        facts={"family_name": "Hahl"},
        reason="as on the passport",
        now=now + timedelta(minutes=5),
        known_others=None,
    )

    undo(found)

    assert set(Patient.objects.values_list("given_name", "family_name")) == {
        ("Walter", "Reed"),
        ("Grace", "Hahl"),
    }
    assert list(found.rows.order_by("number").values_list("kept_because", flat=True)) == [
        "",
        "corrected_since",
    ]
    assert FactCorrection.objects.count() == 4


def test_form_is_gone_and_the_one_before_stands_again(bring, csv, undo, clinic):
    patient = factories.PatientFactory(clinic=clinic, hospital_number="MRN-7")
    day = patient.infusion_date.isoformat()
    later = factories.NOW + timedelta(days=40)
    first = f"MRN-7,1,follow_up,30,contact_on,{day}\n"
    bring(OUTCOMES + first, Source.CSV_OUTCOMES, later)
    found = bring(OUTCOMES + first + "MRN-7,1,follow_up,30,crs_grade,2\n", Source.CSV_OUTCOMES, later)
    assert OutcomeRecord.objects.count() == 2

    undo(found, later)

    assert OutcomeRecord.objects.get().answers == {"contact_on": day}


def test_nurse_takes_nothing_back(bring, csv, nurse, now):
    found = bring(csv(WALTER))

    with pytest.raises(NotAllowed):
        undoing.undo(import_id=found.pk, by=nurse, now=now)


def test_record_whose_stay_the_same_import_told_of_is_emptied(bring, undo, now):
    admitted = (now - timedelta(days=3)).isoformat()
    bundle = {
        "resourceType": "Bundle",
        "entry": [
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": "p1",
                    "name": [{"family": "Reed", "given": ["Walter"]}],
                    "birthDate": "1960-03-02",
                }
            },
            {
                "resource": {
                    "resourceType": "Procedure",
                    "status": "completed",
                    "subject": {"reference": "Patient/p1"},
                    "usedCode": [{"text": "Yescarta"}],
                    "performedDateTime": "2026-11-17",
                }
            },
            {
                "resource": {
                    "resourceType": "Encounter",
                    "status": "in-progress",
                    "class": {"code": "IMP"},
                    "subject": {"reference": "Patient/p1"},
                    "period": {"start": admitted},
                }
            },
        ],
    }
    found = bring(json.dumps(bundle), Source.FHIR)
    assert Patient.objects.get().status == "admitted"

    undo(found)

    walter = Patient.objects.get()
    assert walter.erased_at is not None and walter.family_name == ""
    assert set(found.rows.values_list("kept_because", flat=True)) == {""}
