"""Whom a clinic treats, as a rehearsal's invented people take it over."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from clinic.queries.protocols.expected_people import AT_LEAST, mix_of
from clinic.rules.protocols.simulation.cohort import Mix
from tests import factories

pytestmark = pytest.mark.django_db


def treat(clinic, count, **facts):
    usual = {"target": "CD19", "birth_date": date(1960, 1, 1), "minutes_to_centre": 20}
    return factories.PatientFactory.create_batch(count, clinic=clinic, **usual | facts)


def test_own_patients_say_whom_a_clinic_treats(clinic, other_clinic, now):
    treat(clinic, AT_LEAST - 5)
    treat(clinic, 3, target="BCMA", birth_date=date(1940, 1, 1))
    # A way that nobody wrote down counts as long.
    treat(clinic, 2, minutes_to_centre=None)
    treat(other_clinic, 5, target="BCMA")
    treat(clinic, 1, target="BCMA", is_synthetic=True, status="ended")
    treat(clinic, 5, target="BCMA", infusion_date=(now - timedelta(days=800)).date())
    treat(clinic, 5, target="BCMA", erased_at=timezone.now())

    assert mix_of(clinic, now) == Mix(bcma=3 / 20, from_75=3 / 20, far=2 / 20)


def test_too_few_patients_say_nothing(clinic, now):
    treat(clinic, AT_LEAST - 1, target="BCMA")

    assert mix_of(clinic, now) == Mix()


def test_ages_that_nobody_knows_are_nobodys_age(clinic, now):
    treat(clinic, AT_LEAST, birth_date=None)

    assert mix_of(clinic, now) == Mix(bcma=0, from_75=None, far=0)


def test_what_is_written_down_counts_before_what_was(clinic, now):
    treat(clinic, AT_LEAST)
    clinic.expected_bcma, clinic.expected_far = 60, 0

    assert mix_of(clinic, now) == Mix(bcma=0.6, from_75=0, far=0)
