"""Clinics, patients and families made for pictures, and the browsers on which they are signed in."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password
from django.test import Client as Browser

from caregiver.views.account.sign_in import BACKEND
from clinic.models import Clinic, ClinicLanguage, OnCall, Patient, Report, Staff, StaffInvitation, User
from clinic.models.patient import PatientStatus
from clinic.rules.core.zones import COMMON, zone_names
from clinic.services import demo
from clinic.services.accounts import new_clinics
from clinic.services.demo import replay, story
from clinic.services.demo.people import DemoCaregiver
from clinic.services.patients import enrolment
from clinic.services.rota import shifts

WEEK = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
LANGUAGES = ("es", "zh-hans", "ar", "vi")
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)
# Each at `<role>@<slug>.example`; a number makes a second one. Pages reach some of them.
TEAM = ("nurse", "nurse2", "physician", "physician2", "educator", "admin2", "social", "factor")
PAGED = ("nurse", "nurse2", "physician")
NAMES = (
    *("Ada Brooks", "Paul Iversen", "Mina Sato", "Karl Weiss", "Joy Adeyemi", "Ines Duarte", "Ruben Katz"),
    *("Lou Tremblay", "Hana Novak", "Eric Salas", "Tova Lind", "Amir Rahimi", "Bea Conti", "Owen Price"),
    *("Rita Gomes", "Noah Stern", "Lucy Tan", "Ivan Petrov", "Dora Kelly", "Sami Aalto", "Zoe Martin"),
    *("Theo Braun", "Kira Olsen", "Marc Dubois"),
)
ROLES = {"admin": "administrator", "social": "social_worker", "factor": "nurse"}


def open_clinic(slug: str, name: str, *, number: int, hour: int | None = None, now: datetime) -> Clinic:
    """With a team whose password is the demo's; in a zone in which it is that hour now, or in Chicago."""
    clinic = Clinic(
        slug=slug,
        name=name,
        sms_brand=f"{name.split()[0]} Clinic",
        time_zone="America/Chicago" if hour is None else _zone_where_it_is(hour, now),
        line_phone=f"+1312555{100 + number:04}",
        clinic_phone=f"+1312555{101 + number:04}",
        staffed_hours=WEEK,
    )
    new_clinics.create(clinic=clinic, admin_email=f"admin@{slug}.example", admin_name="Vera Lind", now=now)
    ClinicLanguage.objects.bulk_create(ClinicLanguage(clinic=clinic, language=one) for one in LANGUAGES)
    lead = User.objects.filter(email=f"admin@{slug}.example")
    lead.update(password=_password())
    StaffInvitation.objects.filter(clinic=clinic).update(accepted_at=now, accepted_by=lead.get())
    # Twenty numbers for each clinic; nobody bears a name of another clinic's.
    people = NAMES[len(TEAM) * (number // 20 - 1) :]
    for place, (title, person) in enumerate(zip(TEAM, people, strict=False)):
        _hire(clinic, title, person, f"+1312555{102 + number + place:04}", now)
    return clinic


def staff_of(clinic: Clinic, title: str = "nurse") -> User:
    return User.objects.get(email=f"{title}@{clinic.slug}.example")


def role_of(clinic: Clinic, title: str = "nurse") -> Staff:
    return Staff.objects.get(user=staff_of(clinic, title), clinic=clinic)


def fill_rota(clinic: Clinic, now: datetime) -> None:
    """The first nurse by day, the second by night, and a physician around the clock."""
    for title, layer, starts, ends in (
        ("nurse", "primary", time(7), time(19)),
        ("nurse2", "primary", time(19), time(7)),
        ("physician", "physician", time(8), time(8)),
    ):
        yesterday = now.astimezone(ZoneInfo(clinic.time_zone)).date() - timedelta(days=1)
        shifts.add_pattern(
            clinic=clinic,
            staff=role_of(clinic, title),
            layer=layer,
            times=shifts.WeeklyTimes(tuple(range(7)), starts, ends, yesterday),
            by=staff_of(clinic, "admin"),
            now=now,
        )


def enrol(
    clinic: Clinic,
    name: str,
    *,
    day: int,
    now: datetime,
    by: User | None = None,
    is_home: bool = True,
    born: date | None = None,
) -> Patient:
    given, _, family = name.partition(" ")
    patient = enrolment.enrol(
        clinic=clinic,
        by=by or staff_of(clinic),
        now=now,
        enrolment=enrolment.Enrolment(
            given_name=given,
            family_name=family,
            infusion_date=now.astimezone(ZoneInfo(clinic.time_zone)).date() - timedelta(days=day),
            product="axi-cel",
            target="CD19",
            disease="LBCL",
            tier="standard",
            language="en",
            immune_risk=False,
            birth_date=born or (now - timedelta(days=365 * 58 + 31 * len(name))).date(),
            minutes_to_centre=35,
            nearest_emergency="St. Anne Hospital",
        ),
    )
    if is_home:
        Patient.objects.filter(pk=patient.pk).update(status=PatientStatus.ACTIVE, monitored_since=now)
        patient.refresh_from_db()
    return patient


def join(patient: Patient, name: str, phone: str, relation: str, now: datetime) -> User:
    """Invited a while ago, and has followed the link."""
    card = DemoCaregiver(phone, name, relation, ())
    replay.join(card, patient, now - timedelta(minutes=30))
    return User.objects.get(phone=phone, name=name)


def report(patient: Patient, phone: str, at: datetime, **answers: Any) -> Report:
    """All as usual but for these answers; a danger sign goes out alone, at once. Scored."""
    told = answers if "red_flags" in answers else story.well_except(**answers)
    replay.send_report(by=phone, answers=told, patient=patient, at=at)
    return Report.objects.filter(patient=patient).latest("received_at")


def browser_of(user: User) -> Browser:
    """A phone of theirs that is new here. The first of everybody is known at once, others wait."""
    # What has happened since may have ended what they had open.
    user.refresh_from_db()
    browser = Browser(HTTP_USER_AGENT=IPHONE)
    browser.force_login(user, backend=BACKEND)
    browser.get("/phones/state/")
    return browser


def cookies_of(browser: Browser) -> dict[str, str]:
    """Those that a browser keeps on plain http."""
    return {
        name: one.value for name, one in browser.cookies.items() if one.value and not name.startswith("__")
    }


def cookies_of_all(phones: Iterable[str]) -> dict[str, dict[str, str]]:
    """By number; of two who share one, the first who joined."""
    return {
        phone: cookies_of(browser_of(User.objects.filter(phone=phone).order_by("created_at", "pk")[0]))
        for phone in phones
    }


def _hire(clinic: Clinic, title: str, name: str, phone: str, now: datetime) -> None:
    user = User.objects.create(
        email=f"{title}@{clinic.slug}.example", name=name, time_zone=clinic.time_zone, password=_password()
    )
    role = Staff.objects.create(
        user=user,
        clinic=clinic,
        role=ROLES.get(title.rstrip("2"), title.rstrip("2")),
        phone=phone,
        phone_verified_at=now,
        phone_tested_at=now,
    )
    if title in PAGED:
        OnCall.objects.create(clinic=clinic, position=PAGED.index(title), staff=role)


@cache
def _password() -> str:
    return make_password(demo.PASSWORD)


def _zone_where_it_is(hour: int, now: datetime) -> str:
    """One that people know, if there is one."""
    names = (*COMMON, *zone_names())
    return next(name for name in names if now.astimezone(ZoneInfo(name)).hour == hour)
