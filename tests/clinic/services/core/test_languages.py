import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, ClinicLanguage
from clinic.queries.core.languages import choices, language_choices
from clinic.services.core import languages
from tests import factories


@pytest.fixture
def english_clinic(db):
    return factories.ClinicFactory(languages=())


@pytest.fixture
def administrator(english_clinic):
    return factories.StaffFactory(clinic=english_clinic, role="administrator").user


def test_language_is_offered_once_somebody_accepts_the_draft(english_clinic, administrator, now):
    for _ in range(2):
        languages.offer(
            clinic_id=english_clinic.pk, language="es", accepts_draft=True, by=administrator, now=now
        )

    row = ClinicLanguage.objects.get(clinic=english_clinic)
    assert (row.language, row.accepted_by, row.offered_since) == ("es", administrator, now)
    assert [code for code, _ in choices([english_clinic])] == ["en", "es"]
    assert language_choices(language="es", clinics=[english_clinic]).is_draft
    assert AuditEvent.objects.filter(action="clinic_language.enabled").count() == 1


def test_draft_that_nobody_accepts_is_not_offered(english_clinic, administrator, now):
    with pytest.raises(languages.DraftNotAccepted):
        languages.offer(
            clinic_id=english_clinic.pk, language="es", accepts_draft=False, by=administrator, now=now
        )

    assert choices([english_clinic]) == [("en", "English")]


def test_checked_translation_carries_no_warning(english_clinic, administrator, now):
    languages.offer(clinic_id=english_clinic.pk, language="es", accepts_draft=True, by=administrator, now=now)

    languages.approve(
        clinic_id=english_clinic.pk, language="es", name=" Ines Traductora ", by=administrator, now=now
    )

    assert ClinicLanguage.objects.get().approved_name == "Ines Traductora"
    assert not language_choices(language="es", clinics=[english_clinic]).is_draft
    # Another of the family's clinics has not had it checked.
    other = factories.ClinicFactory()
    assert language_choices(language="es", clinics=[english_clinic, other]).is_draft


def test_approval_without_a_name_is_refused(clinic, now):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(languages.NameNeeded):
        languages.approve(clinic_id=clinic.pk, language="es", name=" ", by=administrator, now=now)


def test_withdrawn_language_is_offered_to_nobody_new_and_can_come_back(clinic, now):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    languages.withdraw(clinic_id=clinic.pk, language="es", by=administrator, now=now)

    assert choices([clinic]) == [("en", "English")]
    # Who reads it keeps it, with the warning.
    kept = language_choices(language="es", clinics=[clinic])
    assert ([one.code for one in kept.choices], kept.is_draft) == (["en", "es"], True)
    languages.offer(clinic_id=clinic.pk, language="es", accepts_draft=True, by=administrator, now=now)
    assert ClinicLanguage.objects.filter(clinic=clinic).count() == 2


@pytest.mark.parametrize("language", ["en", "xx"])
def test_english_and_unknown_languages_are_no_offer(clinic, now, language):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(languages.UnknownLanguage):
        languages.offer(clinic_id=clinic.pk, language=language, accepts_draft=True, by=administrator, now=now)


def test_only_an_administrator_of_the_clinic_decides(clinic, nurse, other_clinic, now):
    outsider = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    with pytest.raises(NotAllowed):
        languages.withdraw(clinic_id=clinic.pk, language="es", by=nurse, now=now)
    with pytest.raises(NotVisible):
        languages.withdraw(clinic_id=clinic.pk, language="es", by=outsider, now=now)

    assert [code for code, _ in choices([clinic])] == ["en", "es"]


def test_english_is_never_a_draft(english_clinic):
    said = language_choices(language="en", clinics=[english_clinic])

    assert ([one.own_name for one in said.choices], said.is_draft) == (["English"], False)
