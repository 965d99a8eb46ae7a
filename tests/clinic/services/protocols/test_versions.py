import copy

import pytest
from django.db import DatabaseError, transaction

from clinic.models import AuditEvent, ProtocolVersion
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import ProtocolError
from clinic.services.protocols import versions
from tests import factories


def test_publish_makes_the_next_version_only_for_other_content(clinic, nurse, now):
    same = versions.publish(
        clinic=clinic, code="car-t", document=default_document("car-t"), by=nurse, now=now
    )
    changed = copy.deepcopy(dict(default_document("car-t")))
    changed["version"] = "2026-12"
    second = versions.publish(clinic=clinic, code="car-t", document=changed, by=nurse, now=now)

    assert (same.number, second.number) == (1, 2)
    assert versions.current_version(clinic=clinic) == second
    assert AuditEvent.objects.get(action="protocol.published").detail["number"] == 2


def test_publish_refuses_a_wrong_document_and_says_where(clinic, nurse, now):
    with pytest.raises(ProtocolError) as refused:
        versions.publish(clinic=clinic, code="car-t", document={"code": "car-t"}, by=nurse, now=now)

    assert "protocol: “title” is missing" in refused.value.problems
    assert ProtocolVersion.objects.count() == 1


def test_clinic_without_protocol_says_so(db):
    with pytest.raises(versions.NoProtocol):
        versions.current_version(clinic=factories.ClinicFactory(protocol=False))


def test_older_version_is_found_by_its_number(patient):
    assert versions.version_for(patient=patient, number=1).number == 1
    assert versions.version_for(patient=patient, number=9) is None


@pytest.mark.parametrize("change", ["update", "delete"])
def test_database_refuses_to_change_a_published_version(clinic, change):
    rows = ProtocolVersion.objects.all()

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(number=7) if change == "update" else rows._raw_delete(rows.db)
