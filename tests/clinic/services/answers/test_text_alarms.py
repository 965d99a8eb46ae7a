"""Trouble with texts becomes a task for the clinic, through the real hooks and codes."""

from datetime import timedelta

import pytest

from clinic.models import SystemAlarm
from notifications.hooks import budget_reached
from notifications.models import Message
from notifications.services import dispatch, inbound, receipts
from tests import factories
from tests.notifications.builders import queue

KINDS = [
    ("21610", "opted_out"),
    ("30003", "number_silent"),
    ("30004", "number_silent"),
    ("30005", "number_bad"),
    ("30006", "number_bad"),
    ("30007", "number_silent"),
]


@pytest.fixture
def member(patient):
    return factories.CareTeamMemberFactory(patient=patient)


def alarms():
    rows = SystemAlarm.objects.filter(cleared_at=None).order_by("clinic__slug", "kind")
    return list(rows.values_list("clinic__slug", "kind", "subject"))


def fail(to, code, now, commit, purpose="reply"):
    message = queue(purpose=purpose, to=str(to), now=now)
    with commit(execute=True):
        receipts.record(message_id=message.id, sid="SM1", status="undelivered", error_code=code, now=now)


@pytest.mark.parametrize(("code", "kind"), KINDS)
def test_code_becomes_a_task_about_the_family(
    member, other_clinic, now, django_capture_on_commit_callbacks, code, kind
):
    fail(member.user.phone, code, now, django_capture_on_commit_callbacks)

    mine = ("river", kind, str(member.pk))
    assert mine in alarms()
    assert [one for one in alarms() if one[0] == "lake" and one[1] != "texts_held"] == []


def test_code_about_a_colleague_is_a_task_about_them(clinic, now, django_capture_on_commit_callbacks):
    staff = factories.StaffFactory(clinic=clinic)

    fail(staff.phone, "21610", now, django_capture_on_commit_callbacks, purpose="page")

    assert alarms() == [("river", "staff_number", str(staff.pk))]


@pytest.mark.parametrize("code", ["30034", "30002", "99999"])
def test_broken_sender_is_told_to_every_clinic(
    member, other_clinic, now, django_capture_on_commit_callbacks, code
):
    fail(member.user.phone, code, now, django_capture_on_commit_callbacks)

    assert alarms() == [("lake", "texts_held", ""), ("river", "texts_held", "")]


def test_stop_and_review_are_tasks_and_start_ends_them(member, now):
    for number, body in enumerate(["please stop texting me", "STOP"]):
        inbound.receive(
            sid=f"SM{number}",
            from_phone=str(member.user.phone),
            to_phone="",
            body=body,
            service="reminders",
            now=now,
        )
    assert [kind for _, kind, _ in alarms()] == ["opted_out", "stop_asked"]

    inbound.receive(
        sid="SM9",
        from_phone=str(member.user.phone),
        to_phone="",
        body="START",
        service="reminders",
        now=now,
    )

    assert alarms() == []


def test_colleague_who_texts_stop_is_a_task(clinic, now):
    staff = factories.StaffFactory(clinic=clinic)

    inbound.receive(
        sid="SM1", from_phone=str(staff.phone), to_phone="", body="STOP", service="paging", now=now
    )

    assert alarms() == [("river", "staff_number", str(staff.pk))]


def test_budget_is_told_once_at_each_mark_and_stops_only_reminders(
    member, settings, now, django_capture_on_commit_callbacks
):
    settings.SMS_MONTHLY_BUDGET = 5
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(7):
            queue(purpose="reminder", to=f"+1617555010{number}", now=now)
            queue(purpose="page", to="+16175550199", now=now + timedelta(seconds=number))
        dispatch.send_due(now=now + timedelta(minutes=1))

    states = Message.objects.values_list("purpose", "state")
    assert sorted(states) == [("page", "delivered")] * 7 + [("reminder", "suppressed")] * 7
    assert [kind for _, kind, _ in alarms()] == ["budget_low", "budget_out"]
    assert budget_reached.receivers
