"""Handing a shift over: the sheet, its signatures, and the lead who hears of what is left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Checkin, Handover, HandoverItem, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.desk import handovers as query
from clinic.services.core import alarms
from clinic.services.desk import handovers
from clinic.services.escalations import contacts, leases, lifecycle, missed, worries
from clinic.tasks import tick
from notifications.models import Message, PushSubscription
from tests import cases, factories
from tests.clinic.services.desk.handing_over import give, items, late, sign

MINUTE = timedelta(minutes=1)


@pytest.fixture
def taken(escalate, nurse, now):
    return lifecycle.acknowledge(escalation_id=escalate().pk, by=nurse, now=now)


# The sheet


def test_sheet_lists_each_patient_once_by_what_they_need(clinic, nurse, ben, now):
    held, unheld, worried, texted, silent, dealt = (
        factories.PatientFactory(clinic=clinic, family_name=name)
        for name in ("Held", "Unheld", "Worried", "Texted", "Silent", "Late")
    )
    lifecycle.acknowledge(escalation_id=cases.escalate(held, cases.FEVER, now).pk, by=nurse, now=now + MINUTE)
    cases.escalate(unheld, cases.FEVER_AND_CONFUSION, now)
    family = factories.CareTeamMemberFactory(patient=worried).user
    worries.record(worry_id=worried.pk, patient_id=worried.pk, by=family, told_at=now, now=now)
    writer = factories.CareTeamMemberFactory(patient=texted)
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=writer.pk, now=now)
    Checkin.objects.create(patient=silent, due_at=now - 2 * 60 * MINUTE)
    Checkin.objects.create(patient=dealt, due_at=now - 30 * MINUTE)

    handover = give(nurse, ben, now + 2 * MINUTE)

    found = [(one.kind, one.patient.family_name, one.level, one.held_by) for one in items(handover)]
    assert found == [
        ("alert", "Unheld", "emergency", None),
        ("alert", "Held", "urgent", nurse),
        ("call_back", "Worried", "same_day", None),
        ("call_back", "Texted", "", None),
        ("silent", "Silent", "", None),
    ]


def test_what_a_family_waits_for_is_kept_as_it_was(taken, nurse, ben, now):
    leases.snooze(
        escalation_id=taken.pk, by=nurse, until=now + 10 * MINUTE, reason="Waiting for the lab", now=now
    )

    [item] = items(give(nurse, ben, now + MINUTE, {str(taken.pk): "  Lab calls at nine  "}))
    leases.renew(escalation_id=taken.pk, by=nurse, now=now + 2 * MINUTE)

    sheet = query.sheet(user=ben.user, handover_id=item.handover_id, now=now + 3 * MINUTE)
    [line] = sheet.lines
    assert [(wait.code, wait.text) for wait in line.line.waits_for] == [("aside", "Waiting for the lab")]
    assert (line.note, line.line.reasons) == (
        "Lab calls at nine",
        ("Temperature 38.6\u00a0°C (38.0 to 39.9)",),
    )


def test_call_in_vain_waits_for_the_next_try_until_somebody_answers(taken, nurse, ben, now):
    call = {"escalation_id": taken.pk, "by": nurse, "member_id": None, "who": "Daughter", "note": ""}
    contacts.log(**call, reached=False, now=now)
    [tried] = items(give(nurse, ben, now + MINUTE))
    contacts.log(**call, reached=True, now=now + 2 * MINUTE)
    handovers.withdraw(handover_id=tried.handover_id, by=nurse, now=now + 2 * MINUTE)
    [reached] = items(give(nurse, ben, now + 3 * MINUTE))

    assert (tried.kind, [one["what"] for one in tried.waits_for]) == ("call_back", ["tried"])
    assert (reached.kind, reached.waits_for) == ("alert", [])


def test_unreached_family_is_said(patient, nurse, ben, now):
    escalation = cases.escalate(patient, cases.NAUSEA, now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    for _ in range(2):
        contacts.log(
            escalation_id=escalation.pk,
            by=nurse,
            member_id=None,
            who="Daughter",
            reached=False,
            note="",
            now=now,
        )
    lifecycle.resolve(
        escalation_id=escalation.pk, by=nurse, outcome="could_not_reach", note="", now=now + MINUTE
    )

    [item] = items(give(nurse, ben, now + 2 * MINUTE))

    assert (item.kind, item.state, [one["what"] for one in item.waits_for]) == (
        "call_back",
        "open",
        ["unreached"],
    )


def test_silence_that_has_opened_an_escalation_is_a_line_of_its_own_kind(patient, nurse, ben, now):
    Checkin.objects.create(patient=patient, due_at=now - 13 * 60 * MINUTE)
    missed.escalate_due(now=now)

    [item] = items(give(nurse, ben, now))

    assert (item.kind, item.level, item.escalation is not None) == ("silent", "same_day", True)
    assert [one["what"] for one in item.waits_for] == ["silent"]


def test_other_clinics_and_the_weekly_test_are_not_on_it(clinic, other_clinic, nurse, ben, now):
    factories.EscalationFactory(patient=factories.PatientFactory(clinic=other_clinic))
    factories.EscalationFactory(
        patient=factories.PatientFactory(clinic=clinic, is_synthetic=True, status="ended")
    )
    factories.EscalationFactory(patient=factories.PatientFactory(clinic=clinic), is_drill=True)

    handover = give(nurse, ben, now)

    assert items(handover) == []
    assert (handover.state, handover.closed_at) == ("settled", now)


def test_colleague_is_texted_without_a_name_and_the_act_is_audited(taken, nurse, ben, now):
    handover = give(nurse, ben, now)

    message = Message.objects.get(to=str(ben.phone))
    assert message.body == (
        "Kinwatch: A colleague hands their shift over to you. Open and sign: "
        f"http://testserver/console/handover/{handover.pk}/"
    )
    given = AuditEvent.objects.get(action="handover.given")
    assert (given.actor_id, given.detail) == (nurse.pk, {"to": ben.pk, "lines": 1})


def test_what_came_up_since_the_sheet_was_shown_must_be_seen_first(taken, clinic, nurse, ben, now):
    cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)

    with pytest.raises(handovers.SheetChanged):
        handovers.hand_over(
            clinic_id=clinic.pk, by=nurse, to_staff_id=ben.pk, notes={}, seen={str(taken.pk)}, now=now
        )
    assert Handover.objects.count() == 0


@pytest.mark.parametrize("who", ["educator", "other clinic", "self", "left"])
def test_only_a_colleague_who_may_act_can_take_over(clinic, nurse, other_nurse, now, who):
    to = {
        "educator": lambda: factories.StaffFactory(clinic=clinic, role="educator"),
        "other clinic": other_nurse.staff_roles.get,
        "self": nurse.staff_roles.get,
        "left": lambda: factories.StaffFactory(clinic=clinic, ended_at=now, ended_by=nurse),
    }[who]()

    with pytest.raises(handovers.NotAColleague):
        handovers.hand_over(clinic_id=clinic.pk, by=nurse, to_staff_id=to.pk, notes={}, seen=(), now=now)


def test_outsiders_and_administrators_give_nothing(clinic, ben, other_nurse, now):
    facts = {"clinic_id": clinic.pk, "to_staff_id": ben.pk, "notes": {}, "seen": (), "now": now}
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(NotVisible):
        handovers.hand_over(by=other_nurse, **facts)
    with pytest.raises(NotAllowed):
        handovers.hand_over(by=administrator, **facts)


def test_second_sheet_waits_for_the_first_to_end(taken, nurse, ben, now):
    first = give(nurse, ben, now)

    with pytest.raises(handovers.AlreadyGiven) as refused:
        give(nurse, ben, now + MINUTE)
    assert refused.value.handover_id == first.pk

    handovers.withdraw(handover_id=first.pk, by=nurse, now=now + 2 * MINUTE)
    assert give(nurse, ben, now + 3 * MINUTE).state == "open"


# Signatures


def test_signing_moves_what_the_giver_had_with_a_fresh_lease(taken, nurse, ben, now):
    [item] = items(give(nurse, ben, now))

    signed = sign(item, ben.user, now + 3 * MINUTE)

    taken.refresh_from_db()
    assert (signed.signed_by, signed.signed_as) == (ben.user, "moved")
    assert (taken.acknowledged_by, taken.lease_until) == (ben.user, now + 23 * MINUTE)
    event = taken.events.order_by("pk").last()
    assert (event.kind, event.by, event.text) == ("handed_over", ben.user, "Nora Nurse")
    handover = Handover.objects.get()
    assert (handover.state, handover.closed_at) == ("settled", now + 3 * MINUTE)
    assert list(
        AuditEvent.objects.filter(action__startswith="handover.").order_by("pk").values_list("action")
    ) == [("handover.given",), ("handover.signed",), ("handover.settled",)]


def test_signing_takes_what_nobody_had_and_stops_its_pages(escalate, nurse, ben, now):
    factories.OnCallFactory(staff=ben)
    escalation = escalate()
    [item] = items(give(nurse, ben, now))

    signed = sign(item, ben.user, now + MINUTE)

    escalation.refresh_from_db()
    assert (signed.signed_as, escalation.state, escalation.acknowledged_by) == (
        "took",
        "acknowledged",
        ben.user,
    )
    assert not escalation.pages.filter(state="due").exists()


def test_signing_leaves_with_a_third_colleague_what_is_theirs(escalate, clinic, nurse, ben, now):
    tess = factories.StaffFactory(clinic=clinic).user
    escalation = lifecycle.acknowledge(escalation_id=escalate().pk, by=tess, now=now)
    [item] = items(give(nurse, ben, now))

    signed = sign(item, ben.user, now + MINUTE)

    escalation.refresh_from_db()
    assert (signed.signed_as, escalation.acknowledged_by, escalation.version) == ("knows", tess, 2)


def test_signing_a_call_says_who_sees_to_it(clinic, nurse, ben, now):
    texted = factories.CareTeamMemberFactory(patient=factories.PatientFactory(clinic=clinic))
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=texted.pk, now=now)
    [item] = items(give(nurse, ben, now))

    assert sign(item, ben.user, now + MINUTE).signed_as == "took"


def test_signature_goes_by_what_is_true_then_not_by_what_the_sheet_said(taken, nurse, ben, now):
    """The lease of the giver ran out meanwhile: it waits for anybody, so signing takes it."""
    [item] = items(give(nurse, ben, now))
    leases.end_expired(now=now + 20 * MINUTE)

    assert sign(item, ben.user, now + 21 * MINUTE).signed_as == "took"


def test_signing_twice_is_once_and_a_colleague_hears_who_was_first(taken, clinic, nurse, ben, now):
    tess = factories.StaffFactory(clinic=clinic).user
    [item] = items(give(nurse, ben, now))
    first = sign(item, ben.user, now + MINUTE)

    again = sign(item, ben.user, now + 2 * MINUTE)
    with pytest.raises(handovers.AlreadySigned) as refused:
        sign(item, tess, now + 2 * MINUTE)

    assert again.signed_at == first.signed_at == now + MINUTE
    assert (refused.value.by_name, refused.value.at) == ("Ben Second", now + MINUTE)
    assert AuditEvent.objects.filter(action="handover.signed").count() == 1


def test_giver_signs_nothing_of_their_own_and_outsiders_see_nothing(taken, clinic, nurse, ben, now):
    [item] = items(give(nurse, ben, now))
    stranger = factories.StaffFactory().user
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    with pytest.raises(handovers.OwnHandover):
        sign(item, nurse, now)
    with pytest.raises(NotVisible):
        sign(item, stranger, now)
    with pytest.raises(NotAllowed):
        sign(item, administrator, now)
    with pytest.raises(NotVisible):
        handovers.sign(
            handover_id=give(ben.user, nurse.staff_roles.get(), now).pk,
            item_id=item.pk,
            by=nurse,
            now=now,
        )


def test_what_ends_by_itself_needs_no_signature(clinic, patient, nurse, ben, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    texted = factories.CareTeamMemberFactory(patient=factories.PatientFactory(clinic=clinic))
    alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=texted.pk, now=now)
    silent, dropped = (factories.PatientFactory(clinic=clinic) for _ in range(2))
    Checkin.objects.create(patient=silent, due_at=now - 120 * MINUTE)
    replaced = Checkin.objects.create(patient=dropped, due_at=now - 60 * MINUTE)
    handover = give(nurse, ben, now)
    at = now + 5 * MINUTE

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=at)
    lifecycle.resolve(escalation_id=escalation.pk, by=nurse, outcome="admitted", note="", now=at)
    alarms.clear(clinic_id=clinic.pk, kind=AlarmKind.TEXT_RECEIVED, subject=texted.pk, now=at, by=ben.user)
    cases.report_by_family(silent, cases.FEVER, at)
    Checkin.objects.filter(pk=replaced.pk).update(state="dropped")
    sheet = query.sheet(user=ben.user, handover_id=handover.pk, now=at + MINUTE)
    with pytest.raises(handovers.LineEnded):
        sign(items(handover)[0], ben.user, at + MINUTE)
    handovers.follow_up_due(now=at + 2 * MINUTE)

    assert sheet.unsigned == 0
    assert [item.ended_at for item in items(handover)] == [at, at, at, at + 2 * MINUTE]
    handover.refresh_from_db()
    assert (handover.state, handover.lead_paged_at) == ("settled", None)


def test_giver_takes_it_back_and_what_was_signed_stays(clinic, taken, nurse, ben, now):
    cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    handover = give(nurse, ben, now)
    first, second = items(handover)
    sign(first, ben.user, now + MINUTE)

    with pytest.raises(handovers.NotGiver):
        handovers.withdraw(handover_id=handover.pk, by=ben.user, now=now)
    handovers.withdraw(handover_id=handover.pk, by=nurse, now=now + 2 * MINUTE)

    with pytest.raises(handovers.HandoverNotOpen):
        sign(second, ben.user, now + 3 * MINUTE)
    with pytest.raises(handovers.HandoverNotOpen):
        handovers.withdraw(handover_id=handover.pk, by=nurse, now=now)
    assert handovers.follow_up_due(now=late(handover)) == 0
    assert [one.signed_by for one in items(handover)] == [ben.user, None]


# The lead


def test_lead_is_paged_once_about_what_is_not_signed(taken, clinic, nurse, ben, now):
    lead = factories.StaffFactory(clinic=clinic, role="administrator")
    browser = PushSubscription.objects.create(
        owner_id=lead.user_id, endpoint="https://push.example/1", p256dh="p", auth="a", created_at=now
    )
    handover = give(nurse, ben, now)
    Message.objects.all().delete()

    assert handovers.follow_up_due(now=late(handover) - timedelta(seconds=1)) == 0
    assert handovers.follow_up_due(now=late(handover)) == 1
    assert handovers.follow_up_due(now=late(handover) + MINUTE) == 0

    sent = Message.objects.order_by("channel").values_list("channel", "to", "body")
    body = f"Kinwatch: A shift handover is not signed yet. Open it: http://testserver/console/handover/{handover.pk}/"
    assert list(sent) == [("push", str(browser.pk), body), ("sms", str(lead.phone), body)]
    alarm = SystemAlarm.objects.get(kind="handover_unsigned")
    assert (alarm.subject, alarm.cleared_at) == (str(handover.pk), None)


def test_alarm_ends_with_the_last_signature(taken, nurse, ben, now):
    handover = give(nurse, ben, now)
    handovers.follow_up_due(now=late(handover))

    sign(items(handover)[0], ben.user, late(handover) + MINUTE)

    assert SystemAlarm.objects.get(kind="handover_unsigned").cleared_at == late(handover) + MINUTE


def test_tick_finds_it_by_itself(taken, clinic, nurse, ben):
    lead = factories.StaffFactory(clinic=clinic, role="administrator")
    handover = give(nurse, ben, timezone.now() - 16 * MINUTE)

    tick()

    handover.refresh_from_db()
    assert handover.lead_paged_at is not None
    assert Message.objects.filter(to=str(lead.phone)).count() == 1


# What the database itself refuses


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"signed_at": timezone.now(), "signed_as": "knows"}, id="signed by nobody"),
        pytest.param({"by": "giver"}, id="signed by the giver"),
        pytest.param({"by": "ben", "signed_as": ""}, id="signed as nothing"),
        pytest.param({"by": "ben", "ended_at": timezone.now()}, id="signed and ended"),
        pytest.param({"escalation": None}, id="hangs on nothing"),
        pytest.param({"kind": "other"}, id="unknown kind"),
    ],
)
def test_line_that_cannot_be_is_refused_by_the_database(taken, nurse, ben, now, wrong):
    [item] = items(give(nurse, ben, now))
    who = {"giver": nurse, "ben": ben.user}.get(wrong.get("by", ""))
    signed = {"signed_by": who, "signed_at": now, "signed_as": "knows"} if who else {}
    changes = signed | {name: value for name, value in wrong.items() if name != "by"}

    with pytest.raises(IntegrityError), transaction.atomic():
        HandoverItem.objects.filter(pk=item.pk).update(**changes)


def test_open_sheet_has_no_end_and_a_closed_one_has(taken, nurse, ben, now):
    handover = give(nurse, ben, now)

    for wrong in ({"closed_at": now}, {"state": "settled"}, {"state": "other", "closed_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.filter(pk=handover.pk).update(**wrong)
