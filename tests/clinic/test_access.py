import pytest

from clinic import access
from clinic.access import NotAllowed, NotVisible, Permission
from clinic.models import AuditEvent
from tests import factories


@pytest.fixture
def cast(clinic, nurse, other_nurse, patient, caregiver, stranger):
    return {
        "nurse": nurse,
        "physician": factories.StaffFactory(clinic=clinic, role="physician").user,
        "administrator": factories.StaffFactory(clinic=clinic, role="administrator").user,
        "educator": factories.StaffFactory(clinic=clinic, role="educator").user,
        "other_nurse": other_nurse,
        "caregiver": caregiver,
        "stranger": stranger,
    }


def test_patients_are_visible_to_their_clinic_and_their_caregivers_only(cast, patient):
    sees = {name for name, user in cast.items() if patient in access.patients_visible_to(user)}

    assert sees == {"nurse", "physician", "administrator", "caregiver"}


def test_escalations_are_visible_to_their_clinic_only(cast, patient):
    escalation = factories.EscalationFactory(patient=patient)

    sees = {name for name, user in cast.items() if escalation in access.escalations_visible_to(user)}

    assert sees == {"nurse", "physician", "administrator"}


@pytest.mark.parametrize(
    ("permission", "allowed"),
    [
        (Permission.WATCH_CONSOLE, {"nurse", "physician", "administrator"}),
        (Permission.ACT_ON_ESCALATIONS, {"nurse", "physician"}),
        (Permission.MANAGE_STAFF, {"administrator"}),
        (Permission.EDIT_CONTENT, {"educator"}),
    ],
)
def test_each_permission_belongs_to_its_roles(cast, clinic, permission, allowed):
    assert {name for name, user in cast.items() if access.can(user, permission, clinic)} == allowed


def test_ended_role_and_inactive_person_see_nothing_at_once(clinic, nurse, patient, now):
    role = nurse.staff_roles.get()
    role.ended_at, role.ended_by = now, nurse
    role.save(update_fields=["ended_at", "ended_by"])
    inactive = factories.StaffFactory(clinic=clinic, user__is_active=False).user

    for person in (nurse, inactive):
        assert not access.patients_visible_to(person).exists()
        assert not access.escalations_visible_to(person).exists()
        assert not access.can(person, Permission.WATCH_CONSOLE, clinic)


def test_ended_link_shows_nothing_at_once(caregiver, patient, nurse, now):
    link = patient.care_team.get()
    link.ended_at, link.ended_by = now, nurse
    link.save(update_fields=["ended_at", "ended_by"])

    with pytest.raises(NotVisible):
        access.get_patient(caregiver, patient.pk)


def test_nurse_who_is_also_family_elsewhere_sees_both_but_cares_for_one(nurse, patient, other_clinic):
    mother = factories.PatientFactory(clinic=other_clinic)
    factories.CareTeamMemberFactory(user=nurse, patient=mother)

    assert set(access.patients_visible_to(nurse)) == {patient, mother}
    assert list(access.patients_cared_for_by(nurse)) == [mother]
    with pytest.raises(NotVisible):
        access.get_cared_for(nurse, patient.pk)


def test_refusal_is_audited_with_who_and_what(other_nurse, patient):
    with pytest.raises(NotVisible):
        access.get_patient(other_nurse, patient.pk)

    denied = AuditEvent.objects.get(action="access.denied")
    assert (denied.actor_id, denied.subject_type, denied.subject_id) == (
        other_nurse.pk,
        "patient",
        str(patient.pk),
    )


@pytest.mark.parametrize("nonsense", ["not-a-uuid", "", "0" * 4000], ids=["word", "empty", "long"])
def test_nonsense_for_an_id_is_not_visible(nurse, nonsense):
    with pytest.raises(NotVisible):
        access.get_report(nurse, nonsense)


def test_require_raises_for_the_wrong_role(cast, clinic):
    with pytest.raises(NotAllowed):
        access.require(cast["educator"], Permission.ACT_ON_ESCALATIONS, clinic)
