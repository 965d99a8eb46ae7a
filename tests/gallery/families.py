"""Families in the states that the demo's own have not: an alert by day and by night, a death, a new phone.

They are of two clinics of their own, so that nothing changes for the demo's: at one it is the middle of a
morning now and it is open, at the other three at night. What a screen needs of them goes out by name.
"""

import re
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from math import sin
from typing import Any

from django.db import transaction
from django.test import Client as Browser
from PIL import Image, ImageDraw

from caregiver.services.card import codes
from caregiver.services.household import go_home_drills
from clinic.models import CareTeamMember, Clinic, Escalation, Invitation, Patient, Report, User, WritingSample
from clinic.models.escalation import Cause
from clinic.rules.checkins.strain import Strain
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import Kind
from clinic.services.accounts import clinic_terms
from clinic.services.checkins import family_help, plan, strain, transport
from clinic.services.core import tokens
from clinic.services.escalations import contacts, life_events, lifecycle, mistaken_reports, worries
from clinic.services.patients import care_team, invitations, text_consent
from clinic.services.patients.invitees import Sameness
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import intake, tellers, told_reports, writing_samples
from notifications.models import Message
from tests.gallery import people
from tests.gallery.phones import FAMILIES, VIEW_LANGUAGES, Family, phone_of

FEVER = {"temp_value": 100.8, "chills": 1}
SEIZURE = {"red_flags": ["seizure"]}
MINUTE = timedelta(minutes=1)
Names = dict[str, str]


class Families:
    """What is made, by key; `names` is what screens name, `cookies` who is signed in."""

    def __init__(self, clinics: dict[str, Clinic], now: datetime) -> None:
        self.clinics, self.now = clinics, now
        self.names: Names = {}
        self.cookies: dict[str, dict[str, str]] = {}
        self.patients: dict[str, Patient] = {}
        self.users: dict[str, User] = {}

    def make(self) -> None:
        for one in FAMILIES:
            self._enrol(one)
        for key, tell in _STORIES.items():
            tell(self, key)
        for one in FAMILIES:
            phone = phone_of(one.key)
            if phone not in self.cookies:
                self.cookies[phone] = people.cookies_of(people.browser_of(self.users[one.key]))

    def _enrol(self, one: Family) -> None:
        clinic = self.clinics[one.clinic]
        patient = people.enrol(clinic, one.patient, day=one.day, now=self.now, is_home=one.is_home)
        if one.is_home:
            plan.plan_patient(patient=patient, now=self.now)
        self.patients[one.key], self.names[one.key] = patient, str(patient.pk)
        self.users[one.key] = people.join(patient, one.caregiver, phone_of(one.key), one.relation, self.now)

    def nurse_of(self, key: str, title: str = "nurse") -> User:
        return people.staff_of(self.patients[key].clinic, title)

    def report(self, key: str, ago: timedelta, **answers: Any) -> Report:
        """The last one of a family goes out as `<key>-report`."""
        made = people.report(self.patients[key], phone_of(key), self.now - ago, **answers)
        self.names[f"{key}-report"] = str(made.pk)
        return made

    def alert_of(self, key: str) -> Escalation:
        alert = Escalation.objects.get(patient=self.patients[key])
        self.names[f"{key}-alert"] = str(alert.pk)
        return alert

    def take(self, key: str) -> Escalation:
        alert, nurse = self.alert_of(key), self.nurse_of(key)
        return lifecycle.acknowledge(escalation_id=alert.pk, by=nurse, now=self.now - 3 * MINUTE)

    def call(self, key: str, *, reached: bool) -> None:
        member = CareTeamMember.objects.get(patient=self.patients[key], user=self.users[key])
        contacts.log(
            escalation_id=self.alert_of(key).pk,
            by=self.nurse_of(key),
            member_id=member.pk,
            who="",
            reached=reached,
            note="",
            now=self.now - MINUTE,
        )

    def worry(self, key: str, *, is_strong: bool = False, words: str = "") -> None:
        self.names[f"{key}-worry"] = str(uuid.uuid4())
        worries.record(
            worry_id=uuid.UUID(self.names[f"{key}-worry"]),
            patient_id=self.patients[key].pk,
            by=self.users[key],
            told_at=self.now - 8 * MINUTE,
            now=self.now - 8 * MINUTE,
            is_strong=is_strong,
            words=words,
        )

    def another(self, key: str, name: str, relation: str, of: str = "") -> User:
        """Somebody else of the family, or whoever is in `of`, joins too."""
        return people.join(self.patients[key], name, phone_of(of or f"{key}-other"), relation, self.now)


def _emergency(made: Families, key: str) -> None:
    made.report(key, timedelta(hours=15))
    made.report(key, 2 * MINUTE, **SEIZURE)


def _urgent(made: Families, key: str) -> None:
    made.report(key, timedelta(hours=20))
    made.report(key, 12 * MINUTE, **FEVER)


def _in_hand(made: Families, key: str) -> None:
    made.report(key, 6 * MINUTE, **SEIZURE)
    made.take(key)


def _called(made: Families, key: str) -> None:
    made.report(key, 9 * MINUTE, **SEIZURE)
    made.take(key)
    made.call(key, reached=True)


def _unreached(made: Families, key: str) -> None:
    made.report(key, 9 * MINUTE, **FEVER)
    made.take(key)
    made.call(key, reached=False)


def _silent(made: Families, key: str) -> None:
    with transaction.atomic():
        patient = Patient.objects.select_for_update().get(pk=made.patients[key].pk)
        lifecycle.open_for_cause(
            patient=patient, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=made.now - 20 * MINUTE
        )


def _unsent(made: Families, key: str) -> None:
    """A fever has been typed in, and the check-in was not sent."""
    browser = people.browser_of(made.users[key])
    address = f"/check-in/{made.patients[key].pk}/"
    browser.post(address, {"action": "none"})
    browser.post(f"{address}temperature/", {"action": "go", "temp_value": "102.2", "temp_unit": "F"})
    made.cookies[phone_of(key)] = people.cookies_of(browser)


def _begun(made: Families, key: str) -> None:
    """As far as a page on which something that was seen leads to one more question."""
    made.report(key, timedelta(hours=11))
    browser = people.browser_of(made.users[key])
    address = f"/check-in/{made.patients[key].pk}/"
    browser.post(address, {"action": "none"})
    browser.post(f"{address}temperature/", {"action": "none", "temp_value": "98.4", "temp_unit": "F"})
    browser.post(f"{address}breathing/", {"action": "go", "diarrhea": "2"})
    made.cookies[phone_of(key)] = people.cookies_of(browser)


def _died(made: Families, key: str) -> None:
    made.report(key, timedelta(days=2))
    life_events.record_death(
        patient_id=made.patients[key].pk,
        by=made.nurse_of(key),
        at=made.now,
        reason="told by the hospital",
        now=made.now,
    )


def _ended(made: Families, key: str) -> None:
    made.report(key, timedelta(hours=30))
    life_events.record(
        patient_id=made.patients[key].pk,
        kind=Kind.ENDED,
        by=made.nurse_of(key),
        at=made.now,
        reason="followed by the oncologist at home from now on",
        now=made.now,
    )


def _second_reading(made: Families, key: str) -> None:
    sent = made.report(key, 40 * MINUTE, temp_value=98.9, antipyretic_6h=True)
    with transaction.atomic():
        plan.open_recheck(report=sent, patient=made.patients[key], after=timedelta(hours=1))


def _sent_test(made: Families, key: str) -> None:
    go_home_drills.send(
        by=made.users[key], patient_id=made.patients[key].pk, report_id=uuid.uuid4(), now=made.now
    )


def _shared_phone(made: Families, key: str) -> None:
    """Two people with one number; and a browser that has typed its code and must say who holds it."""
    patient, phone = made.patients[key], phone_of(key)
    invited = invitations.invite(
        patient=patient,
        by=made.nurse_of(key),
        phone=phone,
        name="Elif Aydin",
        relation="daughter",
        language="en",
        now=made.now,
        sameness=Sameness(are_two=True),
    )
    invitations.redeem(token=_token_in(invited.url), now=made.now)
    made.cookies["who"] = people.cookies_of(_with_code(phone))
    browser = _with_code(phone)
    browser.post("/sign-in/who/", {"person": str(made.users[key].pk)})
    made.cookies[phone] = people.cookies_of(browser)


def _new_phone(made: Families, key: str) -> None:
    """Their own phone is known, a second one waits for their word or the family's; it has sent a report."""
    made.report(key, timedelta(hours=11))
    other = made.another(key, "Ray Coleman", "brother")
    known, new = people.browser_of(made.users[key]), people.browser_of(made.users[key])
    made.cookies[f"{phone_of(key)} new"] = people.cookies_of(new)
    made.cookies[phone_of(key)] = people.cookies_of(known)
    made.cookies[phone_of(f"{key}-other")] = people.cookies_of(people.browser_of(other))
    made.names[f"{key}-sent"] = str(uuid.uuid4())
    new.post(
        f"/check-in/{made.patients[key].pk}/",
        {"report_id": made.names[f"{key}-sent"], "action": "alarm", "red_flags": "worst_headache"},
    )


def _put_right(made: Families, key: str) -> None:
    """A report that can be changed, after one that has been changed."""
    old = made.report(key, timedelta(hours=4))
    made.names["changed-report"] = str(old.pk)
    made.names["newer-report"] = str(uuid.uuid4())
    intake.submit(
        report_id=uuid.UUID(made.names["newer-report"]),
        patient=made.patients[key],
        by=made.users[key],
        protocol_version=current_version_for(patient=made.patients[key]),
        observed_at=old.observed_at,
        sent_at=made.now - timedelta(hours=3),
        language="en",
        answers={**old.answers, "temp_value": 98.9},
        now=made.now - timedelta(hours=3),
        corrects=old,
    )
    made.report(key, 50 * MINUTE, temp_value=98.7)


def _told_by_phone(made: Families, key: str) -> None:
    """Three that a nurse wrote down: one stands, one was put right, one was about somebody else."""
    patient, nurse = made.patients[key], made.nurse_of(key)
    member = CareTeamMember.objects.get(patient=patient, user=made.users[key])
    version = current_version_for(patient=patient)
    shown = tuple(one.key for step in rules_of(version).steps for one in step.questions)

    def entry(ago: timedelta, temperature: float) -> told_reports.ToldEntry:
        return told_reports.ToldEntry(
            report_id=uuid.uuid4(),
            version=version.number,
            teller=tellers.Teller(member_id=member.pk),
            seen_at=made.now - ago,
            answers={"temp_value": temperature, "temp_unit": "F"},
            shown=shown,
            nothing_else=True,
        )

    def enter(ago: timedelta, temperature: float) -> Report:
        told = told_reports.enter(
            patient_id=patient.pk, by=nurse, entry=entry(ago, temperature), now=made.now - ago
        )
        return told.report

    wrong, mistaken = enter(timedelta(hours=3), 98.1), enter(timedelta(hours=2), 98.2)
    told_reports.correct(
        patient_id=patient.pk,
        report_id=wrong.pk,
        by=nurse,
        entry=entry(timedelta(hours=3), 99.1),
        reason="typed the wrong number",
        now=made.now - timedelta(hours=1),
    )
    mistaken_reports.mark(
        patient_id=patient.pk,
        report_id=mistaken.pk,
        by=nurse,
        reason="they spoke of another patient",
        now=made.now - timedelta(hours=1),
    )
    stands = enter(15 * MINUTE, 98.3)
    names = {"told-report": stands, "told-wrong": wrong, "told-mistake": mistaken}
    made.names |= {name: str(one.pk) for name, one in names.items()}


def _at_night(made: Families, key: str) -> None:
    """Two people, a check-in that falls into the night, and one of them asks for help."""
    made.report(key, timedelta(hours=7))
    other = made.another(key, "Tomas Silva", "son")
    patient_id = made.patients[key].pk
    family_help.ask(patient_id=patient_id, by=other, now=made.now)
    transport.say(patient_id=patient_id, can_come=False, by=other, now=made.now)


def _two_patients(made: Families, key: str) -> None:
    """An emergency of one of two."""
    second = people.enrol(made.patients[key].clinic, "Farid Haddad", day=9, now=made.now)
    plan.plan_patient(patient=second, now=made.now)
    people.join(second, "Leila Haddad", phone_of(key), "sister", made.now)
    made.report(key, timedelta(days=3))
    people.report(second, phone_of(key), made.now - 4 * MINUTE, **SEIZURE)


def _nobody(made: Families, key: str) -> None:
    member = CareTeamMember.objects.get(patient=made.patients[key], user=made.users[key])
    care_team.end_access(member_id=member.pk, by=made.nurse_of(key), now=made.now)


def _tired(made: Families, key: str) -> None:
    made.another(key, "Femi Okoye", "brother")
    strain.answer(
        answer_id=uuid.uuid4(),
        patient_id=made.patients[key].pk,
        said=Strain(3, 2),
        is_shared=True,
        by=made.users[key],
        now=made.now,
    )
    family_help.ask(patient_id=made.patients[key].pk, by=made.users[key], now=made.now)


def _worried(made: Families, key: str) -> None:
    made.worry(key, words="He only stares at the wall, and does not want to eat.")


def _worry_seen(made: Families, key: str) -> None:
    made.worry(key, is_strong=True)
    made.take(key)


def _card(made: Families, key: str) -> None:
    made.report(key, timedelta(hours=9), temp_value=99.6, headache=1)
    made.report(key, timedelta(hours=2), temp_value=100.0, headache=1, intake=1)
    for name in ("er", "er-ended"):
        code = codes.create(patient_id=made.patients[key].pk, by=made.users[key], now=made.now)
        made.names[name] = _token_in(code.url)
    codes.end(code_id=code.link.pk, by=made.users[key], now=made.now)


def _written(made: Families, key: str) -> None:
    """The sentence from before the infusion, and today's."""
    facts: dict[str, Any] = {"patient_id": made.patients[key].pk, "by": made.users[key], "now": made.now}
    first = writing_samples.keep(data=_sentence(unsteady=0), **facts)
    writing_samples.keep(data=_sentence(unsteady=9), **facts)
    WritingSample.objects.filter(pk=first.pk).update(
        is_baseline=True, written_at=made.now - timedelta(days=20)
    )


def _stopped(made: Families, key: str) -> None:
    member = CareTeamMember.objects.get(patient=made.patients[key], user=made.users[key])
    text_consent.record_refusal(member_id=member.pk, by=made.nurse_of(key), now=made.now)


def _terms(made: Families, key: str) -> None:
    """Their clinic asks for agreement to its own terms, of whoever joins too."""
    clinic = made.patients[key].clinic
    words = (
        "We use what you send to look after the patient, and for nothing else.\n\n"
        "Whoever uses this service in place of a call in an emergency does so at their own risk."
    )
    clinic_terms.publish(
        clinic_id=clinic.pk,
        texts={"en": {"terms": words, "privacy": words}},
        asks_again=True,
        seen=0,
        by=people.staff_of(clinic, "admin"),
        now=made.now,
    )
    made.names["join-terms"] = _link(made, key, "Ivy Moss", "join-terms")


def _links(made: Families, key: str) -> None:
    """One that can be used, one in each language that will be, and one of each that opens nothing."""
    made.names["join"] = _link(made, key, "Dora Fields", "join")
    for language in VIEW_LANGUAGES:
        name = f"join-{language}"
        made.names[name] = _link(made, key, f"Guest {language}", name, language)
    used = _link(made, key, "Nils Holm", "join-used")
    invitations.redeem(token=used, now=made.now)
    expired = _link(made, key, "Uma Patel", "join-expired")
    Invitation.objects.filter(name="Uma Patel").update(expires_at=made.now - MINUTE)
    replaced = _link(made, key, "Sven Dahl", "join-replaced")
    _link(made, key, "Sven Dahl", "join-replaced")
    revoked = _link(made, key, "Mei Lau", "join-revoked")
    invitations.revoke(
        invitation_id=Invitation.objects.get(name="Mei Lau").pk, by=made.nurse_of(key), now=made.now
    )
    links = {"used": used, "expired": expired, "replaced": replaced, "revoked": revoked}
    made.names |= {f"join-{name}": token for name, token in links.items()}


def _token(made: Families, key: str) -> None:
    """With which more reports are sent than anybody may."""
    made.names["too-many-token"] = tokens.issue(user=made.users[key], label="gallery", days=1, now=made.now)


def _link(made: Families, key: str, name: str, phone: str, language: str = "en") -> str:
    invited = invitations.invite(
        patient=made.patients[key],
        by=made.nurse_of(key),
        phone=phone_of(phone),
        name=name,
        relation="friend",
        language=language,
        now=made.now,
    )
    return _token_in(invited.url)


def _token_in(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[1]


def _sentence(unsteady: int) -> bytes:
    """A line of loops as a pen leaves it, each `unsteady` pixels off."""
    picture = Image.new("RGB", (900, 220), "white")
    points = [(40 + 8 * n, 110 + 45 * sin(n / 2) + unsteady * (n * 7 % 5 - 2)) for n in range(100)]
    ImageDraw.Draw(picture).line(points, fill="#1c2b4a", width=5, joint="curve")
    file = BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _kept(made: Families, key: str) -> None:
    """They were signed out when they sent a page, and have signed in again since."""
    browser = Browser(HTTP_USER_AGENT=people.IPHONE)
    browser.post(f"/check-in/{made.patients[key].pk}/", {"action": "none"})
    made.cookies[phone_of(key)] = people.cookies_of(_with_code(phone_of(key), browser))


def _with_code(phone: str, browser: Browser | None = None) -> Browser:
    """A visitor who has typed the code that was texted to this number."""
    browser = browser or Browser(HTTP_USER_AGENT=people.IPHONE)
    browser.post("/sign-in/", {"phone": phone})
    text = Message.objects.filter(to=phone, purpose="code").latest("created_at").body
    code = re.search(r"#(\d{6})$", text)
    browser.post("/sign-in/code/", {"code": code.group(1) if code else ""})
    return browser


_STORIES: dict[str, Callable[[Families, str], None]] = {
    "emergency-day": _emergency,
    "emergency-night": _emergency,
    "urgent-day": _urgent,
    "urgent-night": _urgent,
    "in-hand": _in_hand,
    "called": _called,
    "unreached": _unreached,
    "silent": _silent,
    "unsent": _unsent,
    "begun": _begun,
    "died": _died,
    "ended": _ended,
    "second-reading": _second_reading,
    "sent-test": _sent_test,
    "shared-phone": _shared_phone,
    "new-phone": _new_phone,
    "put-right": _put_right,
    "told": _told_by_phone,
    "at-night": _at_night,
    "two-patients": _two_patients,
    "nobody": _nobody,
    "tired": _tired,
    "worried-day": _worried,
    "worried-night": _worried,
    "worry-seen": _worry_seen,
    "card": _card,
    "written": _written,
    "stopped": _stopped,
    "terms": _terms,
    "links": _links,
    "too-many": _token,
    "kept": _kept,
}
