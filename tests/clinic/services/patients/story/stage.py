"""A stage on which a patient's life is played through the program's own doors, and all that then exists.

The clock is ours; every task of beat runs, by its own function; people press what stands on their pages; the
one fake is Twilio. `Story.expect` is told what has become different, wherever it could have: what it does not
name has stayed as it was.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import unified_diff
from html.parser import HTMLParser
from textwrap import dedent, shorten
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

import time_machine
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from clinic.models import (
    CareTeamMember,
    Checkin,
    Clinic,
    Escalation,
    Invitation,
    Night,
    Page,
    Patient,
    Reminder,
    Report,
    Staff,
    SystemAlarm,
    User,
)
from clinic.services.watch import presence
from notifications.models import Message
from tests import factories
from tests.caregiver import journeys
from tests.fakes.twilio import Twilio
from tests.sealed import envelope

# All that is written down here goes by the wall in Boston.
BOSTON = ZoneInfo("America/New_York")
# The audit of the engine last: it looks at how long ago the others ran, and our clock goes in steps.
ROUNDS: dict[str, Callable[[], None]] = {
    name: import_string(entry["task"])
    for name, entry in sorted(settings.CELERY_BEAT_SCHEDULE.items(), key=lambda item: item[0] == "audit")
}
# What reminds, scores, pages and texts. The others plan days ahead or look after the system itself: what they
# would have done in between they do as well at the end of a stretch of time, which is when we look.
ACTING = ("clinic", "notifications", "shifts")
# So long the clock goes on without a round where nothing is due.
IDLE = timedelta(hours=4)
# The parts of a page that say how things are; what always stands there is left out.
PATIENT_PAGE = ("banner", "panel-day", "calls", "monitoring-title")
HOME_PAGE = ("banner", "first", "result", "tonight", "last")
# One line of the test.
LONGEST = 88


@dataclass
class Family:
    """Somebody at home: a phone in the hand, with the browser's session and the phone's own token."""

    name: str
    phone: str
    browser: Client = field(default_factory=Client)
    token: str = ""


class Story:
    """The people, the clock, and what has been seen to exist so far."""

    def __init__(self, clock: time_machine.Traveller, twilio: Twilio, begins: datetime) -> None:
        self.clock, self.twilio, self.now = clock, twilio, begins
        # Where the patient lives: the wall by which the story is told.
        self.zone = BOSTON
        self.desks: dict[str, Desk] = {}
        self.family: dict[str, Family] = {}
        self._arrived = 0
        self._known: dict[str, str] = {}
        twilio.clock = lambda: self.now

    # --- The clock and the engine ---

    def until(self, wall: str, *, every: int = 60) -> None:
        """Let time pass up to then: a round at full hours (`every`, in minutes), a whole one at the end."""
        end = datetime.fromisoformat(wall).replace(tzinfo=self.zone).astimezone(UTC)
        step, last = every * 60, self.now
        while self.now < end:
            next_round = datetime.fromtimestamp((self.now.timestamp() // step + 1) * step, UTC)
            self.move(min(next_round, end))
            if self.now == end:
                self.beat(*ROUNDS)
            elif self.now - last >= IDLE or _is_something_due(self.now):
                self.beat(*ACTING)
                last = self.now

    def soon(self) -> None:
        """What follows at once: a minute, in three rounds."""
        for rounds in (ACTING, ACTING, ROUNDS):
            self.move(self.now + timedelta(seconds=20))
            self.beat(*rounds)

    def much_later(self, *, years: int = 0, days: int = 0, nights: int) -> None:
        """So long without anybody, and then the rounds of so many nights, ten each."""
        self.move(self.now.replace(year=self.now.year + years) + timedelta(days=days))
        for place in range(1, 10 * nights + 1):
            self.move(self.now + timedelta(hours=2, minutes=24))
            self.beat(*(ROUNDS if place % 10 == 0 else ("retention",)))

    def move(self, to: datetime) -> None:
        """The clock alone."""
        self.now = to
        self.clock.move_to(to)

    def beat(self, *names: str) -> None:
        """These tasks of beat once, or all. A console stands open at each clinic, and every text arrives."""
        presence.mark_present(
            [
                presence.Watch(desk.clinic.slug, desk.clinic.pk, desk.staff.user.pk)
                for desk in self.desks.values()
            ],
            now=self.now,
        )
        for name in names or ROUNDS:
            ROUNDS[name]()
        for text in self.twilio.texts[self._arrived :]:
            told = self.twilio.callback(text, "delivered")
            answer = Client().post(
                urlsplit(told.address).path,
                urlencode(told.params),
                content_type="application/x-www-form-urlencoded",
                headers={"X-Twilio-Signature": told.signature},
            )
            assert answer.status_code == 204
        self._arrived = len(self.twilio.texts)

    # --- People ---

    def opens_clinic(self, slug: str, name: str, zone: str, *, nurse: str) -> "Desk":
        """With one nurse, who is on call and answers every test page."""
        clinic = factories.ClinicFactory(slug=slug, name=name, time_zone=zone)
        staff = factories.CoveringStaffFactory(
            clinic=clinic,
            user__name=nurse,
            user__time_zone=zone,
            phone_verified_at=self.now,
            phone_tested_at=self.now + timedelta(days=3000),
        )
        factories.OnCallFactory(staff=staff, clinic=clinic)
        self.desks[slug] = Desk(clinic, staff)
        return self.desks[slug]

    def joins(self, name: str, phone: str, zone: str) -> Family:
        """By the link and the code that were texted; agrees to reminders; the phone gets its own token."""
        one = self.family[name] = Family(name, phone)
        [link] = self._newest_text_to(phone, r"/join/[^/]+/")
        assert one.browser.get(link).status_code == 200
        assert one.browser.post(link, {"reminders": "on", "time_zone": zone}).url == "/sign-in/code/"
        self.beat("notifications")
        [code] = self._newest_text_to(phone, r"\d{6}$")
        assert one.browser.post("/sign-in/code/", {"code": code}).url == "/"
        one.token = one.browser.post("/sync/phone/enrol/").json()["token"]
        return one

    def _newest_text_to(self, phone: str, pattern: str) -> list[str]:
        return re.findall(pattern, [text["body"] for text in self.twilio.texts if text["to"] == phone][-1])

    def goes_through_pages(self, by: Family, patient: Patient) -> None:
        """A check-in as most families send it: page after page."""
        address = f"/check-in/{patient.pk}/"
        report_id = journeys.all_pages(by.browser, address)
        answer = by.browser.post(f"{address}review/", {"report_id": report_id, "action": "send"})
        assert answer.url == f"/reports/{report_id}/"

    def reports(self, by: Family, patient: Patient, answers: dict[str, Any]) -> None:
        """By the API, seen now."""
        seen = self.now.isoformat()
        told = {**_told(patient, answers, self.now), "sent_at": seen}
        answer = by.browser.put(f"/api/v1/reports/{uuid4()}/", json.dumps(told), "application/json")
        assert answer.status_code == 201, answer.content

    def hands_in(self, by: Family, patient: Patient, answers: dict[str, Any], *, seen: str) -> None:
        """The phone hands in what it has kept since then, sealed."""
        report_id = uuid4()
        at = datetime.fromisoformat(seen).replace(tzinfo=self.zone)
        told = {**_told(patient, answers, at), "level": "none"}
        answer = Client().put(
            f"/sync/reports/{report_id}/",
            json.dumps({**envelope(told, str(report_id)), "device_now": self.now.isoformat()}),
            "application/json",
            headers={"Authorization": f"Bearer {by.token}"},
        )
        assert answer.status_code == 201, answer.content

    # --- What exists ---

    def expect(self, changes: str) -> None:
        """What has changed since the last time, all of it."""
        found = self.everything()
        lines = [
            f"{thing}: {known} → {state}" if (known := self._known.get(thing)) else _line(thing, state)
            for thing, state in found.items()
            if self._known.get(thing) != state
        ]
        lines += [f"- {thing}" for thing in self._known if thing not in found]
        self._known = found
        _compare(lines, changes)

    def expect_nothing_but(self, things: str) -> None:
        """All that there is, whatever there was."""
        self._known = self.everything()
        _compare([_line(*one) for one in self._known.items()], things)

    def everything(self) -> dict[str, str]:
        """Each thing with its state; what stands on a screen has none."""
        looks = (
            *(self._messages(), self._reports(), self._checkins(), self._escalations(), self._pages()),
            *(self._alarms(), self._access(), self._screens()),
        )
        return {thing: state for look in looks for thing, state in look}

    def _messages(self) -> Iterator[tuple[str, str]]:
        names = {one.phone: one.name for one in self.family.values()}
        names |= {
            str(phone): name for phone, name in User.objects.exclude(phone=None).values_list("phone", "name")
        }
        names |= {str(one.phone): one.user.name for one in Staff.objects.select_related("user")}
        rows = [(one, _kind_and_person(one, names)) for one in Message.objects.all()]
        for one, what in sorted(rows, key=lambda row: (row[0].created_at, row[1])):
            waited = one.attempted_at is not None and one.attempted_at - one.created_at > timedelta(minutes=1)
            left = f"left {wall(one.attempted_at)}" if waited else ""
            yield (
                f"{one.channel} {wall(one.created_at)}, {what}",
                " ".join(filter(None, (one.state, one.error_code, left))),
            )

    def _reports(self) -> Iterator[tuple[str, str]]:
        rows = Report.objects.order_by("received_at").select_related(
            "patient__clinic", "author", "assessment"
        )
        for one in rows:
            where = one.patient.clinic.slug
            yield f"report {wall(one.received_at)} by {one.author.name}, {where}", one.assessment.level

    def _checkins(self) -> Iterator[tuple[str, str]]:
        for one in Checkin.objects.order_by("due_at", "pk").select_related("patient__clinic"):
            yield f"check-in {wall(one.due_at)} ({one.kind}), {one.patient.clinic.slug}", one.state

    def _escalations(self) -> Iterator[tuple[str, str]]:
        for one in Escalation.objects.order_by("opened_at").select_related("clinic"):
            kind = "test alarm" if one.is_drill else "alert"
            state = " ".join(filter(None, (one.level, one.state, one.outcome)))
            yield f"{kind} {wall(one.opened_at)}, {one.clinic.slug}", state

    def _pages(self) -> Iterator[tuple[str, str]]:
        rows = Page.objects.order_by("escalation__opened_at", "role", "number")
        for one in rows.select_related("staff__user", "escalation"):
            who = one.staff.user.name if one.staff else "the line"
            yield f"page {one.number} to {who}, of the alert {wall(one.escalation.opened_at)}", one.state

    def _alarms(self) -> Iterator[tuple[str, str]]:
        for one in SystemAlarm.objects.order_by("raised_at", "kind").select_related("clinic"):
            state = "cleared" if one.cleared_at else "open"
            yield f"alarm {wall(one.raised_at)}, {one.kind}, {one.clinic.slug}", state

    def _access(self) -> Iterator[tuple[str, str]]:
        for member in CareTeamMember.objects.order_by("pk").select_related("user", "patient__clinic"):
            where = member.patient.clinic.slug
            yield f"access of {member.user.name}, {where}", "ended" if member.ended_at else "open"
        for one in Invitation.objects.order_by("invited_at"):
            state = "used" if one.redeemed_at else "revoked" if one.revoked_at else "open"
            yield f"link {wall(one.invited_at)}", state

    def _screens(self) -> Iterator[tuple[str, str]]:
        for slug, desk in self.desks.items():
            yield from _seen(f"worklist of {slug}", desk.browser().get("/console/"))
            for patient in Patient.objects.filter(clinic=desk.clinic, erased_at=None).order_by("created_at"):
                answer = desk.browser().get(f"/console/patients/{patient.pk}/")
                yield from _seen(f"patient at {slug}", answer, *PATIENT_PAGE)
        for one in self.family.values():
            yield from _seen(f"{one.name} sees", one.browser.get("/"), *HOME_PAGE)


@dataclass
class Desk:
    """A clinic's console, signed in anew for each press."""

    clinic: Clinic
    staff: Staff

    def browser(self) -> Client:
        client = Client()
        client.force_login(self.staff.user)
        return client

    def presses(self, address: str, **fields: Any) -> None:
        """What is refused shows the form again."""
        answer = self.browser().post(address, fields)
        assert answer.status_code == 302, re.findall(r"errorlist.{0,200}", answer.content.decode(), re.DOTALL)

    def asks_first(self, address: str, **fields: Any) -> None:
        """What shows a last look, and has done nothing yet."""
        assert self.browser().post(address, fields).status_code == 200

    def clears(self, kind: str) -> None:
        """The task is done."""
        self.presses(f"/console/alarms/{SystemAlarm.objects.get(kind=kind, cleared_at=None).pk}/clear/")

    def open_alert(self) -> str:
        """Where its panel is."""
        found = Escalation.objects.exclude(state="resolved").get(clinic=self.clinic)
        return f"/console/escalations/{found.pk}/"


def _is_something_due(now: datetime) -> bool:
    """Whether a round could do anything: rather too often than once too seldom."""
    waits = (
        Checkin.objects.filter(state="planned", due_at__lte=now, patient__status="active"),
        Reminder.objects.filter(state="planned", due_at__lte=now),
        Night.objects.filter(due_at__lte=now).exclude(state="settled"),
        Message.objects.filter(due_at__lte=now),
        Escalation.objects.exclude(state="resolved"),
        Report.objects.exclude(state="scored"),
    )
    return any(rows.exists() for rows in waits)


def _kind_and_person(message: Message, names: dict[str, str]) -> str:
    return f"{message.dedupe_key.partition(':')[0]} to {names.get(message.to, message.to)}"


def wall(at: datetime) -> str:
    """Such as "Nov 1 01:30 EST"."""
    return f"{at.astimezone(BOSTON):%b %-d %H:%M %Z}"


def _compare(found: list[str], said: str) -> None:
    wanted = dedent(said).strip().splitlines()
    assert found == wanted, "\n" + "\n".join(unified_diff(wanted, found, "said", "found", lineterm=""))


def _line(thing: str, state: str) -> str:
    return f"{thing}: {state}" if state else f"+ {thing}"


def _told(patient: Patient, answers: dict[str, Any], seen: datetime) -> dict[str, Any]:
    return {
        "patient": str(patient.pk),
        "protocol_version": 1,
        "observed_at": seen.isoformat(),
        "language": "en",
        "answers": answers,
    }


def _seen(where: str, answer: Any, *sections: str) -> Iterator[tuple[str, str]]:
    """What stands on a page, as far as it says how things are: titles, sentences, rows, what can be pressed.

    Small print, what is folded away and how long something waits are left out. A page that has none of the
    sections is read whole.
    """
    parts = [f"{answer.status_code} {answer.headers.get('Location', '')}".strip()]
    if answer.status_code == 200:
        page = answer.content.decode()
        parts = _read(page, frozenset(sections)) or _read(page, frozenset())
    times: Counter[str] = Counter()
    for part in parts:
        times[part] += 1
        again = f" ({times[part]})" if times[part] > 1 else ""
        yield shorten(f"{where}: {part}", LONGEST, placeholder="…") + again, ""


def _read(page: str, sections: frozenset[str]) -> list[str]:
    reader = _Reader(sections)
    reader.feed(page)
    return reader.parts


class _Reader(HTMLParser):
    """Reads what is in `main`."""

    _SAYS = frozenset({"h1", "h2", "h3", "p", "button", "a", "li"})
    _FOLDED = frozenset({"details", "svg", "script", "dialog", "figure", "table", "template"})
    _EMPTY = frozenset({"input", "img", "br", "meta", "link", "hr", "use", "path", "circle", "wbr"})
    _SMALL = frozenset({"visually-hidden", "small", "soft", "work-age"})

    def __init__(self, sections: frozenset[str]) -> None:
        super().__init__()
        self.sections = sections
        self.parts: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._EMPTY:
            return
        if tag in self._SAYS:
            self._end_part()
        told = dict(attrs)
        self._open.append((tag, f"{told.get('class') or ''} {told.get('aria-labelledby') or ''}"))

    def handle_endtag(self, tag: str) -> None:
        if tag not in {name for name, _ in self._open}:
            return
        if tag in self._SAYS:
            self._end_part()
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = {name for name, _ in self._open}
        marks = {mark for _, marks in self._open for mark in marks.split()}
        is_wanted = "main" in tags and tags & self._SAYS and (not self.sections or self.sections & marks)
        if is_wanted and not tags & self._FOLDED and not marks & self._SMALL:
            self._words.append(data)

    def _end_part(self) -> None:
        words = " ".join("".join(self._words).split())
        if words:
            self.parts.append(words)
        self._words = []
