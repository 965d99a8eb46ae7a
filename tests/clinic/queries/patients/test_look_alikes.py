"""People who may be taken for each other are told apart wherever their names stand."""

from datetime import date

import pytest

from clinic.queries.patients import look_alikes
from clinic.queries.patients.look_alikes import Mark
from tests import factories

pytestmark = pytest.mark.django_db


def test_look_alikes_of_one_clinic_carry_birth_date_and_number(clinic, other_clinic):
    lin = factories.PatientFactory(
        clinic=clinic, given_name="Robert", family_name="Lin", birth_date=date(1949, 7, 3)
    )
    lim = factories.PatientFactory(
        clinic=clinic, given_name="Robert", family_name="Lím", hospital_number="A1"
    )
    helen = factories.PatientFactory(clinic=clinic, given_name="Helen", family_name="Lin")
    elsewhere = factories.PatientFactory(clinic=other_clinic, given_name="Helen", family_name="Lin")
    factories.PatientFactory(
        clinic=clinic, given_name="Helen", family_name="Lin", is_synthetic=True, status="ended"
    )

    assert look_alikes.marks_of([lin, helen, elsewhere]) == {lin.pk: Mark(date(1949, 7, 3), "")}
    assert look_alikes.marks_of_ids([lin.pk, lim.pk]) == {
        lin.pk: Mark(date(1949, 7, 3), ""),
        lim.pk: Mark(None, "A1"),
    }


def test_swapped_names_are_look_alikes(clinic):
    lin = factories.PatientFactory(clinic=clinic, given_name="Robert", family_name="Lin")
    factories.PatientFactory(clinic=clinic, given_name="Lin", family_name="Robert")

    assert look_alikes.marks_of([lin]).keys() == {lin.pk}


def test_many_names_take_one_query(clinic, django_assert_num_queries):
    several = factories.PatientFactory.create_batch(20, clinic=clinic)

    with django_assert_num_queries(1):
        look_alikes.marks_of(several)
    with django_assert_num_queries(0):
        assert look_alikes.marks_of([]) == look_alikes.marks_of_ids([]) == {}
