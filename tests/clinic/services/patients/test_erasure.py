"""Who was deleted stands nowhere any more, and what the others did and the audit stay whole."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, transaction

from clinic.access import NotVisible, get_escalation, get_patient
from clinic.models import (
    Assessment,
    AuditEvent,
    CareTeamMember,
    Escalation,
    Invitation,
    LifeEvent,
    Patient,
    Report,
    User,
)
from clinic.queries.protocols import replays
from clinic.services.patients import erasure, invitations
from clinic.services.patients.invitees import Sameness
from clinic.services.watch import audit_seals
from notifications.models import Consent
from tests import factories
from tests.clinic.services.patients.whole_record import (
    BEN,
    BENS_PHONE,
    BORN,
    CARLA,
    CARLAS_FORMER_PHONE,
    CARLAS_PHONE,
    NUMBER,
    PATIENT,
    WholeRecord,
    free_texts,
    path_to_patient,
)
from tests.dump import places_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(clinic, nurse, now):
    return WholeRecord(clinic, nurse, now)


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def test_no_word_about_a_deleted_patient_is_left(record, lead, now):
    words = (PATIENT, NUMBER, f"{BORN}", f"{BORN - timedelta(days=1)}")
    record.fill_every_text()
    before = places_of(*words)
    assert {"clinic_patient.given_name", "clinic_worry.words", "session"} <= before
    audit_seals.seal_written(now=now)

    erasure.erase_patient(patient=Patient.objects.select_for_update().get(), by=lead, now=now)

    assert places_of(*words) == set()
    audit_seals.seal_written(now=now)
    call_command("verify_audit")


def test_everything_that_holds_words_about_a_patient_is_tried(record):
    """A table of tomorrow has a row in the whole record, or nobody sees what is left in it."""
    untried = {
        model._meta.label
        for model in apps.get_models()
        if (path := path_to_patient(model)) and free_texts(model)
        if not model._default_manager.filter(**{path: record.patient.pk}).exists()
    }

    assert untried == set()


def test_levels_moments_and_who_acted_stay(record, lead, now):
    kept = list(Assessment.objects.order_by("pk").values_list("level", "assessed_at"))
    rules = [reason["rule"] for row in Assessment.objects.order_by("pk") for reason in row.reasons]
    trail = set(AuditEvent.objects.values_list("pk", flat=True))

    erasure.erase_patient(patient=record.patient, by=lead, now=now)

    assert list(Assessment.objects.order_by("pk").values_list("level", "assessed_at")) == kept
    assert [reason["rule"] for row in Assessment.objects.order_by("pk") for reason in row.reasons] == rules
    assert Report.objects.count() == 2
    assert Escalation.objects.get().resolved_by == record.nurse
    assert trail < set(AuditEvent.objects.values_list("pk", flat=True))
    assert LifeEvent.objects.get().kind == "ended"


def test_nobody_finds_them_and_nothing_is_replayed(record, lead, now):
    assert len(replays.of_range(after=0, until=replays.last_place())) == 2

    erasure.erase_patient(patient=record.patient, by=lead, now=now)

    for person in (record.nurse, lead, record.carla):
        with pytest.raises(NotVisible):
            get_patient(person, record.patient.pk)
    with pytest.raises(NotVisible):
        get_escalation(record.nurse, record.escalation.pk)
    # Answers that are gone give another level: that is no alarm.
    assert replays.of_range(after=0, until=replays.last_place()) == ()


def test_family_of_a_deleted_patient_keeps_its_own(record, lead, now):
    erasure.erase_patient(patient=record.patient, by=lead, now=now)

    ben = User.objects.get(pk=record.ben.pk)
    assert (ben.name, str(ben.phone), ben.is_active) == (BEN, BENS_PHONE, True)
    assert not CareTeamMember.objects.filter(ended_at__isnull=True).exists()


def test_no_word_of_a_deleted_caregiver_is_left(record, lead, now):
    assert {"clinic_user.name", "clinic_user.phone", "session"} <= places_of(CARLA, CARLAS_PHONE[1:])
    CareTeamMember.objects.filter(user=record.carla).update(relation=CARLA)
    _clear_notes_of_others(record)

    erasure.erase_caregiver(person=record.carla, by=lead, now=now)

    assert places_of(CARLA, CARLAS_PHONE[1:], CARLAS_FORMER_PHONE[1:]) == set()
    audit_seals.seal_written(now=now)
    call_command("verify_audit")


def test_other_people_keep_theirs_when_a_caregiver_goes(record, lead, now):
    erasure.erase_caregiver(person=record.carla, by=lead, now=now)

    carla = User.objects.get(pk=record.carla.pk)
    assert (carla.is_active, carla.phone, carla.has_usable_password()) == (False, None, False)
    assert Report.objects.filter(author=carla).exists()
    assert {"clinic_user.name", "notifications_inboundsms.from_phone"} <= places_of(BEN, BENS_PHONE[1:])
    assert Patient.objects.get().given_name == PATIENT
    # The proof of what was agreed stays, under a hash of the number.
    assert Consent.objects.filter(phone__startswith="#", ended_because="withdrawn").count() == 1


def test_shared_number_stays_with_the_other_person(record, lead, now, clinic):
    factories.StaffFactory(clinic=clinic, phone=CARLAS_PHONE)

    erasure.erase_caregiver(person=record.carla, by=lead, now=now)

    assert "notifications_message.to" in places_of(CARLAS_PHONE[1:])
    assert "clinic_user.phone" not in places_of(CARLAS_PHONE[1:])


def test_link_to_a_deleted_caregiver_lets_nobody_in_and_one_to_somebody_else_stays(
    record, lead, now, other_clinic, other_nurse
):
    """Another clinic may be inviting at this moment, the same person or a second one of that number."""

    def invite(name):
        patient = factories.PatientFactory(clinic=other_clinic)
        guest = {"phone": CARLAS_PHONE, "name": name, "relation": "", "language": "en"}
        two = Sameness(are_two=True)
        sent = invitations.invite(patient=patient, by=other_nurse, now=now, sameness=two, **guest)
        return sent.url.rstrip("/").rsplit("/", 1)[1]

    another = invite("Otto")
    same = invite(CARLA)
    Invitation.objects.filter(name=CARLA, patient__clinic=other_clinic).update(person=record.carla)

    erasure.erase_caregiver(person=record.carla, by=lead, now=now)

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=same, now=now)
    joined = invitations.redeem(token=another, now=now).user
    assert (joined.name, str(joined.phone)) == ("Otto", CARLAS_PHONE)


def test_link_to_the_number_of_a_deleted_caregiver_makes_nobody_without_a_name(
    record, lead, now, other_clinic, other_nurse
):
    patient = factories.PatientFactory(clinic=other_clinic)
    guest = {"phone": CARLAS_PHONE, "name": CARLA, "relation": "", "language": "en"}
    sent = invitations.invite(patient=patient, by=other_nurse, now=now, **guest)

    erasure.erase_caregiver(person=record.carla, by=None, now=now)

    with pytest.raises(invitations.InvitationRevoked):
        invitations.redeem(token=sent.url.rstrip("/").rsplit("/", 1)[1], now=now)
    assert not User.objects.filter(phone="").exists()


def test_done_twice_changes_nothing_but_what_came_late(record, lead, now):
    erasure.erase_patient(patient=record.patient, by=lead, now=now)
    Report.objects.filter(pk=record.report.pk).update(answers={"note": PATIENT})

    erasure.erase_patient(patient=Patient.objects.get(), by=None, now=now + timedelta(days=1))

    assert places_of(PATIENT) == set()
    assert Patient.objects.get().erased_at == now


def test_facts_of_an_erased_life_stay_as_they_were(record, lead, now):
    event = LifeEvent.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeEvent.objects.filter(pk=event.pk).update(reason="—")

    erasure.erase_patient(patient=record.patient, by=lead, now=now)

    for change in ({"at": now - timedelta(days=1)}, {"reason": "something else"}, {"kind": "died"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            LifeEvent.objects.filter(pk=event.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        LifeEvent.objects.all().delete()


def _clear_notes_of_others(record):
    """What staff wrote is the patient's record; a name in it is for them to take out (docs/data.md)."""
    Escalation.objects.update(resolution_note="")
    record.escalation.events.exclude(by=record.carla).update(text="")
