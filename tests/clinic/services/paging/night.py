"""One patient and one night: where an escalation stands, what happens next, and who is told of it.

`docs/paging.md` shows what comes out, line by line; `test_night.py` holds it there.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.db.models import Min

from clinic import tasks
from clinic.models import Escalation, Page, Patient, Staff, SystemAlarm, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.accounts import leaving
from clinic.services.desk import takeovers
from clinic.services.escalations import leases, lifecycle, worries
from clinic.services.paging import ladders
from notifications.models import Message
from notifications.services import dispatch
from tests import cases, factories

DOCUMENT = Path(__file__).resolve().parents[4] / "docs" / "paging.md"
BEGINS, ENDS = "<!-- the night begins -->", "<!-- the night ends -->"
# What is looked at after the event: two people's turns and the clinic's line.
WATCHED_FOR = timedelta(minutes=16)
# The tick comes every ten seconds; nothing here is due between two of them but what is found below.
STEP = timedelta(seconds=30)
FEVER = {"temp_value": "38.6", "temp_unit": "C"}
BLEEDING = {**FEVER, "bleeding": 2}
CONFUSION = {**FEVER, "confusion": 2}


@dataclass
class Night:
    """A closed clinic: Nora on shift, Ben and Paula, a physician, on the standing list, Lea the lead."""

    now: datetime
    fail_provider: Callable[[], None]
    people: dict[str, Staff] = field(default_factory=dict)
    patient: Patient = field(init=False)
    escalation: Escalation = field(init=False)

    def __post_init__(self) -> None:
        clinic = factories.ClinicFactory(slug="night", name="Night Clinic")
        for name, role in (("Nora", "nurse"), ("Ben", "nurse"), ("Paula", "physician")):
            self.people[name] = factories.CoveringStaffFactory(clinic=clinic, role=role, user__name=name)
        factories.ShiftPatternFactory(staff=self.people["Nora"])
        for position, name in enumerate(("Ben", "Paula")):
            factories.OnCallFactory(staff=self.people[name], position=position)
        self.people["Lea"] = factories.StaffFactory(clinic=clinic, role="administrator", user__name="Lea")
        self.patient = factories.PatientFactory(clinic=clinic)

    def user(self, name: str) -> User:
        return self.people[name].user

    def report(self, answers: dict[str, Any]) -> None:
        cases.report_by_family(self.patient, answers, self.now)
        self.escalation = Escalation.objects.filter(patient=self.patient).latest("opened_at")

    def take(self, name: str) -> None:
        lifecycle.acknowledge(escalation_id=self.escalation.pk, by=self.user(name), now=self.now)

    def pass_time(self, length: timedelta) -> None:
        """The engine's steps at each moment at which something is due."""
        end = self.now + length
        while True:
            for step in tasks.TICK:
                step(now=self.now)
            dispatch.send_due(now=self.now)
            if self.now >= end:
                return
            self.now = min(end, max(self.now + STEP, self._next_due()))

    def _next_due(self) -> datetime:
        waiting = Escalation.objects.exclude(state="resolved")
        moments = (
            Page.objects.filter(state__in=["due", "held"]).aggregate(at=Min("due_at"))["at"],
            Message.objects.aggregate(at=Min("due_at"))["at"],
            waiting.aggregate(at=Min("lease_until"))["at"],
        )
        return min((at for at in moments if at), default=self.now + WATCHED_FOR)


# --- Where it stands ---


def waits(night: Night) -> None:
    night.report(FEVER)
    night.pass_time(timedelta(minutes=1))


def taken(night: Night) -> None:
    waits(night)
    night.take("Nora")
    night.pass_time(timedelta(minutes=1))


def set_aside(night: Night) -> None:
    taken(night)
    leases.snooze(
        escalation_id=night.escalation.pk,
        by=night.user("Nora"),
        until=night.now + timedelta(minutes=15),
        reason="Calls back at a quarter past",
        now=night.now,
    )
    night.pass_time(timedelta(minutes=1))


def second_role_owed(night: Night) -> None:
    both = ladder.Rung(hold_minutes=20, both_roles=True)
    rungs = {**ladder.DEFAULT.rungs, Level.URGENT: both, Level.EMERGENCY: both}
    ladders.change(clinic=night.patient.clinic, by=night.user("Lea"), to=ladder.Ladder(rungs), now=night.now)
    taken(night)


def closed(night: Night) -> None:
    taken(night)
    lifecycle.resolve(
        escalation_id=night.escalation.pk,
        by=night.user("Nora"),
        outcome="advice_given",
        note="Spoke to the daughter",
        now=night.now,
    )
    night.pass_time(timedelta(minutes=1))


STATES: dict[str, Callable[[Night], None]] = {
    "waits, the first person was texted a minute ago": waits,
    "taken by Nora": taken,
    "set aside by Nora for 15 minutes": set_aside,
    "taken by Nora, a physician is owed too": second_role_owed,
    "closed": closed,
}


# --- What happens next ---


def same_again(night: Night) -> None:
    night.report(FEVER)


def new_urgent_rule(night: Night) -> None:
    night.report(BLEEDING)


def rise(night: Night) -> None:
    night.report(CONFUSION)


def worry(night: Night) -> None:
    link = night.patient.care_team.get()
    worries.record(
        worry_id=uuid4(), patient_id=night.patient.pk, by=link.user, told_at=night.now, now=night.now
    )


def silence(night: Night) -> None:
    lifecycle.open_for_cause(
        patient=night.patient,
        cause="missed_checkin",
        level=Level.URGENT,
        why={"en": "No report for 20 hours"},
        now=night.now,
    )


def lease_ends(night: Night) -> None:
    held = Escalation.objects.filter(pk=night.escalation.pk, lease_until__isnull=False)
    held.filter(snoozed_until__isnull=False).update(lease_until=night.now, snoozed_until=night.now)
    held.filter(snoozed_until__isnull=True).update(lease_until=night.now)


def holder_leaves(night: Night) -> None:
    leaving.end_role(staff_id=night.people["Nora"].pk, by=night.user("Lea"), now=night.now)


def holder_falls_ill(night: Night) -> None:
    takeovers.assign(
        from_staff_id=night.people["Nora"].pk,
        to_staff_id=night.people["Ben"].pk,
        layer="primary",
        by=night.user("Lea"),
        now=night.now,
    )


def everybody_out_of_reach(night: Night) -> None:
    for name in ("Nora", "Ben", "Paula"):
        Staff.objects.filter(pk=night.people[name].pk).update(phone="")


def provider_down(night: Night) -> None:
    night.fail_provider()
    lease_ends(night)


EVENTS: dict[str, Callable[[Night], None]] = {
    "the same again": same_again,
    "a new urgent rule": new_urgent_rule,
    "it becomes an emergency": rise,
    "the family is worried": worry,
    "the family falls silent": silence,
    "the lease ends": lease_ends,
    "Nora leaves the clinic": holder_leaves,
    "Nora falls ill, the lead gives Ben her shift": holder_falls_ill,
    "nobody has a phone that works": everybody_out_of_reach,
    "the provider fails": provider_down,
}


UNTIMED = "the provider fails"


# --- What came of it ---

CHANNELS = {"sms": "text", "voice": "call", "push": "push", "email": "e-mail"}


def play(night: Night, state: str, event: str) -> str:
    """Who is told, how and when, in minutes from the event; which alarms stand; who has it in the end."""
    STATES[state](night)
    began, before = night.now, set(Message.objects.values_list("pk", flat=True))
    EVENTS[event](night)
    night.pass_time(WATCHED_FOR)
    told = [*_phones(night, began, before), *_alarms(night, began)]
    if event == UNTIMED:
        # Tries are spread by chance; who is reached by what is not.
        told = sorted({word.split(" min ")[1] for word in told})
    return f"{'; '.join(told) or 'nobody'} → {_in_the_end(night)}"


def _phones(night: Night, began: datetime, before: set[Any]) -> Iterator[str]:
    staff = {str(person.phone): name for name, person in night.people.items()}
    staff |= {person.user.email: name for name, person in night.people.items()}
    staff[str(night.patient.clinic.line_phone)] = "the line"
    sent = Message.objects.exclude(pk__in=before).exclude(state__in=["suppressed", "expired"])
    for message in sent.filter(to__in=staff).order_by("created_at", "to"):
        failed = " (fails)" if message.state in {"failed", "pending", "unknown", "sending"} else ""
        minutes = (message.created_at - began) / timedelta(minutes=1)
        yield f"{minutes:g} min {CHANNELS[message.channel]} {staff[message.to]}{failed}"


def _alarms(night: Night, began: datetime) -> Iterator[str]:
    raised = SystemAlarm.objects.filter(clinic=night.patient.clinic, raised_at__gte=began)
    for alarm in raised.order_by("raised_at"):
        minutes = (alarm.raised_at - began) / timedelta(minutes=1)
        yield f"{minutes:g} min alarm “{AlarmKind(alarm.kind).label}”"


def _in_the_end(night: Night) -> str:
    last = Escalation.objects.filter(patient=night.patient).latest("opened_at")
    holder = last.acknowledged_by.name if last.acknowledged_by else ""
    words = {"open": "waits", "acknowledged": f"{holder} has it", "resolved": "closed"}[last.state]
    level = Level(last.level).value.replace("_", " ")
    aside = ", set aside" if last.snoozed_until and last.state == "acknowledged" else ""
    return f"{words}{aside}, {level}"


def told_twice(night: Night) -> list[str]:
    """The same person by the same channel about the same patient twice within a minute."""
    sent = list(
        Page.objects.filter(state="sent", escalation__patient=night.patient).order_by(
            "phone", "channel", "sent_at"
        )
    )
    return [
        f"{one.phone} {one.channel}"
        for one, other in pairwise(sent)
        if (one.phone, one.channel) == (other.phone, other.channel)
        and other.sent_at - one.sent_at < timedelta(minutes=1)
    ]


# --- The document ---


def line_of(state: str, event: str) -> str | None:
    """What the document says comes of this pair."""
    found = re.search(
        rf"^\| {re.escape(state)} \| {re.escape(event)} \| (.*) \|$", DOCUMENT.read_text(), re.M
    )
    return found.group(1) if found else None


def write(outcomes: dict[tuple[str, str], str]) -> None:
    """Put the table into the document, between its two marks."""
    rows = [f"| {state} | {event} | {outcome} |" for (state, event), outcome in outcomes.items()]
    table = "\n".join(["| It … | then | who is told, and who has it in the end |", "|---|---|---|", *rows])
    head, rest = DOCUMENT.read_text().split(BEGINS)
    DOCUMENT.write_text(f"{head}{BEGINS}\n{table}\n{ENDS}{rest.split(ENDS)[1]}")
