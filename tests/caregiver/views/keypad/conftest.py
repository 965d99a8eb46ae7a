"""A clinic with a number for calls, a family with a code, and the fake of the telephone company."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import make_password

from clinic.models import CallCode, ClinicLanguage
from tests import factories
from tests.fakes.telephone import Telephone
from tests.notifications.conftest import twilio, webhook_settings  # noqa: F401

BASE = "https://kin.example.org"
CLINIC_NUMBER = "+12025550188"
CODE = "482913"


@pytest.fixture
def clinic(clinic):
    for language in ("zh-hans", "ar", "vi"):
        ClinicLanguage.objects.create(clinic=clinic, language=language)
    clinic.keypad_phone = CLINIC_NUMBER
    clinic.save(update_fields=["keypad_phone"])
    return clinic


@pytest.fixture
def caregiver(caregiver, patient, now):
    CallCode.objects.create(user=caregiver, code_hash=make_password(CODE), set_at=now)
    return caregiver


@pytest.fixture
def on_call(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


@pytest.fixture
def telephone(webhook_settings, phone):  # noqa: F811
    """The family's; each call of it is another one of the company."""
    calls = iter(range(1, 100))
    return lambda number=phone: Telephone(BASE, number, f"CA{next(calls):032}")


@pytest.fixture
def minutes(clock):
    return lambda count: clock.shift(timedelta(minutes=count))
