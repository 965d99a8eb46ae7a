"""A patient on whom everything hangs that can, and what becomes of each thing after an event of their life.

`docs/events.md` shows what comes out; `test_hanging.py` holds it there, and the list of senders complete.
"""

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from clinic.models import (
    Checkin,
    Escalation,
    KeypadCall,
    Night,
    Patient,
    Reminder,
    SystemAlarm,
    TrialText,
    User,
    WordBack,
    Worry,
)
from clinic.services.checkins import family_help, keypad_calls, nights, plan, reminders
from clinic.services.escalations import (
    clinic_transfers,
    life_events,
    lifecycle,
    missed,
    scoring,
    worries,
)
from clinic.services.patients import care_team, invitations, preparation
from clinic.services.reports import intake
from notifications.models import Message
from notifications.rules.purposes import Purpose
from notifications.services import outbox
from tests import cases, factories

ROOT = Path(__file__).resolve().parents[4]
DOCUMENT = ROOT / "docs" / "events.md"
MARKS = ("<!-- what becomes of it begins -->", "<!-- what becomes of it ends -->")
SENDER_MARKS = ("<!-- the senders begin -->", "<!-- the senders end -->")
# Silence would have alarmed by then.
SILENT_FOR = timedelta(hours=40)


class Hanging:
    """Walter, monitored at home, with Carla and Ben; in the evening, when everything is on its way."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        clinic = factories.ClinicFactory()
        self.nurse: User = factories.StaffFactory(clinic=clinic).user
        created = now - timedelta(days=9)
        self.patient: Patient = factories.PatientFactory(clinic=clinic, created_at=created)
        for name in ("Carla", "Ben"):
            factories.CareTeamMemberFactory(patient=self.patient, user__name=name)
        # At eight in the evening the family was asked who is awake, and was to report.
        plan.plan_all(now=now - timedelta(hours=3))
        nights.follow_up_due(now=now - timedelta(hours=1))
        reminders.queue_due(now=now)
        self.first = cases.report_by_family(self.patient, cases.NAUSEA, now - timedelta(days=2))
        asker = self.patient.care_team.order_by("pk")[0].user
        self.help = family_help.ask(patient_id=self.patient.pk, by=asker, now=now)
        guest = {"phone": "+16175550140", "name": "Ana", "relation": "sister", "language": "en"}
        self.invitation = invitations.invite(patient=self.patient, by=self.nurse, now=now, **guest).invitation
        preparation.send_trial_texts(patient_id=self.patient.pk, by=self.nurse, now=now)
        self.escalation: Escalation = cases.escalate(self.patient, cases.FEVER, now)
        lifecycle.acknowledge(escalation_id=self.escalation.pk, by=self.nurse, now=now)
        self.recheck = Checkin.objects.create(
            patient=self.patient,
            kind="recheck",
            recheck_of=self.first,
            due_at=now + timedelta(minutes=30),
        )
        # The report has answered what was due; the next is asked for.
        self.ahead = list(self.patient.checkins.filter(kind="scheduled", due_at__gt=now, state="planned"))
        # To whoever reported last, and so is asked first.
        asked_first = Reminder.objects.filter(checkin=self.ahead[1], caregiver=self.first.author)
        self.planned_reminder = asked_first.earliest("due_at")
        self.reminder = self._reminder_in_outbox()
        self.drill = self._practice_alarm()
        self.cut_off = self._call_that_was_cut_off()
        self.worry: Worry = worries.record(
            patient_id=self.patient.pk,
            worry_id=uuid4(),
            by=self.patient.care_team.order_by("pk")[0].user,
            words="",
            told_at=now,
            now=now,
        )
        self.offer = clinic_transfers.offer(
            patient_id=self.patient.pk,
            to_clinic_id=factories.ClinicFactory().pk,
            reason="Moves",
            by=self.nurse,
            now=now,
        )

    def _practice_alarm(self) -> Escalation:
        """The family's own, which nobody has answered."""
        report = intake.submit(
            report_id=uuid4(),
            patient=self.patient,
            by=self.patient.care_team.order_by("pk")[0].user,
            protocol_version=self.first.protocol_version,
            observed_at=self.now,
            sent_at=self.now,
            language="en",
            answers=cases.FEVER,
            now=self.now,
            is_drill=True,
        ).report
        scoring.score(report_id=report.pk, now=self.now)
        return Escalation.objects.get(patient=self.patient, is_drill=True)

    def _call_that_was_cut_off(self) -> KeypadCall:
        """Of a check-in by telephone keypad; we call back."""
        call = KeypadCall.objects.create(
            clinic=self.patient.clinic,
            sid="CA1",
            phone=self.first.author.phone,
            user=self.first.author,
            patient=self.patient,
            protocol_version=self.first.protocol_version,
            stage="left",
        )
        keypad_calls.call_back(call=call, now=self.now)
        call.save()
        return call

    def _reminder_in_outbox(self) -> Reminder:
        """Of the next check-in, for a caregiver east of here, to whom its hour has come."""
        reminder = Reminder.objects.filter(checkin=self.ahead[0]).order_by("pk")[0]
        message = outbox.queue(
            to=str(reminder.caregiver.phone),
            body="Kinwatch: time for the check-in.",
            purpose="reminder",
            dedupe_key=f"reminder:{reminder.pk}",
            service="reminders",
            expires_at=None,
            now=self.now,
        )
        reminder.state, reminder.message_id = "queued", message.pk
        reminder.save()
        return reminder

    def record(self, kind: str, at: datetime) -> Any:
        event = life_events.record(
            patient_id=self.patient.pk, kind=kind, by=self.nurse, at=at, reason="As told", now=at
        )
        self.now = at
        self.patient.refresh_from_db()
        return event


# --- What happens ---


def admitted(world: Hanging) -> None:
    world.record("admitted", world.now)


def discharged(world: Hanging) -> None:
    admitted(world)
    world.record("discharged", world.now + timedelta(minutes=10))
    plan.plan_all(now=world.now)


def relapsed(world: Hanging) -> None:
    world.record("relapsed", world.now)


def infused(world: Hanging) -> None:
    world.record("infused", world.now)


def ended(world: Hanging) -> None:
    world.record("ended", world.now)


def died(world: Hanging) -> None:
    world.record("died", world.now)


def death_taken_back(world: Hanging) -> None:
    event = world.record("died", world.now)
    world.now += timedelta(minutes=10)
    life_events.take_back(
        patient_id=world.patient.pk, event_id=event.pk, by=world.nurse, reason="Another row", now=world.now
    )
    world.patient.refresh_from_db()
    plan.plan_all(now=world.now)


def transferred(world: Hanging) -> None:
    """Seen from the clinic that handed the patient over; Carla and Ben go on."""
    links = list(world.patient.care_team.values_list("pk", flat=True))
    clinic_transfers.accept(
        transfer_id=world.offer.pk,
        acceptance=clinic_transfers.Acceptance(world.patient.time_zone, links),
        by=factories.StaffFactory(clinic=world.offer.to_clinic).user,
        now=world.now,
    )
    world.patient.refresh_from_db()


def nobody_left(world: Hanging) -> None:
    for member in world.patient.care_team.order_by("pk"):
        care_team.end_access(member_id=member.pk, by=world.nurse, now=world.now)


EVENTS: dict[str, Callable[[Hanging], None]] = {
    "admitted": admitted,
    "discharged, ten minutes later": discharged,
    "relapsed": relapsed,
    "infused again": infused,
    "another clinic accepts": transferred,
    "ended": ended,
    "died": died,
    "a death taken back": death_taken_back,
    "the last access ends": nobody_left,
}


# --- What becomes of it ---


def _of_text(key: str) -> str:
    message = Message.objects.filter(dedupe_key__startswith=key).order_by("created_at").first()
    assert message is not None, key
    return "taken back" if message.state == "suppressed" else "leaves"


def checkin(world: Hanging) -> str:
    return {"planned": "planned", "dropped": "dropped"}[Checkin.objects.get(pk=world.ahead[1].pk).state]


def second_reading(world: Hanging) -> str:
    world.recheck.refresh_from_db()
    if world.recheck.patient_id != world.patient.pk:
        return "owed there"
    return {"planned": "owed", "dropped": "dropped", "done": "done"}[world.recheck.state]


def planned_reminder(world: Hanging) -> str:
    """Looked at when it is due, whatever its row says until then."""
    for _ in range(2):
        # The second time where the person slept when it was due.
        world.planned_reminder.refresh_from_db()
        reminders.queue_if_due(reminder_id=world.planned_reminder.pk, now=world.planned_reminder.due_at)
    world.planned_reminder.refresh_from_db()
    words = {"queued": "leaves when it is due", "cancelled": "does not leave"}
    return words[world.planned_reminder.state]


def practice(world: Hanging) -> str:
    world.drill.refresh_from_db()
    return {"open": "stays, and pages nobody", "resolved": "closed"}[world.drill.state]


def call_back(world: Hanging) -> str:
    world.worry.refresh_from_db()
    if world.worry.called_back_at is not None:
        return "done"
    alert = Escalation.objects.get(pk=world.worry.escalation_id)
    return "nobody owes it" if alert.state == "resolved" else "owed"


def offer(world: Hanging) -> str:
    world.offer.refresh_from_db()
    return str(world.offer.state)


def reminder_text(world: Hanging) -> str:
    return _of_text(f"reminder:{world.reminder.pk}")


def night_text(world: Hanging) -> str:
    return _of_text(f"night:{Night.objects.filter(patient=world.patient).order_by('pk')[0].pk}:")


def help_text(world: Hanging) -> str:
    return _of_text(f"family_help:{world.help.pk}:")


def trial_text(world: Hanging) -> str:
    row = TrialText.objects.filter(member__patient=world.patient).order_by("pk")[0]
    return _of_text(f"trial:{row.member_id}:")


def keypad_call_back(world: Hanging) -> str:
    return _of_text(f"keypad:{world.cut_off.pk}:")


def invitation_text(world: Hanging) -> str:
    world.invitation.refresh_from_db()
    link = "link revoked" if world.invitation.revoked_at else "link works"
    return f"{_of_text(f'invite:{world.invitation.pk}')}, {link}"


def word_back(world: Hanging) -> str:
    row = WordBack.objects.filter(escalation=world.escalation, kind="taken").order_by("pk")[0]
    return _of_text(f"word:{row.pk}:")


def open_alert(world: Hanging) -> str:
    world.escalation.refresh_from_db()
    words = {
        ("open", ""): "waits and pages again",
        ("acknowledged", ""): "stays",
        ("resolved", "died"): "closed: the patient died",
        ("resolved", "transferred"): "closed, and open there",
    }
    return words[world.escalation.state, world.escalation.outcome]


def silence(world: Hanging) -> str:
    Escalation.objects.filter(pk=world.escalation.pk).exclude(state="resolved").update(
        state="resolved",
        resolved_at=world.now,
        resolved_by=world.nurse,
        outcome="advice_given",
        lease_until=None,
    )
    missed.escalate_due(now=world.now + SILENT_FOR)
    later = Escalation.objects.filter(patient=world.patient, is_drill=False).exclude(pk=world.escalation.pk)
    return "alarms" if later.exists() else "no alarm"


def task(world: Hanging) -> str:
    kinds = ("home_again", "call_family", "nobody_watches")
    raised = SystemAlarm.objects.filter(kind__in=kinds, cleared_at=None)
    return ", ".join(f"“{one.get_kind_display()}”" for one in raised) or "none"


THINGS: dict[str, Callable[[Hanging], str]] = {
    "a planned check-in": checkin,
    "a second reading owed": second_reading,
    "a reminder in the outbox": reminder_text,
    "“who is awake tonight?”": night_text,
    "“who can help tonight?”": help_text,
    "a trial text": trial_text,
    "a call back": keypad_call_back,
    "an invitation": invitation_text,
    "word back": word_back,
    "an alert that somebody has": open_alert,
    "a call that a worry is owed": call_back,
    "a practice alarm": practice,
    "an offer to another clinic": offer,
    "a task for staff": task,
    # The last: they look ahead.
    "a reminder that is planned": planned_reminder,
    "silence for 40 hours": silence,
}


def play(event: str, now: datetime) -> dict[str, str]:
    """What becomes of each thing."""
    world = Hanging(now)
    EVENTS[event](world)
    return {thing: look(world) for thing, look in THINGS.items()}


# --- Who sends ---

STAFF = "to staff: not withdrawn"
# Each place that queues, by module and function, and what becomes of what it queued.
SENDERS = {
    "clinic/services/checkins/reminders.py: _queue_text": "a reminder in the outbox",
    "clinic/services/checkins/reminders.py: _queue_call": "a reminder in the outbox",
    "clinic/services/checkins/keypad_calls.py: call_back": "a call back",
    "clinic/services/checkins/nights.py: _text_family": "“who is awake tonight?”",
    "clinic/services/checkins/family_help.py: _text_others": "“who can help tonight?”",
    "clinic/services/patients/preparation.py: _queue_trial_text": "a trial text",
    "clinic/services/patients/invitations.py: _send": "an invitation",
    "clinic/services/patients/word_back.py: _queue": "word back",
    "clinic/services/patients/family_devices.py: _queue_notice": (
        "that somebody has signed in on a new phone: leaves, whoever it was should be known"
    ),
    "clinic/services/patients/number_changes.py: _tell_old_number": (
        "word to a number that has just been given up: leaves"
    ),
    "caregiver/services/account/codes.py: _queue_text": "a code that the person asked for just now: leaves",
    "notifications/services/inbound.py: _confirm_stop": "that a STOP has been heard: leaves",
    "notifications/services/inbound.py: _queue_reply": (
        "an answer to a text that the person has sent just now: leaves"
    ),
    "clinic/services/paging/sending.py: _queue_message": "pages: those of an alert that is closed stop",
    "clinic/services/core/staff_texts.py: _queue_message": STAFF,
    "clinic/services/core/staff_texts.py: tell_leads_of_recovery": STAFF,
    "clinic/services/rota/phone_checks.py: _send_code": STAFF,
    "clinic/services/accounts/staff_invitations.py: _send": STAFF,
    "clinic/services/accounts/own_notices.py: send": STAFF,
    "notifications/services/outbox.py: queue_again": "the second try of a text: taken back with the first",
    "notifications/services/stand_ins.py: send_instead": "what goes in place of a page: taken back with it",
}


def senders() -> dict[str, set[str]]:
    """Every function of ours that puts a message into the outbox, with the purposes that it names."""
    found: dict[str, set[str]] = {}
    for place, tree in _modules():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
                if _queues(call.func, place):
                    purposes = {
                        word for key in call.keywords if key.arg == "purpose" for word in _words(key.value)
                    }
                    found.setdefault(f"{place}: {function.name}", set()).update(purposes)
    return found


def other_ways_out() -> list[str]:
    """Whoever makes a message without the outbox, or calls it by a name that `senders` would not find."""
    found = []
    for place, tree in _modules():
        for node in ast.walk(tree):
            is_hidden = isinstance(node, ast.ImportFrom) and node.module == "notifications.services.outbox"
            makes = isinstance(node, ast.Call) and ast.unparse(node.func) in _MAKES
            if is_hidden or (makes and place != "notifications/services/outbox.py"):
                found.append(f"{place}:{node.lineno}")
    return found


_MAKES = {"Message", "Message.objects.create", "Message.objects.get_or_create", "Message.objects.bulk_create"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for app in ("notifications", "clinic", "caregiver"):
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def _queues(func: ast.expr, place: str) -> bool:
    if isinstance(func, ast.Attribute):
        return func.attr == "queue" and isinstance(func.value, ast.Name) and func.value.id == "outbox"
    return isinstance(func, ast.Name) and func.id == "queue" and place.endswith("/outbox.py")


def _words(value: ast.expr) -> set[str]:
    """The purpose as its code; nothing where it is that of another message."""
    if isinstance(value, ast.Constant):
        return {str(value.value)}
    name = ast.unparse(value)
    return {Purpose[name.removeprefix("Purpose.")].value} if name.startswith("Purpose.") else set()


# --- The document ---


def table(played: dict[str, dict[str, str]]) -> str:
    head = "| | " + " | ".join(played) + " |"
    rule = "|---" * (len(played) + 1) + "|"
    rows = [
        f"| {thing} | " + " | ".join(found[thing] for found in played.values()) + " |" for thing in THINGS
    ]
    return "\n".join([head, rule, *rows])


def sender_table() -> str:
    rows = [f"| `{place}` | {row} |" for place, row in SENDERS.items()]
    return "\n".join(["| Who queues | Row above, or what becomes of it |", "|---|---|", *rows])


def put(marks: tuple[str, str], words: str) -> None:
    head, rest = DOCUMENT.read_text().split(marks[0])
    DOCUMENT.write_text(f"{head}{marks[0]}\n{words}\n{marks[1]}{rest.split(marks[1])[1]}")
