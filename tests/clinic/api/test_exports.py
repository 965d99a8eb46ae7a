import csv
from io import StringIO

import pytest

from clinic import row_scope
from clinic.models import AuditEvent
from clinic.services.core import audit
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/exports/audit.csv"


@pytest.fixture
def as_lead(call_as, clinic):
    return call_as(factories.StaffFactory(clinic=clinic, role="administrator").user)


def test_administrator_gets_the_rows_of_their_clinic(as_lead, nurse, patient, other_clinic, now, request):
    audit.record_about(patient, "patient.viewed", nurse, now)
    audit.record_about(factories.PatientFactory(clinic=other_clinic), "patient.viewed", nurse, now)

    response = as_lead.get(ADDRESS, {"kind": "looks"}, headers={"Accept": "text/csv"})

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    # The file is streamed when the request is over, in a process that by itself sees nothing.
    row_scope.of_process(row_scope.NOTHING)
    request.addfinalizer(lambda: row_scope.of_process(row_scope.EVERYTHING))
    head, *rows = csv.reader(StringIO(b"".join(response.streaming_content).decode()))
    assert [(row[head.index("action")], row[head.index("patient_id")]) for row in rows] == [
        ("patient.viewed", str(patient.pk))
    ]
    row_scope.of_process(row_scope.EVERYTHING)
    assert AuditEvent.objects.filter(action="audit.exported", clinic_id=patient.clinic_id).count() == 1


def test_nurse_and_family_are_refused_and_it_is_on_record(as_nurse, as_caregiver, nurse):
    assert as_nurse.get(ADDRESS).status_code == 403
    assert as_caregiver.get(ADDRESS).status_code == 403

    row = AuditEvent.objects.get(action="access.refused", actor_id=nurse.pk)
    assert row.subject_id == "api_export_audit"


def test_clinic_of_others_is_not_there_and_unknown_parameters_are_named(as_lead, other_clinic):
    assert as_lead.get(ADDRESS, {"clinic": other_clinic.slug}).status_code == 404
    response = as_lead.get(ADDRESS, {"day": "x"})
    assert (response.status_code, list(response.json()["error"]["fields"])) == (400, ["day"])
