from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from clinic.api.cursors import WorstFirst
from clinic.models import AuditEvent, Checkin, Escalation, KnownFinding
from clinic.services.escalations import missed, scoring
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/api/v1/escalations/"


@pytest.fixture
def escalation(patient):
    report = factories.ReportFactory(
        patient=patient, answers={"temp_value": 38.6, "temp_unit": "C", "confusion": 2}
    )
    scoring.score(report_id=report.pk, now=timezone.now())
    return Escalation.objects.get()


@pytest.fixture
def address(escalation):
    return f"{LIST}{escalation.pk}/"


def ids(response) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


def test_list_without_a_state_shows_all_that_is_not_resolved(as_nurse, escalation, address):
    assert ids(as_nurse.get(LIST)) == [str(escalation.pk)]
    as_nurse.post(f"{address}acknowledge/")
    assert ids(as_nurse.get(LIST)) == [str(escalation.pk)]
    as_nurse.post(f"{address}resolve/", {"outcome": "admitted"}, format="json")
    assert ids(as_nurse.get(LIST)) == []


def test_list_by_state(as_nurse, escalation, address):
    assert ids(as_nurse.get(f"{LIST}?state=open")) == [str(escalation.pk)]
    assert ids(as_nurse.get(f"{LIST}?state=acknowledged")) == []
    assert as_nurse.get(f"{LIST}?state=closed").json()["error"]["fields"].keys() == {"state"}


def test_list_is_worst_first_then_longest_waiting_over_pages(as_nurse, clinic, monkeypatch):
    monkeypatch.setattr(WorstFirst, "page_size", 2)
    rows = [
        factories.EscalationFactory(
            patient__clinic=clinic,
            level=level,
            severity=severity,
            waiting_since=factories.NOW + timedelta(minutes=minute),
        )
        for level, severity, minute in [
            ("watch", 1, 0),
            ("urgent", 3, 5),
            ("urgent", 3, 1),
            ("emergency", 4, 9),
            ("urgent", 3, 7),
        ]
    ]

    seen, address = [], LIST
    while address:
        page = as_nurse.get(address)
        seen += ids(page)
        address = page.json()["next"]

    assert seen == [str(rows[index].pk) for index in (3, 2, 1, 4, 0)]


def test_list_of_another_clinic_is_empty(as_other_nurse, escalation):
    assert ids(as_other_nurse.get(LIST)) == []


def test_list_is_refused_to_family(as_caregiver, escalation):
    response = as_caregiver.get(LIST)

    assert response.status_code == 403
    assert response.json()["error"]["code"] == "not_allowed"


def test_list_takes_as_many_queries_for_three_rows_as_for_one(
    as_nurse, clinic, escalation, django_assert_num_queries
):
    as_nurse.get(LIST)
    with django_assert_num_queries(4):
        as_nurse.get(LIST)
    for _ in range(2):
        report = factories.ReportFactory(patient__clinic=clinic, answers={"temp_value": 39, "temp_unit": "C"})
        scoring.score(report_id=report.pk, now=timezone.now())
    with django_assert_num_queries(4):
        assert len(ids(as_nurse.get(LIST))) == 3


def test_detail_has_the_history_and_leaves_a_trace(as_nurse, nurse, escalation, address):
    data = as_nurse.get(address).json()

    assert data["level"] == "emergency"
    assert [event["kind"] for event in data["events"]] == ["opened"]
    assert AuditEvent.objects.filter(action="escalation.viewed", actor_id=nurse.pk).count() == 1


def test_history_tells_a_silence_in_the_language_that_is_asked_for(as_nurse, patient, now):
    Checkin.objects.create(patient=patient, due_at=now - timedelta(hours=24))
    missed.escalate_due(now=now)

    data = as_nurse.get(f"{LIST}{Escalation.objects.get().pk}/", headers={"Accept-Language": "es"}).json()

    assert [event["text"] for event in data["events"]] == ["Sin reporte desde hace 24 horas (24 o más)"]


def test_acknowledge_takes_it(as_nurse, nurse, address):
    response = as_nurse.post(f"{address}acknowledge/")

    data = response.json()
    assert response.status_code == 200, data
    assert data["state"] == "acknowledged"
    assert data["acknowledged_by"] == {"id": str(nurse.pk), "name": "Nora Nurse"}


def test_acknowledge_second_answers_409_with_who_and_when(as_nurse, call_as, clinic, address):
    taken = as_nurse.post(f"{address}acknowledge/").json()
    colleague = call_as(factories.StaffFactory(clinic=clinic, role="physician").user)

    response = colleague.post(f"{address}acknowledge/")

    error = response.json()["error"]
    assert response.status_code == 409
    assert (error["code"], error["taken_by"]) == ("already_taken", "Nora Nurse")
    assert error["taken_at"] == taken["acknowledged_at"]
    assert error["state"] == "acknowledged"


def test_acknowledge_with_a_field_is_refused(as_nurse, address):
    response = as_nurse.post(f"{address}acknowledge/", {"by": "somebody"}, format="json")

    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == ["by"]


def test_acknowledge_by_an_administrator_is_refused(call_as, clinic, address):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    response = call_as(administrator).post(f"{address}acknowledge/")

    assert response.status_code == 403
    assert Escalation.objects.get().state == "open"


def test_resolve_before_it_is_acknowledged_answers_409(as_nurse, address):
    response = as_nurse.post(f"{address}resolve/", {"outcome": "admitted", "note": ""}, format="json")

    assert (response.status_code, response.json()["error"]["code"]) == (409, "not_acknowledged")


def test_resolve_closes_with_outcome_and_note(as_nurse, address):
    as_nurse.post(f"{address}acknowledge/")

    sent = {"outcome": "sent_to_emergency", "note": "Ambulance called."}
    data = as_nurse.post(f"{address}resolve/", sent, format="json").json()
    again = as_nurse.post(f"{address}resolve/", sent, format="json")

    assert (data["state"], data["outcome"]) == ("resolved", "sent_to_emergency")
    assert data["resolution_note"] == "Ambulance called."
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_resolved")


@pytest.mark.parametrize("outcome", ["", "gone", None, 3, ["admitted"]])
def test_resolve_without_a_known_outcome_answers_400(as_nurse, address, outcome):
    as_nurse.post(f"{address}acknowledge/")

    response = as_nurse.post(f"{address}resolve/", {"outcome": outcome, "note": "x"}, format="json")

    assert response.status_code == 400
    assert list(response.json()["error"]["fields"]) == ["outcome"]


@pytest.mark.parametrize("who", ["as_other_nurse", "as_stranger", "as_caregiver"])
@pytest.mark.parametrize("act", ["", "acknowledge/", "resolve/"])
def test_outsiders_and_family_get_404(request, address, who, act):
    client = request.getfixturevalue(who)
    response = (
        client.post(f"{address}{act}", {"outcome": "admitted"}, format="json")
        if act == "resolve/"
        else (client.post(f"{address}{act}") if act else client.get(address))
    )

    assert response.status_code == 404
    assert Escalation.objects.get().state == "open"


def test_unknown_id_answers_404(as_nurse):
    assert as_nurse.get(f"{LIST}{uuid4()}/").status_code == 404


@pytest.fixture
def slower(patient):
    """An urgent escalation about a mild finding."""
    answers = {"temp_value": 36.8, "temp_unit": "C", "confusion": 1}
    report = factories.ReportFactory(patient=patient, answers=answers)
    scoring.score(report_id=report.pk, now=timezone.now())
    return f"{LIST}{Escalation.objects.get().pk}/"


def close_expecting(client, address, *expected, note="Known since the ward"):
    client.post(f"{address}acknowledge/")
    sent = {"outcome": "advice_given", "note": note, "expected": list(expected)}
    return client.post(f"{address}resolve/", sent, format="json")


def in_hours(hours):
    return (timezone.now() + timedelta(hours=hours)).isoformat()


def test_resolve_keeps_what_is_expected(as_nurse, slower, patient):
    response = close_expecting(as_nurse, slower, {"item": "confusion", "until": in_hours(24)})

    assert (response.status_code, response.json()["state"]) == (200, "resolved")
    assert list(KnownFinding.objects.values_list("patient", "item", "answer", "reason")) == [
        (patient.pk, "confusion", 1, "Known since the ward")
    ]


@pytest.mark.parametrize(
    ("expected", "note", "field"),
    [
        ({"item": "temp", "until": 24}, "Why", "expected"),
        ({"item": "confusion", "until": 73}, "Why", "expected"),
        ({"item": "confusion", "until": -1}, "Why", "expected"),
        ({"item": "confusion", "until": 24}, "", "note"),
        ({"item": "confusion"}, "Why", "expected"),
        ({"item": "confusion", "until": 24, "answer": 2}, "Why", "expected"),
    ],
    ids=["vital sign", "too long", "past", "no reason", "no end", "unknown field"],
)
def test_resolve_with_what_cannot_be_expected_answers_400_and_closes_nothing(
    as_nurse, slower, expected, note, field
):
    sent = {**expected, **({"until": in_hours(expected["until"])} if "until" in expected else {})}

    response = close_expecting(as_nurse, slower, sent, note=note)

    assert response.status_code == 400
    assert {name.split(".")[0] for name in response.json()["error"]["fields"]} == {field}
    assert Escalation.objects.get().state == "acknowledged"
    assert not KnownFinding.objects.exists()
