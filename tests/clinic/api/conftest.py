"""Callers of the API: one client a person, with that person's token."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from clinic.models import User
from clinic.services.core import tokens


@pytest.fixture(name="call_as")
def _call_as() -> Callable[[User], APIClient]:
    return _caller


def _caller(user: User) -> APIClient:
    token = tokens.issue(user=user, label="test", days=1, now=timezone.now())
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def as_nurse(nurse: User) -> APIClient:
    return _caller(nurse)


@pytest.fixture
def as_other_nurse(other_nurse: User) -> APIClient:
    return _caller(other_nurse)


@pytest.fixture
def as_caregiver(caregiver: User) -> APIClient:
    return _caller(caregiver)


@pytest.fixture
def as_stranger(stranger: User) -> APIClient:
    return _caller(stranger)


@pytest.fixture
def body(patient: Any) -> Callable[..., dict[str, Any]]:
    """A report as a phone sends it."""

    def make(**changes: Any) -> dict[str, Any]:
        moment = timezone.now().isoformat()
        return {
            "patient": str(patient.pk),
            "protocol_version": 1,
            "observed_at": moment,
            "sent_at": moment,
            "language": "en",
            "answers": {"temp_value": 38.6, "temp_unit": "C", "confusion": 2},
            **changes,
        }

    return make


@pytest.fixture
def report_url() -> str:
    return f"/api/v1/reports/{uuid4()}/"
