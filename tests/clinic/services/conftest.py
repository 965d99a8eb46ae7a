"""Short ways to do the main things through the services."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from clinic.models import Clinic, Escalation, User
from clinic.protocols import default_document
from clinic.services.escalations import scoring
from clinic.services.protocols import versions
from clinic.services.reports import intake


@pytest.fixture
def submit(patient: Any, caregiver: Any, now: datetime) -> Callable[..., intake.StoredReport]:
    """Submit a report of the cast's caregiver; any argument can be given."""

    def _submit(**changes: Any) -> intake.StoredReport:
        # Seen and sent as it comes in, unless a test says otherwise.
        at = changes.get("now", now)
        facts: dict[str, Any] = {
            "report_id": uuid4(),
            "patient": patient,
            "by": caregiver,
            "observed_at": at,
            "sent_at": at,
            "language": "en",
            "answers": {"temp_value": "36.8", "temp_unit": "C"},
            "now": at,
        }
        if "protocol_version" not in changes:
            facts["protocol_version"] = versions.current_version(clinic=patient.clinic)
        return intake.submit(**{**facts, **changes})

    return _submit


@pytest.fixture
def escalate(submit: Callable[..., intake.StoredReport], now: datetime) -> Callable[..., Escalation]:
    """Submit and score; the patient's unresolved escalation, which must exist."""

    def _escalate(answers: dict[str, Any] | None = None, *, at: datetime | None = None) -> Escalation:
        at = at or now
        report = submit(answers=answers or {"temp_value": "38.6", "temp_unit": "C"}, now=at).report
        scoring.score(report_id=report.pk, now=at)
        return Escalation.objects.exclude(state="resolved").get(patient=report.patient)

    return _escalate


@pytest.fixture
def switched_on(clinic: Clinic, nurse: User, now: datetime) -> None:
    """The default with every addition switched on, published at this clinic."""
    document = default_document("car-t")
    for row in document["additions"]:
        row["active"] = True
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)
