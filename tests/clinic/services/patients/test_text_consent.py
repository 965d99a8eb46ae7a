"""Who gets reminders: what the person said, on a page, by text or to somebody of the clinic."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, SystemAlarm
from clinic.services.patients import text_consent
from notifications.models import Consent, OptOut
from notifications.queries import standings
from notifications.services import consents, inbound, receipts
from tests import factories
from tests.notifications.builders import queue


@pytest.fixture
def member(patient):
    return factories.CareTeamMemberFactory(patient=patient, agreed=False)


def standing(member):
    return standings([str(member.user.phone)])[str(member.user.phone)].value


def say(member, body, now, sid="SM1"):
    inbound.receive(
        sid=sid, from_phone=str(member.user.phone), to_phone="", body=body, service="reminders", now=now
    )


def test_agreement_on_a_page_is_stored_with_all_that_proves_it(member, now):
    text_consent.agree(by=member.user, text_version="reminders-1", now=now)

    row = Consent.objects.get()
    assert (
        row.phone,
        row.topics,
        row.text_version,
        row.language,
        row.source,
        row.given_by,
        row.given_at,
    ) == (
        str(member.user.phone),
        ["reminders"],
        "reminders-1",
        "en",
        "page",
        member.user.pk,
        now,
    )
    assert standing(member) == "on"
    assert AuditEvent.objects.get(action="texts.agreed").clinic_id == member.patient.clinic_id


def test_declining_ends_it_and_agreeing_anew_is_another_row(member, now):
    text_consent.agree(by=member.user, text_version="reminders-1", now=now)
    text_consent.decline(by=member.user, now=now)
    assert standing(member) == "not_agreed"

    text_consent.agree(by=member.user, text_version="reminders-2", now=now)
    text_consent.agree(by=member.user, text_version="reminders-3", now=now)

    ends = Consent.objects.order_by("pk").values_list("text_version", "ended_because")
    assert list(ends) == [("reminders-1", "withdrawn"), ("reminders-2", "replaced"), ("reminders-3", "")]


def test_nurse_writes_down_what_a_caregiver_said(member, nurse, now):
    say(member, "please stop texting me", now)
    assert standing(member) == "paused"

    text_consent.record_agreement(member_id=member.pk, by=nurse, now=now)
    assert (standing(member), SystemAlarm.objects.filter(cleared_at=None).count()) == ("on", 0)
    assert Consent.objects.get().given_by == nurse.pk

    text_consent.record_refusal(member_id=member.pk, by=nurse, now=now)
    assert standing(member) == "stopped"


def test_stop_wins_over_a_pause_and_start_brings_the_agreement_back(member, now):
    text_consent.agree(by=member.user, text_version="reminders-1", now=now)
    seen = []
    for number, body in enumerate(["please stop texting me", "STOP", "START"]):
        say(member, body, now, sid=f"SM{number}")
        seen.append(standing(member))

    assert seen == ["paused", "stopped", "on"]
    assert OptOut.objects.count() == 1


def test_outsiders_and_educators_write_nothing_down(member, other_nurse, clinic, now):
    educator = factories.StaffFactory(clinic=clinic, role="educator").user

    for act in (text_consent.record_agreement, text_consent.record_refusal):
        with pytest.raises(NotVisible):
            act(member_id=member.pk, by=other_nurse, now=now)
        with pytest.raises((NotAllowed, NotVisible)):
            act(member_id=member.pk, by=educator, now=now)
    assert not Consent.objects.exists()


def test_thirty_silent_days_end_the_agreement_of_that_number_alone(member, now):
    text_consent.agree(by=member.user, text_version="reminders-1", now=now)
    other = factories.CareTeamMemberFactory(patient=member.patient)
    message = queue(purpose="reminder", to=str(member.user.phone), now=now)
    receipts.record(message_id=message.id, sid="SM1", status="undelivered", error_code="30006", now=now)
    assert standing(member) == "unreachable"

    day = timedelta(days=1)
    assert [consents.end_unreachable(now=now + days * day) for days in (29, 30, 31)] == [0, 1, 0]

    assert standing(member) == "not_agreed"
    assert standing(other) == "on"
    assert Consent.objects.get(phone=member.user.phone).ended_because == "unreachable"


def test_number_that_changed_has_agreed_to_nothing(member, now):
    text_consent.agree(by=member.user, text_version="reminders-1", now=now)
    member.user.phone = "+16175550198"

    assert standing(member) == "not_agreed"
