"""Loads what is missing of the demo, through the same services that people's clicks go through."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic.models import Clinic, ClinicLanguage, Invitation, OnCall, Patient, Staff, User
from clinic.models.patient import PatientStatus
from clinic.protocols import default_document
from clinic.rules.protocols.document.phases import day_of
from clinic.rules.reports.home_checks import HIGHEST
from clinic.services.demo import former, history, owning, people, replay, risks
from clinic.services.patients import enrolment
from clinic.services.protocols import versions
from clinic.services.reports import home_checks
from clinic.services.rota import shifts


class NotADemo(Exception):
    """Made-up people must not get into a real clinic's record."""


class NotItsOwn(NotADemo):
    """The settings are a demo's, but the database holds others' data."""


_SLUGS = tuple(card.slug for card in people.CLINICS)


@dataclass(frozen=True)
class LoadedStaff:
    """A sign-in of the demo."""

    user: User
    email: str
    name: str
    role: str
    clinic: Clinic


@dataclass(frozen=True)
class LoadedPatient:
    """A patient of the demo, on which day after the infusion."""

    id: uuid.UUID
    clinic: Clinic
    full_name: str
    day: int


@dataclass(frozen=True)
class LoadedCaregiver:
    """A family member of the demo and whom they look after."""

    user: User
    phone: str
    name: str
    patients: tuple[LoadedPatient, ...]


@dataclass(frozen=True)
class Loaded:
    """What there is now, whether it was loaded just now or earlier."""

    clinics: tuple[Clinic, ...]
    staff: tuple[LoadedStaff, ...]
    caregivers: tuple[LoadedCaregiver, ...]
    patients: tuple[LoadedPatient, ...]
    invited: tuple[str, ...]


@transaction.atomic
def load(
    *, now: datetime, with_history: bool = False, progress: replay.Progress = replay.say_nothing
) -> Loaded:
    """Load what is missing; all or nothing. NotADemo outside a demo, NotItsOwn in a database of others.

    `with_history`: four weeks of it, for twelve patients who have been known that long, and those who were
    followed before, whom it does not list. It cannot be told of a clinic that people have worked in since, so
    a demo that is there already stays as it is.
    """
    if not settings.DEMO:
        raise NotADemo
    if not owning.owns_database():
        raise NotItsOwn
    owning.mark_database(now=now)
    with_history = with_history and not Clinic.objects.filter(slug__in=_SLUGS).exists()
    clinics = {card.slug: _clinic(card) for card in people.CLINICS}
    staff = {card.email: _staff(card, clinics[card.clinic]) for card in people.STAFF}
    _fill_rota(clinics, staff, now)
    for clinic in clinics.values():
        _publish(clinic, now)
    on_file, new = _patients(clinics, now, with_history=with_history)
    weeks: list[replay.StoryEvent] = []
    if with_history:
        before = {one.card.key: _enrol(one.card, clinics[one.card.clinic], now) for one in former.FORMER}
        weeks = history.happenings(on_file=on_file, now=now) + former.happenings(on_file=before, now=now)
    replay.replay_story(on_file=on_file, new=new, now=now, weeks=weeks, progress=progress)
    replay.record_outcomes(on_file=on_file, new=new, now=now)
    risks.tell(on_file=on_file, new=new, now=now)
    _keep_open_invitation(people.INVITED, on_file, now)
    return _loaded(clinics, staff, on_file, now)


def _clinic(card: people.DemoClinic) -> Clinic:
    facts = {key: value for key, value in vars(card).items() if key not in {"slug", "languages"}}
    clinic, created = Clinic.objects.get_or_create(
        slug=card.slug, defaults={**facts, "staffed_hours": people.WEEKDAYS}
    )
    if created:
        ClinicLanguage.objects.bulk_create(
            ClinicLanguage(clinic=clinic, language=language) for language in card.languages
        )
    return clinic


def _staff(card: people.DemoStaff, clinic: Clinic) -> Staff:
    user = User.objects.filter(email=card.email).first() or User.objects.create_user(
        email=card.email, name=card.name, time_zone=clinic.time_zone
    )
    if not user.has_usable_password():
        user.password = _hashed_password()
        user.save(update_fields=["password"])
    facts = {"role": card.role, "phone": card.phone}
    row, _ = Staff.objects.get_or_create(user=user, clinic=clinic, ended_at=None, defaults=facts)
    if card.on_call is not None:
        OnCall.objects.get_or_create(clinic=clinic, position=card.on_call, defaults={"staff": row})
    return row


@cache
def _hashed_password() -> str:
    """Everybody's is the same and is printed, so it is made once: a hash takes a fifth of a second."""
    return make_password(people.PASSWORD)


def _fill_rota(clinics: Mapping[str, Clinic], staff: Mapping[str, Staff], now: datetime) -> None:
    """Everybody has proven their number, again at each loading; a clinic with shifts keeps its own."""
    for row in staff.values():
        row.phone_verified_at, row.phone_tested_at = row.phone_verified_at or now, now
        row.save(update_fields=["phone_verified_at", "phone_tested_at"])
    new = {slug for slug, clinic in clinics.items() if not clinic.shift_patterns.exists()}
    for slug, layer, email, weekdays, starts, ends in people.SHIFTS:
        if slug in new:
            clinic = clinics[slug]
            shifts.add_pattern(
                clinic=clinic,
                staff=staff[email],
                layer=layer,
                times=shifts.WeeklyTimes(
                    weekdays,
                    time.fromisoformat(starts),
                    time.fromisoformat(ends),
                    now.astimezone(ZoneInfo(clinic.time_zone)).date() - timedelta(days=28),
                ),
                by=_user_in_role(clinic, "admin"),
                now=now - timedelta(days=28),
            )


def _publish(clinic: Clinic, now: datetime) -> None:
    """The default protocol, unless the clinic has one: what people published since stays in force."""
    if not clinic.protocols.exists():
        document = default_document("car-t")
        versions.publish(
            clinic=clinic, code="car-t", document=document, by=_user_in_role(clinic, "physician"), now=now
        )


def _user_in_role(clinic: Clinic, role: str) -> User:
    return User.objects.get(email=f"{role}@{clinic.slug}.example")


def _patients(
    clinics: dict[str, Clinic], now: datetime, *, with_history: bool
) -> tuple[dict[str, Patient], set[str]]:
    """All patients by key, and the keys of those enrolled just now, whose story is still to be told."""
    on_file: dict[str, Patient] = {}
    new: set[str] = set()
    for card in (*people.PATIENTS, *people.LONG_KNOWN):
        clinic = clinics[card.clinic]
        names = {"given_name": card.given_name, "family_name": card.family_name}
        patient = Patient.objects.filter(clinic=clinic, **names).first()
        if patient is None and card in people.LONG_KNOWN and not with_history:
            continue
        if patient is None:
            patient = _enrol(card, clinic, now)
            new.add(card.key)
        on_file[card.key] = patient
    return on_file, new


def _enrol(card: people.DemoPatient, clinic: Clinic, now: datetime) -> Patient:
    infusion_date = now.astimezone(ZoneInfo(clinic.time_zone)).date() - timedelta(days=card.day)
    nurse = _user_in_role(clinic, "nurse")
    at = now - timedelta(days=max(card.day, 0)) - replay.ENROLLED_BEFORE_INFUSION
    patient = enrolment.enrol(
        clinic=clinic,
        by=nurse,
        now=at,
        enrolment=enrolment.Enrolment(
            given_name=card.given_name,
            family_name=card.family_name,
            infusion_date=infusion_date,
            product=card.product,
            target=card.target,
            disease=card.disease,
            tier=card.tier,
            language=card.language,
            immune_risk=card.immune_risk,
            birth_date=card.born,
            minutes_to_centre=card.minutes_to_centre,
            nearest_emergency=card.nearest_emergency,
        ),
    )
    if card.day >= 0:
        # Before the infusion the family sets it; afterwards a check can only be read against one.
        home_checks.set_baseline(
            patient_id=patient.pk, by=nurse, score=HIGHEST, language=card.language, now=at
        )
        patient.refresh_from_db(fields=["baseline"])
    if card.is_home:
        # The story leaves out how each of them was prepared; it begins with people who are at home.
        patient.status, patient.monitored_since = PatientStatus.ACTIVE, at
        patient.save(update_fields=["status", "monitored_since"])
    return patient


def _keep_open_invitation(card: people.DemoCaregiver, on_file: Mapping[str, Patient], now: datetime) -> None:
    """There is always one link left to join with, however often the others were used."""
    patient = on_file[card.patients[0]]
    links = Invitation.objects.filter(patient=patient, phone=card.phone)
    usable = links.filter(redeemed_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    if links.filter(redeemed_at__isnull=False).exists() or usable.exists():
        return
    replay.invite(card=card, patient=patient, now=now)


def _loaded(
    clinics: Mapping[str, Clinic], staff: Mapping[str, Staff], on_file: Mapping[str, Patient], now: datetime
) -> Loaded:
    loaded_patients = {key: _loaded_patient(patient, now) for key, patient in on_file.items()}
    usable = Invitation.objects.filter(redeemed_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return Loaded(
        clinics=tuple(clinics.values()),
        staff=tuple(
            LoadedStaff(row.user, card.email, row.user.name, row.role, row.clinic)
            for card in people.STAFF
            for row in [staff[card.email]]
        ),
        caregivers=tuple(
            _loaded_caregiver(card, loaded_patients)
            for card in (*people.CAREGIVERS, *people.LONG_KNOWN_CAREGIVERS)
            if on_file.keys() >= set(card.patients)
        ),
        patients=tuple(loaded_patients.values()),
        invited=tuple(usable.filter(phone=people.INVITED.phone).values_list("name", flat=True)),
    )


def _loaded_patient(patient: Patient, now: datetime) -> LoadedPatient:
    day = day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone))
    return LoadedPatient(patient.pk, patient.clinic, patient.full_name, day)


def _loaded_caregiver(card: people.DemoCaregiver, patients: Mapping[str, LoadedPatient]) -> LoadedCaregiver:
    user = User.objects.get(phone=card.phone)
    return LoadedCaregiver(user, card.phone, user.name, tuple(patients[key] for key in card.patients))
