"""A record as FHIR R4: valid, whole, and with nothing that nobody recorded."""

import json
from datetime import date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from fhir.resources.R4B.bundle import Bundle

from clinic.models import PhoneCall
from clinic.queries.fhir.record import FhirRecord
from clinic.queries.fhir.searching import search
from clinic.queries.risk.document import rules as lab_rules
from clinic.rules.fhir.dates import Span
from clinic.services.escalations import life_events, lifecycle, mistaken_reports, scoring
from clinic.services.patients import courses, fact_corrections
from clinic.services.patients import life_events as events
from clinic.services.reports import intake, tellers, told_reports
from clinic.services.risk import labs
from tests import cases, factories
from tests.clinic.services.patients.whole_record import WholeRecord

BASE = "https://kinwatch.example/fhir"
DAY = timedelta(days=1)


def bundle_of(patient, now):
    """As it leaves, read again; held to the standard, with every reference in it."""
    made = json.loads(json.dumps(FhirRecord(patient, now).bundle(base=BASE), cls=DjangoJSONEncoder))
    Bundle.model_validate_json(json.dumps(made))
    for one in made["entry"]:
        # The standard's own class of each, which the bundle's entries are not held to by themselves.
        kind = one["resource"]["resourceType"]
        module = __import__(f"fhir.resources.R4B.{kind.lower()}", fromlist=[kind])
        getattr(module, kind).model_validate(one["resource"])
    urls = [one["fullUrl"] for one in made["entry"]]
    assert len(set(urls)) == len(urls)
    assert {f"{BASE}/{one}" for one in references(made)} <= set(urls)
    return made


def references(node):
    if isinstance(node, dict):
        found = {node["reference"]} if isinstance(node.get("reference"), str) else set()
        return found.union(*(references(one) for one in node.values()))
    return set().union(*(references(one) for one in node)) if isinstance(node, list) else set()


def of_kind(bundle, kind):
    return [one["resource"] for one in bundle["entry"] if one["resource"]["resourceType"] == kind]


@pytest.fixture
def tell(patient, caregiver, nurse):
    def make(answers, at, corrects=None):
        form = told_reports.open_form(patient_id=patient.pk, by=nurse, now=at, answers=answers)
        entry = told_reports.ToldEntry(
            uuid4(),
            form.version,
            tellers.Teller(patient.care_team.get().pk),
            at,
            answers,
            tuple(one.key for one in form.questions),
        )
        about = {"patient_id": patient.pk, "by": nurse, "entry": entry, "now": at}
        if corrects:
            stored = told_reports.correct(**about, report_id=corrects.pk, reason="Typed wrongly")
        else:
            stored = told_reports.enter(**about)
        scoring.score(report_id=stored.report.pk, now=at)
        return stored.report

    return make


def test_whole_record_is_valid(clinic, nurse, now):
    record = WholeRecord(clinic, nurse, now)

    found = bundle_of(record.patient, now)

    kinds = {one["resource"]["resourceType"] for one in found["entry"]}
    assert kinds == {
        *("Patient", "Organization", "RelatedPerson", "Practitioner", "Procedure", "Condition"),
        *("QuestionnaireResponse", "Observation", "Task", "Communication"),
    }
    assert (found["type"], found["timestamp"]) == ("collection", now.isoformat())


def test_patient_as_on_file_and_nothing_more(patient, now):
    patient.given_name, patient.family_name = "سلمى", "O’Brien Nuñez"
    patient.birth_date, patient.hospital_number, patient.language = date(1961, 3, 7), "A1", "zh-hans"
    patient.save()

    (found,) = of_kind(bundle_of(patient, now), "Patient")

    clinic = {"reference": f"Organization/{patient.clinic_id}"}
    assert found == {
        "resourceType": "Patient",
        "id": str(patient.pk),
        "identifier": [
            {
                "type": {
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]
                },
                "value": "A1",
                "assigner": clinic,
            }
        ],
        "name": [{"family": "O’Brien Nuñez", "given": ["سلمى"]}],
        "birthDate": "1961-03-07",
        "communication": [
            {
                "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": "zh-Hans"}]},
                "preferred": True,
            }
        ],
        "managingOrganization": clinic,
    }


def test_readings_are_in_their_units_and_codes(patient, caregiver, now):
    answers = {
        "temp_value": "101.3",
        "temp_unit": "F",
        "pulse": "104",
        "spo2": "93",
        "sbp": "98",
        "confusion": 1,
        "chills": 0,
        "antipyretic_6h": True,
        "red_flags": [],
    }
    report = cases.report_by_family(patient, answers, now)

    found = bundle_of(patient, now)

    by_code = {one["code"]["coding"][0]["code"]: one for one in of_kind(found, "Observation")}
    values = {
        code: (one["valueQuantity"]["value"], one["valueQuantity"]["code"])
        for code, one in by_code.items()
        if "valueQuantity" in one
    }
    assert values == {"8310-5": (38.5, "Cel"), "8867-4": (104, "/min"), "2708-6": (93, "%")}
    upper, lower = by_code["85354-9"]["component"]
    assert (upper["code"]["coding"][0]["code"], upper["valueQuantity"]["value"]) == ("8480-6", 98)
    assert (lower["code"]["coding"][0]["code"], "valueQuantity" in lower) == ("8462-4", False)
    assert lower["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    member = patient.care_team.get()
    for one in by_code.values():
        assert one["status"] == "final"
        assert one["performer"][0]["reference"] == f"RelatedPerson/{member.pk}"
        assert one["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{report.pk}"}]
        assert one["effectiveDateTime"] == now.isoformat()
    (response,) = of_kind(found, "QuestionnaireResponse")
    items = {one["linkId"]: one["answer"][0] for one in response["item"]}
    assert items["temp"]["valueQuantity"] == {
        "value": 101.3,
        "unit": "°F",
        "code": "[degF]",
        "system": "http://unitsofmeasure.org",
    }
    assert items["antipyretic_6h"] == {"valueBoolean": True}
    assert items["confusion"]["valueCoding"]["code"] == "1"
    assert "red_flags" not in items and "weight" not in items


def test_a_number_that_makes_no_sense_is_an_answer_and_no_reading(patient, caregiver, now):
    cases.report_by_family(patient, {"temp_value": "400", "temp_unit": "C", "pulse": "fast"}, now)

    found = bundle_of(patient, now)

    assert of_kind(found, "Observation") == []
    (response,) = of_kind(found, "QuestionnaireResponse")
    assert [one["answer"][0].get("valueString") for one in response["item"]] == [None, "fast"]


def test_what_was_told_and_put_right_says_so(patient, nurse, caregiver, tell, now):
    wrong = tell({"temp_value": "39.6", "temp_unit": "C"}, now - timedelta(hours=3))
    right = tell({"temp_value": "36.9", "temp_unit": "C"}, now - timedelta(hours=2), corrects=wrong)
    other = tell({"temp_value": "37.7", "temp_unit": "C"}, now - timedelta(hours=1))
    mistaken_reports.mark(
        patient_id=patient.pk, report_id=other.pk, by=nurse, reason="Another patient", now=now
    )

    found = bundle_of(patient, now)

    status = {one["id"]: one["status"] for one in of_kind(found, "QuestionnaireResponse")}
    assert status == {
        str(wrong.pk): "entered-in-error",
        str(right.pk): "amended",
        str(other.pk): "entered-in-error",
    }
    readings = {one["id"]: one["status"] for one in of_kind(found, "Observation")}
    assert readings == {
        f"{wrong.pk}-temp": "entered-in-error",
        f"{right.pk}-temp": "final",
        f"{other.pk}-temp": "entered-in-error",
    }
    assert "37.7" not in json.dumps(found)
    (one,) = of_kind(found, "Provenance")
    assert one["target"] == [{"reference": f"QuestionnaireResponse/{right.pk}"}]
    assert one["entity"][0]["what"] == {"reference": f"QuestionnaireResponse/{wrong.pk}"}
    assert one["reason"] == [{"text": "Typed wrongly"}]
    told = next(one for one in of_kind(found, "QuestionnaireResponse") if one["id"] == str(right.pk))
    assert told["author"] == {"reference": f"Practitioner/{nurse.pk}", "display": nurse.name}
    assert told["source"]["reference"] == f"RelatedPerson/{patient.care_team.get().pk}"


def test_infusions_diseases_stays_and_death(patient, nurse, now):
    patient.created_at = now - 99 * DAY
    patient.infusion_date = (now - 90 * DAY).date()
    patient.save()
    facts = {"patient_id": patient.pk, "by": nurse, "now": now}
    fact_corrections.correct(**facts, facts={"disease": "MCL"}, reason="on file")
    record = {"patient_id": patient.pk, "by": nurse, "reason": ""}
    life_events.record(**record, kind="relapsed", at=now - 9 * DAY, now=now - 9 * DAY)
    events.infuse(**record, at=now - 5 * DAY, now=now - 5 * DAY, given=courses.NewCourse("tisa-cel"))
    stay = life_events.record(**record, kind="admitted", at=now - 3 * DAY, now=now - 3 * DAY)
    life_events.record(**record, kind="discharged", at=now - 2 * DAY, now=now - 2 * DAY)
    wrong = life_events.record(**record, kind="admitted", at=now - DAY, now=now - DAY)
    life_events.take_back(
        patient_id=patient.pk, event_id=wrong.pk, by=nurse, reason="another patient", now=now - DAY
    )
    death = life_events.record(**record, kind="died", at=now - timedelta(hours=1), now=now)

    patient.refresh_from_db()
    found = bundle_of(patient, now)

    given = of_kind(found, "Procedure")
    assert [(one["status"], one["usedCode"][0]["text"]) for one in given] == [
        ("completed", "axicabtagene ciloleucel (Yescarta)"),
        ("completed", "tisagenlecleucel (Kymriah)"),
    ]
    diseases = of_kind(found, "Condition")
    assert [one["code"]["text"] for one in diseases] == ["Mantle cell lymphoma"] * 2
    assert [("clinicalStatus" in one) for one in diseases] == [True, False]
    stays = {one["id"]: (one["status"], one["period"]) for one in of_kind(found, "Encounter")}
    assert stays[str(stay.pk)] == (
        "finished",
        {"start": stay.at.isoformat(), "end": (now - 2 * DAY).isoformat()},
    )
    assert stays[str(wrong.pk)][0] == "entered-in-error"
    (person,) = of_kind(found, "Patient")
    assert person["deceasedDateTime"] == death.at.isoformat()


def test_infusion_to_come_is_in_preparation(patient, now):
    patient.infusion_date = (now + 9 * DAY).date()
    patient.save()

    (one,) = of_kind(bundle_of(patient, now), "Procedure")

    assert (one["status"], "performedDateTime" in one) == ("preparation", False)


def test_alerts_calls_and_worries(patient, nurse, caregiver, now):
    alert = cases.escalate(patient, cases.FEVER, now - timedelta(hours=1))
    lifecycle.acknowledge(escalation_id=alert.pk, by=nurse, now=now)
    member = patient.care_team.get()
    about = {"patient": patient, "noted_at": now, "by": nurse, "member": member, "who": "Carla Caregiver"}
    PhoneCall.objects.create(**about, at=now, direction="in", reached=True, words="He is hot")
    PhoneCall.objects.create(**about, at=now, direction="out", reached=False)

    found = bundle_of(patient, now)

    (task,) = of_kind(found, "Task")
    assert (task["status"], task["priority"], task["owner"]["display"]) == ("in-progress", "asap", nurse.name)
    (report,) = of_kind(found, "QuestionnaireResponse")
    assert task["focus"] == {"reference": f"QuestionnaireResponse/{report['id']}"}
    family, staff = f"RelatedPerson/{member.pk}", f"Practitioner/{nurse.pk}"
    assert sorted(
        (one["status"], one["sender"]["reference"], one["recipient"][0]["reference"])
        for one in of_kind(found, "Communication")
    ) == [("completed", family, staff), ("not-done", staff, family)]


def test_practice_and_other_patients_are_not_in_it(patient, caregiver, now):
    member = patient.care_team.get()
    intake.submit(
        report_id=uuid4(),
        patient=patient,
        by=member.user,
        protocol_version=factories.ReportFactory(
            patient=factories.PatientFactory(clinic=patient.clinic)
        ).protocol_version,
        observed_at=now,
        sent_at=now,
        language="en",
        answers=cases.FEVER,
        now=now,
        is_drill=True,
    )

    assert of_kind(bundle_of(patient, now), "QuestionnaireResponse") == []


def test_more_reports_ask_no_more_queries(patient, caregiver, now, django_assert_max_num_queries):
    cases.report_by_family(patient, cases.FEVER, now - timedelta(hours=9))
    with django_assert_max_num_queries(60) as few:
        FhirRecord(patient, now).bundle(base=BASE)
    for hours in range(1, 6):
        cases.report_by_family(patient, cases.FEVER, now - timedelta(hours=hours))

    with django_assert_max_num_queries(len(few)):
        FhirRecord(patient, now).bundle(base=BASE)


def test_labs_are_observations_with_their_codes_and_what_was_struck_out_is_an_error(patient, nurse, now):
    day = patient.infusion_date
    enter = {"patient_id": patient.pk, "by": nurse, "source": "typed", "now": now}
    values = [
        labs.TypedLab(lab, "40", next(iter(lab_rules().document.labs[lab].units)), day, is_confirmed=True)
        for lab in lab_rules().document.labs
    ]
    labs.enter(values=values, **enter)
    (crp,) = labs.enter(values=[labs.TypedLab("crp", "30", "mg/L", day, time(6, 30))], **enter)
    labs.strike(patient_id=patient.pk, result_id=crp.pk, by=nurse, reason="of another", now=now)

    found = {one["id"]: one for one in of_kind(bundle_of(patient, now), "Observation")}

    assert len(found) == len(values) + 1
    assert {one["effectiveDateTime"] for one in found.values() if one["id"] != str(crp.pk)} == {str(day)}
    wrong = found[str(crp.pk)]
    assert (wrong["status"], wrong["code"]["coding"][0]["code"]) == ("entered-in-error", "1988-5")
    assert (wrong["valueQuantity"]["value"], wrong["valueQuantity"]["code"]) == (3.0, "mg/dL")
    assert wrong["note"] == [{"text": "Entered as 30 mg/L"}]
    zone = ZoneInfo(patient.time_zone)
    taken = datetime.fromisoformat(wrong["effectiveDateTime"]).astimezone(zone)
    assert (taken.date(), taken.time()) == (day, time(6, 30))


def test_labs_are_searched_by_their_day_a_page_at_a_time(patient, nurse, now):
    day = patient.infusion_date
    for ago in range(3):
        value = labs.TypedLab("anc", f"1.{ago}", "10^9/L", day - ago * DAY)
        labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    zone = ZoneInfo(patient.time_zone)
    begins = datetime.combine(day - DAY, time(), tzinfo=zone)
    look = {"patient": patient, "kind": "Observation", "span": Span(begins, begins + 2 * DAY), "now": now}

    first = search(**look, size=1, after=None)
    second = search(**look, size=1, after=first.onward)

    shown = [one["effectiveDateTime"] for one in (*first.resources, *second.resources)]
    assert shown == [str(day - DAY), str(day)]
    assert second.onward is None
