"""Caregivers with phones that could exist, signed in on a device, at a known time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import factories

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def phone() -> str:
    return "+16175550131"


@pytest.fixture
def caregiver(patient: Any, phone: str) -> Any:
    """Linked to the patient, in English, with a thermometer in °F."""
    user = factories.CaregiverFactory(name="Carla Caregiver", phone=phone)
    return factories.CareTeamMemberFactory(patient=patient, user=user).user


@pytest.fixture
def clock(now: datetime) -> Iterator[Any]:
    """The clock of the requests; `clock.shift(seconds)` moves it."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def device(caregiver: Any, clock: Any) -> Client:
    """The caregiver's phone."""
    client = Client()
    client.force_login(caregiver, backend=BACKEND)
    return client


@pytest.fixture
def check_in_url(patient: Any) -> str:
    return f"/check-in/{patient.pk}/"
