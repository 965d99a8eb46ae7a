"""Each kind goes when its time is over, not a day before, and never while a hold stands."""

from datetime import timedelta

import pytest

from caregiver.models import CardLink, Phone
from clinic.models import (
    ApiToken,
    AuditEvent,
    FamilyDevice,
    Invitation,
    Patient,
    RecordHold,
    Report,
    ShiftNotice,
    User,
)
from clinic.services.core import kept
from clinic.services.patients import retention
from notifications.models import Consent, InboundSms, Message
from tests import factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
YEAR = timedelta(days=366)


def let_go(name, now):
    kind = next(kind for kind in kept.kinds() if kind.name == name)
    count = kind.expired(now).count()
    done = sum(iter(lambda: kept.let_go_of_some(kind, now=now), 0))
    assert done == count
    return done


@pytest.fixture
def ended(clinic, now):
    """Monitoring ended when Walter was enrolled: nothing has happened since."""
    return factories.PatientFactory(clinic=clinic, status="ended", created_at=now)


def hold(patient, nurse, now):
    RecordHold.objects.create(patient=patient, reason="case 7", placed_at=now, placed_by=nurse)


def message(to, now, **changes):
    fields = {"to": to, "body": "words", "purpose": "reminder", "service": "reminders", "priority": 1}
    return Message.objects.create(
        **{
            **fields,
            "dedupe_key": f"{to}{now}",
            "expires_at": now,
            "created_at": now,
            "due_at": None,
            **changes,
        }
    )


def test_record_is_emptied_ten_years_after_the_last_of_it(ended, now):
    report = factories.ReportFactory(patient=ended, received_at=now + YEAR, state="scored", scored_at=now)

    assert let_go("records", now + 10 * YEAR) == 0
    assert let_go("records", now + 12 * YEAR) == 1
    assert let_go("records", now + 12 * YEAR) == 0

    assert (Patient.objects.get().given_name, Report.objects.get(pk=report.pk).answers) == ("", {})
    row = AuditEvent.objects.get(action="patient.erased")
    assert (row.actor_kind, row.patient_id) == ("system", ended.pk)


def test_record_that_somebody_needs_stays(ended, patient, nurse, clinic, now, settings):
    hold(ended, nurse, now)
    open_one = factories.PatientFactory(clinic=clinic, status="ended", created_at=now)
    factories.EscalationFactory(patient=open_one)

    assert let_go("records", now + 20 * YEAR) == 0
    RecordHold.objects.update(ended_at=now, ended_by=nurse)
    settings.RETENTION_RECORD_YEARS = 0
    assert let_go("records", now + 20 * YEAR) == 0
    settings.RETENTION_RECORD_YEARS = 10
    assert let_go("records", now + 20 * YEAR) == 1
    assert set(Patient.objects.filter(erased_at=None)) == {patient, open_one}


def test_caregiver_goes_after_the_last_record_and_not_before(ended, patient, now):
    factories.CareTeamMemberFactory(patient=ended, user__name="Carla")
    both = factories.CareTeamMemberFactory(patient=ended, user__name="Ben").user
    factories.CareTeamMemberFactory(patient=patient, user=both)
    assert let_go("caregivers", now + 20 * YEAR) == 0
    let_go("records", now + 20 * YEAR)

    assert let_go("caregivers", now + 20 * YEAR + 89 * DAY) == 0
    assert let_go("caregivers", now + 20 * YEAR + 91 * DAY) == 1

    assert set(User.objects.filter(care_links__isnull=False).values_list("name", flat=True)) == {"—", "Ben"}


def test_report_that_came_after_the_deletion_is_emptied_too(ended, now):
    report = factories.ReportFactory(patient=ended, state="scored", scored_at=now)
    Patient.objects.update(erased_at=now)

    assert let_go("came_late", now + DAY) == 1
    assert (Report.objects.get(pk=report.pk).answers, let_go("came_late", now + DAY)) == ({}, 0)


def test_words_of_texts_go_after_a_year_and_the_row_after_five(now):
    message("+16175550150", now)
    waiting = message("+16175550151", now, due_at=now)
    InboundSms.objects.create(
        sid="SM1", from_phone="+16175550150", body="words", kind="text", service="codes", created_at=now
    )

    assert [let_go(name, now + 364 * DAY) for name in ("words_sent", "words_received")] == [0, 0]
    assert [let_go(name, now + 366 * DAY) for name in ("words_sent", "words_received")] == [1, 1]
    assert set(Message.objects.values_list("body", flat=True)) == {"", "words"}
    assert InboundSms.objects.get().from_phone == "+16175550150"
    assert [let_go(name, now + 6 * YEAR) for name in ("texts_sent", "texts_received")] == [1, 1]
    assert list(Message.objects.all()) == [waiting]


def test_texts_and_consents_of_a_held_family_stay(ended, nurse, now):
    member = factories.CareTeamMemberFactory(patient=ended)
    message(str(member.user.phone), now)
    Consent.objects.update(ended_at=now, ended_because="withdrawn")
    hold(ended, nurse, now)
    kinds = ("words_sent", "texts_sent", "consents")
    assert [let_go(name, now + 9 * YEAR) for name in kinds] == [0, 0, 0]

    RecordHold.objects.update(ended_at=now, ended_by=nurse)
    assert [let_go(name, now + 9 * YEAR) for name in kinds] == [1, 1, 1]


def test_who_was_invited_is_forgotten_when_the_link_is_over(patient, now):
    factories.InvitationFactory(patient=patient, expires_at=now)

    assert let_go("invitations", now + 89 * DAY) == 0
    assert let_go("invitations", now + 91 * DAY) == 1
    one = Invitation.objects.get()
    assert (one.name, str(one.phone or ""), one.relation) == ("", "", "")


def test_link_to_the_team_goes_when_it_is_over(clinic, now):
    factories.StaffInvitationFactory(clinic=clinic, expires_at=now)

    assert let_go("staff_invitations", now + 89 * DAY) == 0
    assert let_go("staff_invitations", now + 91 * DAY) == 1


def test_ended_sign_ins_and_duty_go(patient, nurse, caregiver, now):
    ApiToken.objects.create(user=nurse, token_hash="a", label="x", expires_at=now)
    Phone.objects.create(user=caregiver, token_hash="a", expires_at=now)
    CardLink.objects.create(patient=patient, token_hash="a", made_by=caregiver, made_at=now, expires_at=now)
    factories.ShiftNoticeFactory(ends_at=now)
    names = ("api_tokens", "phones", "card_codes", "shift_notices")

    assert [let_go(name, now + 89 * DAY) for name in names] == [0, 0, 0, 0]
    assert [let_go(name, now + 91 * DAY) for name in names] == [1, 1, 1, 0]
    assert [let_go(name, now + 7 * YEAR) for name in names] == [0, 0, 0, 1]
    assert not ShiftNotice.objects.exists()


def test_ended_and_forgotten_phones_go_but_the_newest_of_each_stays(caregiver, now):
    """Or whoever has had one would be taken for somebody who never had any."""
    old = {"user": caregiver, "first_seen_at": now - DAY, "last_seen_at": now - DAY}
    factories.FamilyDeviceFactory(**old)
    factories.FamilyDeviceFactory(**old, ended_at=now, ended_by=caregiver)
    known = factories.FamilyDeviceFactory(**old, confirmed_at=now, confirmed_by=caregiver)
    newest = factories.FamilyDeviceFactory(
        user=caregiver, first_seen_at=now, last_seen_at=now, ended_at=now, ended_by=caregiver
    )

    assert let_go("family_devices", now + 88 * DAY) == 0
    assert let_go("family_devices", now + 91 * DAY) == 2
    assert set(FamilyDevice.objects.all()) == {known, newest}


def test_phone_that_only_a_link_signed_in_goes_and_no_other_goes_for_it(patient, now):
    caregiver = factories.CareTeamMemberFactory(patient=patient).user
    old = {"user": caregiver, "last_seen_at": now}
    ended = factories.FamilyDeviceFactory(
        **old,
        first_seen_at=now - DAY,
        confirmed_at=now,
        confirmed_by=caregiver,
        ended_at=now,
        ended_by=caregiver,
    )
    factories.FamilyDeviceFactory(**old, first_seen_at=now, opens_by_code=True)

    assert let_go("family_devices", now + 91 * DAY) == 1
    assert FamilyDevice.objects.get() == ended


def test_every_kind_has_a_name_of_its_own():
    names = [kind.name for kind in kept.kinds()]
    assert len(names) == len(set(names))
    assert {kind.name for kind in retention.KINDS} < set(names)
