"""Which groups somebody counts in: as last written down in that course; what nobody wrote is a group."""

import pytest

from clinic.queries.outcomes import followed_people
from clinic.services.risk import fact_sheets

pytestmark = pytest.mark.django_db


def save(patient, nurse, now, seen=None, **told):
    step = "person" if "sex" in told else "illnesses"
    before = str(seen.pk) if seen else ""
    return fact_sheets.save_step(patient_id=patient.pk, by=nurse, step=step, told=told, seen=before, now=now)


def bands(clinic, now):
    (one,) = followed_people.of_clinic(clinic, now=now)
    return one.bands["sex"], one.bands["hct_ci"]


def test_sex_and_other_illness_are_those_of_the_newest_sheet(patient, clinic, nurse, now):
    assert bands(clinic, now) == ("not recorded", "not recorded")

    sheet = save(patient, nurse, now, sex="female")
    assert bands(clinic, now) == ("female", "not recorded")

    # Nobody named any: that is known, and not the same as nothing written down.
    sheet = save(patient, nurse, now, seen=sheet, comorbidities=[])
    assert bands(clinic, now) == ("female", "0")

    sheet = save(patient, nurse, now, seen=sheet, comorbidities=["diabetes", "prior_tumor"])
    assert bands(clinic, now) == ("female", "3 or more")

    save(patient, nurse, now, seen=sheet, sex=None)
    assert bands(clinic, now) == ("not recorded", "3 or more")


def test_what_another_clinic_wrote_is_not_read(patient, other_clinic, nurse, now):
    save(patient, nurse, now, sex="male")

    assert followed_people.of_clinic(other_clinic, now=now) == ()
