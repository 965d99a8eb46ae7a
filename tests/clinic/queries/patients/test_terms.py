"""Who is asked to agree: only who has to be, and only to what their own clinics publish."""

import pytest
from django.utils import timezone, translation

from clinic.models import ClinicLanguage, TermsAcceptance
from clinic.queries.patients import terms
from clinic.services.patients.terms import accept
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(caregiver, patient):
    TermsAcceptance.objects.create(user=caregiver, version=terms.VERSION, language="en", source="join")
    return caregiver


def agree(person, *rows):
    accept(
        user=person,
        source="renewal",
        clinics=[row.clinic for row in rows],
        shown=[str(row.pk) for row in rows],
        now=timezone.now(),
    )


def test_a_first_version_asks_everybody_once(person, clinic):
    assert not terms.are_owed(user=person)
    first = factories.ClinicTermsFactory(clinic=clinic)
    assert terms.are_owed(user=person)

    for _ in range(2):
        agree(person, first)

    assert not terms.are_owed(user=person)
    assert person.terms.filter(clinic_terms=first).count() == 1


def test_a_slip_of_the_pen_asks_nobody_again(person, clinic):
    agree(person, factories.ClinicTermsFactory(clinic=clinic, number=1))
    factories.ClinicTermsFactory(clinic=clinic, number=2, asks_again=False)

    assert not terms.are_owed(user=person)


def test_who_agreed_to_a_newer_one_owes_no_older_one(person, clinic):
    factories.ClinicTermsFactory(clinic=clinic, number=1)
    agree(person, factories.ClinicTermsFactory(clinic=clinic, number=2, asks_again=False))

    assert not terms.are_owed(user=person)


def test_a_new_version_that_asks_is_asked(person, clinic):
    agree(person, factories.ClinicTermsFactory(clinic=clinic, number=1))
    factories.ClinicTermsFactory(clinic=clinic, number=2)
    factories.ClinicTermsFactory(clinic=clinic, number=3, asks_again=False)

    assert terms.are_owed(user=person)


def test_another_clinic_asks_its_own_families_alone(person, clinic, other_clinic, patient):
    foreign = factories.ClinicTermsFactory(clinic=other_clinic)
    assert not terms.are_owed(user=person)

    link = factories.CareTeamMemberFactory(user=person, patient=factories.PatientFactory(clinic=other_clinic))
    assert terms.are_owed(user=person)
    link.ended_at, link.ended_by = timezone.now(), person
    link.save()
    assert not terms.are_owed(user=person)

    # Nobody agrees to what a clinic of somebody else's published.
    accept(user=person, source="renewal", clinics=[clinic], shown=[str(foreign.pk), "x"], now=timezone.now())
    assert not person.terms.filter(clinic_terms=foreign).exists()


def test_it_takes_one_statement(person, clinic, django_assert_num_queries):
    factories.ClinicTermsFactory(clinic=clinic)
    with django_assert_num_queries(1):
        assert terms.are_owed(user=person)


def test_each_text_is_shown_in_the_reader_s_language_or_in_english(clinic, other_clinic):
    factories.ClinicTermsFactory(clinic=clinic, number=1)
    factories.ClinicTermsFactory(
        clinic=clinic,
        number=2,
        texts={"en": {"terms": "Two", "privacy": "Kept"}, "ar": {"terms": "اثنان"}},
    )
    with translation.override("ar"):
        (shown,) = terms.own_of(clinics=[clinic, other_clinic])

    assert shown.number == 2
    assert (shown.terms.text, shown.terms.language, shown.terms.right_to_left) == ("اثنان", "ar", True)
    assert (shown.privacy.text, shown.privacy.language, shown.privacy.right_to_left) == ("Kept", "en", False)


def test_languages_that_are_offered_and_not_written_are_named(clinic):
    assert terms.lacking_languages(clinic) == ["en", "es"]
    factories.ClinicTermsFactory(clinic=clinic)
    assert terms.lacking_languages(clinic) == ["es"]
    ClinicLanguage.objects.update(disabled_at=timezone.now(), disabled_by=factories.UserFactory())
    assert terms.lacking_languages(clinic) == []


def test_who_has_agreed_begins_with_who_has_not(person, clinic, patient):
    lead = factories.StaffFactory(clinic=clinic, role="administrator").user
    first = factories.ClinicTermsFactory(clinic=clinic, number=1)
    agree(person, first)
    second = factories.CareTeamMemberFactory(patient=patient).user

    page = terms.agreements_of(user=lead, clinic_slug=clinic.slug)
    assert [(one.name, one.number, one.is_owed) for one in page.people] == [
        (second.name, None, True),
        (person.name, 1, False),
    ]
    assert terms.of_clinic(user=lead, clinic_slug=clinic.slug).versions == ((first, 1),)
