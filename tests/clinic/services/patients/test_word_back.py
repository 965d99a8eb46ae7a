"""The family hears back: somebody has it, we called and nobody answered, it is closed."""

from datetime import timedelta

import pytest
import time_machine

from clinic.models import EscalationEvent, User, WordBack
from clinic.models.escalation import Cause
from clinic.models.system_alarm import AlarmKind
from clinic.rules.core.enums import Level
from clinic.services.checkins import nights
from clinic.services.core import alarms
from clinic.services.escalations import contacts, leases, lifecycle, scoring
from clinic.services.patients import care_team, go_home_drills, word_back
from clinic.tasks import tick
from notifications.models import Consent, Message, OptOut
from notifications.rules.text import health_words
from notifications.services import dispatch, push_subscriptions
from tests import cases, factories

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WATCH = {"temp_value": "36.8", "temp_unit": "C", "vomiting": 1}


@pytest.fixture
def late(now):
    """23:00 in New York: the cast's clock says 21:00, quiet hours begin at 22:00 and end at 07:00."""
    return now + 2 * HOUR


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get(user=caregiver)


def news(**facts):
    return list(Message.objects.filter(purpose="news", **facts).order_by("created_at", "pk"))


def first_words(messages):
    """What each says, without brand and address."""
    return [one.body.split(": ", 1)[1].split(".", 1)[0] for one in messages]


def take(escalation, by, at):
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=by, now=at)


def close(escalation, by, at, outcome="advice_given"):
    return lifecycle.resolve(escalation_id=escalation.pk, by=by, outcome=outcome, note="Spoke.", now=at)


def call(escalation, by, at, reached=False, member=None):
    return contacts.log(
        escalation_id=escalation.pk,
        by=by,
        member_id=member and member.pk,
        who="" if member else "the neighbour",
        reached=reached,
        note="",
        now=at,
    )


def choose(user, **choices):
    User.objects.filter(pk=user.pk).update(**choices)


def test_each_act_sends_its_word_with_the_act(escalate, nurse, caregiver, member, now):
    escalation = escalate()

    take(escalation, nurse, now)
    call(escalation, nurse, now + MINUTE, member=member)
    close(escalation, nurse, now + 2 * MINUTE)

    sent = news()
    assert first_words(sent) == [
        "somebody here has what you sent",
        "we called and nobody answered",
        "we are done with what you sent",
    ]
    assert {(one.to, one.service, one.language) for one in sent} == {
        (str(caregiver.phone), "reminders", "en")
    }
    assert all(one.body.endswith("Reply STOP to end these texts.") for one in sent)


@pytest.mark.parametrize(
    "answers", [cases.FEVER, cases.FEVER_AND_CONFUSION, WATCH, {"red_flags": ["seizure"]}]
)
def test_words_are_the_same_whatever_it_is_about(escalate, nurse, now, answers):
    escalation = escalate(answers)

    take(escalation, nurse, now)

    [sent] = news()
    assert sent.body.startswith("Kinwatch: somebody here has what you sent. Still do what the page told you.")
    assert health_words(sent.body) == []


def test_act_that_is_undone_sends_nothing(escalate, nurse, other_nurse, now):
    escalation = escalate()
    take(escalation, nurse, now)

    with pytest.raises(lifecycle.OutcomeNeeded):
        close(escalation, nurse, now, outcome="")

    assert len(news()) == 1


def test_taken_twice_and_by_another_is_told_once(escalate, clinic, nurse, now):
    escalation = escalate()
    colleague = factories.StaffFactory(clinic=clinic, user__name="Cora").user

    take(escalation, nurse, now)
    with pytest.raises(lifecycle.AlreadyTaken):
        take(escalation, colleague, now)
    leases.end_expired(now=now + 21 * MINUTE)
    take(escalation, colleague, now + 22 * MINUTE)

    assert len(news()) == 1


@pytest.mark.parametrize(
    "worse", [cases.FEVER_AND_CONFUSION, {**cases.FEVER, "bleeding": 2}], ids=["higher", "a new rule"]
)
def test_a_new_call_for_help_is_answered_anew(escalate, nurse, now, worse):
    escalation = escalate(cases.FEVER)
    take(escalation, nurse, now)

    escalate(worse, at=now + MINUTE)
    take(escalation, nurse, now + 2 * MINUTE)

    assert first_words(news()) == ["somebody here has what you sent"] * 2


def test_two_calls_in_a_row_are_one_word_and_a_later_one_another(escalate, nurse, now):
    escalation = escalate()
    take(escalation, nurse, now)

    for minutes in (1, 5, 60):
        call(escalation, nurse, now + minutes * MINUTE)

    assert first_words(news())[1:] == ["we called and nobody answered"] * 2


def test_a_call_that_was_answered_sends_nothing_and_takes_the_word_back(escalate, nurse, now):
    escalation = escalate()
    take(escalation, nurse, now)
    call(escalation, nurse, now + MINUTE)

    call(escalation, nurse, now + 2 * MINUTE, reached=True)

    assert [(one.state, one.due_at is None) for one in news()] == [("pending", False), ("suppressed", True)]


def test_everybody_of_the_family_hears_it(escalate, patient, nurse, now):
    other = factories.CareTeamMemberFactory(patient=patient, user__language="es").user
    left = factories.CareTeamMemberFactory(patient=patient)
    care_team.end_access(member_id=left.pk, by=_manager(patient.clinic), now=now)

    take(escalate(), nurse, now)

    assert {one.language for one in news()} == {"en", "es"}
    assert str(left.user.phone) not in {one.to for one in news()}
    [spanish] = news(to=str(other.phone))
    assert "alguien de aquí tiene lo que usted envió" in spanish.body


def _manager(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


@pytest.mark.parametrize("kind", ["taken", "unreached", "closed"])
def test_each_kind_can_be_left_out(escalate, nurse, caregiver, now, kind):
    choose(caregiver, **{f"hears_{kind}": False})
    escalation = escalate()

    take(escalation, nurse, now)
    call(escalation, nurse, now + MINUTE)
    close(escalation, nurse, now + 2 * MINUTE)

    assert WordBack.objects.filter(kind=kind).count() == 0
    assert len(news()) == 2


@pytest.mark.parametrize(
    ("way", "agreed", "count"),
    [
        ("", True, 1),
        ("", False, 0),
        ("text", True, 1),
        ("text", False, 0),
        ("none", True, 0),
        # Without a device it is as if nothing were chosen.
        ("push", True, 1),
        ("push", False, 0),
    ],
)
def test_texts_go_to_who_has_agreed_and_wants_them(escalate, nurse, caregiver, now, way, agreed, count):
    choose(caregiver, hears_back_by=way)
    if not agreed:
        Consent.objects.filter(phone=str(caregiver.phone)).delete()

    take(escalate(), nurse, now)

    assert len(news()) == count


@pytest.mark.parametrize("source", ["keyword", "sentence"])
def test_a_stop_or_a_pause_before_and_in_between_holds_it_back(escalate, nurse, caregiver, now, source):
    escalation = escalate()
    take(escalation, nurse, now)
    OptOut.objects.create(phone=str(caregiver.phone), service="reminders", source=source)
    [sent] = news()

    dispatch.send_message_if_due(message_id=sent.pk, now=now)
    close(escalation, nurse, now + MINUTE)

    sent.refresh_from_db()
    assert (sent.state, sent.error_code) == ("suppressed", "opted_out")
    assert len(news()) == 1


def test_pushes_go_to_each_device_and_open_the_home_page(escalate, nurse, caregiver, now, settings):
    settings.PUSH_TEST_PEER = "http://127.0.0.1:9"
    choose(caregiver, hears_back_by="push")
    for n in "12":
        push_subscriptions.subscribe(
            owner_id=caregiver.pk,
            endpoint=f"http://127.0.0.1:9/{n}",
            p256dh="k",
            auth="a",
            label="Phone",
            now=now,
        )

    take(escalate(), nurse, now)

    sent = news()
    assert [(one.channel, one.service) for one in sent] == [("push", "reminders")] * 2
    assert all(one.body.endswith("told you. http://testserver/") for one in sent)


@pytest.mark.parametrize("kind", ["drill", "made_up", "ended", "held"])
def test_nothing_leaves_about(kind, submit, escalate, patient, nurse, member, clinic, now):
    escalation = escalate()
    if kind == "drill":
        report = submit(is_drill=True).report
        scoring.score(report_id=report.pk, now=now)
        drill = EscalationEvent.objects.get(report=report).escalation
        go_home_drills.answer(escalation_id=drill.pk, by=nurse, now=now)
        assert news() == []
        return
    if kind == "held":
        alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.DEATH_TOLD, subject=member.pk, now=now)
    patient.status = "active" if kind == "held" else "ended"
    patient.is_synthetic = kind == "made_up"
    patient.save()

    word_back.send(escalation=escalation, kind=word_back.Kind.TAKEN, now=now)
    word_back.send(escalation=escalation, kind=word_back.Kind.UNREACHED, now=now)

    assert news() == []


def test_of_a_missed_check_in_the_family_hears_only_that_it_was_called(patient, caregiver, nurse, now):
    escalation = lifecycle.open_for_cause(
        patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now
    )

    take(escalation, nurse, now)
    call(escalation, nurse, now + MINUTE)
    close(escalation, nurse, now + 2 * MINUTE)

    assert first_words(news()) == ["we called and nobody answered"]


# --- At night ---


def test_an_answer_to_an_urgent_report_comes_at_night(escalate, nurse, late):
    take(escalate(cases.FEVER, at=late), nurse, late)

    assert len(news()) == 1


def test_what_can_wait_comes_in_the_morning(escalate, nurse, late):
    escalation = escalate(cases.FEVER, at=late)
    take(escalation, nurse, late)
    close(escalation, nurse, late + MINUTE)
    assert first_words(news()) == ["somebody here has what you sent"]

    assert word_back.queue_due(now=late + 7 * HOUR) == 0
    assert word_back.queue_due(now=late + 8 * HOUR) == 1
    assert word_back.queue_due(now=late + 9 * HOUR) == 0

    assert first_words(news())[1:] == ["we are done with what you sent"]


def test_who_is_awake_tonight_hears_it_at_night(escalate, patient, caregiver, member, nurse, late):
    nights.choose(patient_id=patient.pk, member_id=member.pk, by=caregiver, now=late)
    factories.CareTeamMemberFactory(patient=patient)

    take(escalate(WATCH, at=late), nurse, late)

    assert [one.to for one in news()] == [str(caregiver.phone)]


@pytest.mark.parametrize("change", ["closed", "lapsed", "access", "patient", "choice", "stop"])
def test_what_is_not_so_any_more_in_the_morning_is_not_said(
    change, escalate, patient, caregiver, member, nurse, late
):
    escalation = escalate(WATCH, at=late)
    take(escalation, nurse, late)
    assert WordBack.objects.get().due_at == late + 8 * HOUR
    if change == "closed":
        choose(caregiver, hears_closed=False)
        close(escalation, nurse, late + HOUR)
    elif change == "lapsed":
        type(escalation).objects.filter(pk=escalation.pk).update(lease_until=late + HOUR)
        leases.end_expired(now=late + 2 * HOUR)
    elif change == "access":
        care_team.end_access(member_id=member.pk, by=_manager(patient.clinic), now=late + HOUR)
    elif change == "patient":
        patient.status = "ended"
        patient.save()
    elif change == "choice":
        choose(caregiver, hears_back_by="none")
    else:
        OptOut.objects.create(phone=str(caregiver.phone), service="reminders", source="keyword")

    assert word_back.queue_due(now=late + 9 * HOUR) == 0

    assert news() == []
    assert not WordBack.objects.filter(due_at__isnull=False).exists()


def test_taken_again_before_the_morning_is_said_in_the_morning(escalate, nurse, late):
    escalation = escalate(WATCH, at=late)
    take(escalation, nurse, late)
    type(escalation).objects.filter(pk=escalation.pk).update(lease_until=late + HOUR)
    leases.end_expired(now=late + 2 * HOUR)

    take(escalation, nurse, late + 3 * HOUR)

    assert word_back.queue_due(now=late + 8 * HOUR) == 1


def test_a_closing_takes_back_the_word_before_it_where_it_has_not_left(escalate, nurse, now):
    escalation = escalate()
    take(escalation, nurse, now)

    close(escalation, nurse, now + MINUTE)

    taken, closed = news()
    assert (taken.state, closed.state) == ("suppressed", "pending")


def test_the_tick_sends_what_is_due(escalate, nurse, late):
    take(escalate(WATCH, at=late), nurse, late)

    with time_machine.travel(late + 8 * HOUR, tick=False):
        tick()

    assert len(news()) == 1
