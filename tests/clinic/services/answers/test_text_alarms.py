"""Trouble with texts becomes a task for the clinic, through the real hooks and codes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from clinic.access import NotVisible
from clinic.models import AuditEvent, Night, Reminder, SystemAlarm
from clinic.services.checkins import nights, plan, reminders
from clinic.services.core.alarms import dismiss
from clinic.services.desk import record_access
from clinic.services.escalations import life_events
from clinic.services.paging import chain
from notifications.hooks import budget_reached
from notifications.models import Message
from notifications.rules.text import health_words, segments
from notifications.services import dispatch, inbound, receipts
from tests import cases, factories
from tests.notifications.builders import agree, queue

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


def write(phone, body, now, sid="SM1"):
    inbound.receive(sid=sid, from_phone=str(phone), to_phone="", body=body, service="reminders", now=now)


@pytest.fixture
def spouse(patient):
    """Another one of the same family."""
    return factories.CareTeamMemberFactory(patient=patient)


def test_death_is_a_task_at_once_and_silences_us_for_the_whole_family(member, spouse, patient, now):
    plan.plan_all(now=now)
    queued = queue(purpose="reminder", to=str(spouse.user.phone), now=now)

    write(member.user.phone, "Please stop, George died on Tuesday", now)

    assert alarms() == [("river", "death_told", str(member.pk))]
    queued.refresh_from_db()
    assert queued.state == "suppressed"
    assert not Message.objects.filter(purpose__in=["reply", "stopped"]).exists()
    due = Reminder.objects.filter(caregiver=spouse.user).order_by("due_at").first()
    agree(str(spouse.user.phone), now=now)
    agree(str(member.user.phone), now=now)
    for minutes in (0, 30, 61):
        assert reminders.queue_due(now=due.due_at + timedelta(minutes=minutes)) == 0


def test_no_program_answers_a_family_that_mourns_and_no_task_is_about_its_texts(
    member, patient, nurse, now, django_capture_on_commit_callbacks
):
    write(member.user.phone, "Please stop, George died on Tuesday", now)
    write(member.user.phone, "Thank you all for everything", now + timedelta(minutes=1), sid="SM2")
    later = now + timedelta(hours=3)
    type(patient).objects.filter(pk=patient.pk).update(created_at=now)
    life_events.record(patient_id=patient.pk, kind="died", by=nurse, at=now, reason="", now=later)
    SystemAlarm.objects.update(cleared_at=later)

    write(member.user.phone, "Thank you, Nora, for the flowers", later, sid="SM3")
    fail(member.user.phone, "30003", later, django_capture_on_commit_callbacks)

    assert not Message.objects.filter(purpose="reply", dedupe_key__startswith="reply:").exists()
    assert [kind for _, kind, subject in alarms() if subject == str(member.pk)] == ["text_received"]


def test_reminders_go_on_once_a_person_has_looked(member, patient, nurse, now):
    plan.plan_all(now=now)
    write(member.user.phone, "call me please", now)
    first = Reminder.objects.filter(caregiver=member.user).order_by("due_at").first()
    assert reminders.queue_due(now=first.due_at) == 0

    dismiss(alarm_id=SystemAlarm.objects.get().pk, by=nurse, now=first.due_at)

    assert reminders.queue_due(now=first.due_at + timedelta(minutes=1)) == 1


def test_nobody_is_asked_about_the_night_while_a_cry_waits(member, spouse, now):
    evening = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    plan.plan_all(now=now)
    write(member.user.phone, "he died", evening - timedelta(hours=1))

    nights.follow_up_due(now=evening)

    assert Night.objects.order_by("night_date").filter(due_at__gt=evening).first().state == "asked"
    assert not Message.objects.filter(purpose="reminder").exists()


def test_cry_for_help_gets_one_safe_answer_and_a_text_to_who_is_on_call(member, patient, clinic, now):
    staff = factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=staff, position=0)

    write(member.user.phone, "he can't breathe", now)
    write(member.user.phone, "please call me", now + timedelta(minutes=1), sid="SM2")

    assert alarms() == [("river", "help_asked", str(member.pk))]
    assert list(Message.objects.filter(purpose="reply").values_list("body", flat=True)) == [
        "Do not wait for a text. If it cannot wait, call 911. Or call us at any hour: +1 201-555-0101"
    ]
    told = Message.objects.filter(to=str(staff.phone)).order_by("created_at")
    assert [message.body for message in told] == [
        "Kinwatch: A family's text needs a person now. Read it at the top of the console: "
        "http://testserver/console/"
    ] * 2


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_safe_answer_speaks_the_familys_language_and_tells_nothing(member, now, language):
    member.user.language = language
    member.user.save()

    write(member.user.phone, "call me", now)

    body = Message.objects.get(purpose="reply").body
    assert "911" in body
    assert (health_words(body), segments(body).count <= 2) == ([], True)


def test_cry_of_somebody_whose_access_has_ended_still_reaches_the_clinic(member, nurse, now):
    member.ended_at, member.ended_by = now - timedelta(days=3), nurse
    member.save()

    write(member.user.phone, "George died", now)
    write(member.user.phone, "hello", now, sid="SM2")

    assert alarms() == [("river", "death_told", str(member.pk))]


def test_cry_is_about_each_patient_whom_the_writer_looks_after(member, other_clinic, now):
    other = factories.CareTeamMemberFactory(
        user=member.user, patient=factories.PatientFactory(clinic=other_clinic)
    )

    write(member.user.phone, "help him", now)

    assert alarms() == [("lake", "help_asked", str(other.pk)), ("river", "help_asked", str(member.pk))]


def test_liked_text_of_ours_is_no_task(member, now):
    queue(purpose="reminder", to=str(member.user.phone), now=now)

    write(member.user.phone, "Liked “Kinwatch: open the app.”", now)

    assert alarms() == []
    assert Message.objects.filter(purpose="reply").count() == 0


def test_liked_page_is_told_how_to_answer(clinic, patient, now):
    staff = factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=staff, position=0)
    escalation = cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    page = Message.objects.get(purpose="page")

    for number, body in enumerate([f"Liked “{page.body}”", f"👍 to “{page.body}”"]):
        write(staff.phone, body, now + timedelta(minutes=1), sid=f"SM{number}")

    escalation.refresh_from_db()
    assert escalation.state == "open"
    replies = Message.objects.filter(purpose="reply").values_list("body", flat=True)
    assert [body.partition(".")[0] for body in replies] == ["Not understood"] * 2


def test_text_of_a_family_is_read_on_the_patients_page_and_that_is_on_record(
    member, patient, nurse, other_clinic, now, caplog
):
    member.started_at = now - timedelta(days=1)
    member.save()
    write(member.user.phone, "Please stop, George died on Tuesday", now)
    write(member.user.phone, "thank you", now, sid="SM2")
    write("+12065550000", "words of a stranger", now, sid="SM3")

    panel = record_access.open_patient(patient_id=patient.pk, older_than="", days=14, by=nurse, now=now)

    assert [(text.body, text.is_cry) for text in sorted(panel.texts, key=lambda one: one.body)] == [
        ("Please stop, George died on Tuesday", True),
        ("thank you", False),
    ]
    assert panel.texts_held is True
    assert AuditEvent.objects.filter(action="family_texts.viewed", patient_id=patient.pk).count() == 1
    assert "George" not in caplog.text
    outsider = factories.StaffFactory(clinic=other_clinic).user
    with pytest.raises(NotVisible):
        record_access.open_patient(patient_id=patient.pk, older_than="", days=14, by=outsider, now=now)


def test_page_shows_the_cry_of_somebody_whose_access_has_ended_and_nothing_else_of_theirs(
    member, patient, nurse, now
):
    member.ended_at, member.ended_by = now - timedelta(days=3), nurse
    member.save()
    write(member.user.phone, "George died", now)
    write(member.user.phone, "my own affairs", now, sid="SM2")

    panel = record_access.open_patient(patient_id=patient.pk, older_than="", days=14, by=nurse, now=now)

    assert [text.body for text in panel.texts] == ["George died"]


def test_console_shows_the_task_and_leads_to_the_text(member, patient, nurse, now):
    write(member.user.phone, "George died on Tuesday", timezone.now())
    client = Client()
    client.force_login(nurse)

    worklist = client.get("/console/").content.decode()
    page = client.get(f"/console/patients/{patient.pk}/").content.decode()

    assert "A family&#x27;s text may tell of a death: read it now" in worklist.replace("&#39;", "&#x27;")
    assert f"/console/patients/{patient.pk}/#family-texts" in worklist
    assert "George died on Tuesday" not in worklist
    assert "George died on Tuesday" in page
    assert 'id="family-texts"' in page
