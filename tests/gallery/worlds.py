"""What the pictures need beside the demo: so many open alerts, clinics that have just begun, families.

Run in the system's own environment: `python -m tests.gallery.worlds open 41`, or `… others`.
"""

import json
import os
import sys
from datetime import datetime, timedelta
from typing import Any

GIVEN = ("Ana", "Brian", "Chen", "Doris", "Emil", "Fatima", "Gloria", "Hugo", "Ivy", "Jamal", "Kofi", "Lena")
FAMILY = (
    "Abbott",
    "Bauer",
    "Castillo",
    "Dawson",
    "Engel",
    "Farah",
    "Grant",
    "Haddad-Montgomery",
    "Ito",
    "Jones",
)
LEVELS = ("same_day", "urgent", "watch", "same_day", "emergency", "urgent", "watch", "same_day")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from clinic import row_scope

    # Of all clinics: on PostgreSQL nobody's rows would be seen, and nobody would hear of it.
    with row_scope.everything():
        if sys.argv[1] == "open":
            open_alerts(int(sys.argv[2]))
        else:
            json.dump(make_others(), sys.stdout)


def open_alerts(wanted: int) -> None:
    """At the first clinic; none means that what the demo left open is closed."""
    from django.db import transaction
    from django.utils import timezone

    from clinic.models import Clinic, Escalation, Patient, User
    from clinic.models.escalation import Cause, EscalationState, Outcome
    from clinic.rules.core.enums import Level
    from clinic.services.escalations import lifecycle

    clinic, now = Clinic.objects.get(slug="harbor"), timezone.now()
    nurse = User.objects.get(email="nurse@harbor.example")
    unresolved = Escalation.objects.filter(clinic=clinic).exclude(state=EscalationState.RESOLVED)
    if wanted == 0:
        # Whoever has them, and whoever else must still answer: a picture asks nobody.
        with transaction.atomic():
            for one in unresolved.select_for_update():
                lifecycle.close_locked(one, nurse, Outcome.ADVICE_GIVEN, "", now)
        return
    for n in range(wanted - unresolved.count()):
        patient = _enrol(clinic, nurse, n, wanted, now)
        level = Level(LEVELS[n % len(LEVELS)])
        cause = Cause.MISSED_CHECKIN if n % 3 else Cause.PHONE_LEVEL
        with transaction.atomic():
            opened = lifecycle.open_for_cause(
                patient=Patient.objects.select_for_update().get(pk=patient.pk),
                cause=cause,
                level=level,
                now=now - timedelta(minutes=(7 * n) % 400),
            )
        if opened is not None and n % 4 == 1:
            lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=now)


def make_others() -> dict[str, Any]:
    """What the demo's own story lacks. Ids by the names by which screens name them, and who is signed in."""
    from django.utils import timezone

    from clinic.models import User
    from tests.gallery import people
    from tests.gallery.desks import Desks
    from tests.gallery.families import Families
    from tests.gallery.family_screens import FAMILY_SCREENS
    from tests.gallery.phones import DAY, NIGHT, OTHER

    now = timezone.now()
    names = make_beginnings(now)
    clinics = {
        DAY: people.open_clinic(DAY, "Riverside Cell Therapy", number=20, hour=10, now=now),
        NIGHT: people.open_clinic(NIGHT, "Hillcrest Cell Therapy", number=40, hour=3, now=now),
        OTHER: people.open_clinic(OTHER, "Oakfield Clinic", number=60, now=now),
    }
    # Of the demo; the others' are made with them.
    known = User.objects.filter(phone__in={one.person for one in FAMILY_SCREENS})
    cookies = people.cookies_of_all(sorted({str(one.phone) for one in known}))
    families = Families(clinics, now)
    families.make()
    Desks(families, now).make()
    return {"names": names | families.names, "cookies": cookies | families.cookies}


def make_beginnings(now: datetime) -> dict[str, str]:
    """Clinics without anybody, of one day and of one week; a draft; families in other states."""
    from clinic.models import Clinic, ProtocolVersion, Staff, User
    from clinic.services import demo
    from clinic.services.accounts import new_clinics
    from clinic.services.checkins import plan
    from clinic.services.protocols import drafts

    for days, name in ((0, "Lakeside Oncology"), (1, "North Fork Cancer Center"), (7, "Pine Hill Clinic")):
        slug = f"day-{days}"
        clinic = _bare_clinic(slug, name, days)
        admin = f"admin@{slug}.example"
        new_clinics.create(clinic=clinic, admin_email=admin, admin_name="Kim Ode", now=now)
        nurse = User.objects.create_user(
            email=f"nurse@{slug}.example", password=demo.PASSWORD, name="Jo Berg"
        )
        Staff.objects.create(user=nurse, clinic=clinic, role="nurse")
        if days:
            patient = _enrol(clinic, nurse, days, 0, now - timedelta(days=days), infused=0)
            for ago in range(days, 0, -1):
                plan.plan_patient(patient=patient, now=now - timedelta(days=ago))
    physician = User.objects.get(email="physician@harbor.example")
    clinic = Clinic.objects.get(slug="harbor")
    draft = drafts.start(clinic_id=clinic.pk, by=physician, now=now)
    version = ProtocolVersion.objects.filter(protocol__clinic=clinic).latest("number")
    _change_homes(now)
    _count_a_clinic(now)
    return {
        "draft": str(draft.pk),
        "version": str(version.pk),
        **_import_files(clinic, now),
    }


def _change_homes(now: datetime) -> None:
    """One family waits to be called back, one has not checked in; in hospital one, paused one, over one."""
    from django.db import transaction

    from clinic.models import CareTeamMember, Checkin, Patient, User
    from clinic.models.escalation import Cause
    from clinic.rules.core.enums import Level
    from clinic.services.escalations import contacts, lifecycle
    from clinic.services.patients import enrolment, life_events

    nurse = User.objects.get(email="nurse@harbor.example")
    people = {one.given_name: one for one in Patient.objects.filter(clinic__slug="harbor")}
    hour_ago = now - timedelta(hours=1)
    Checkin.objects.create(patient=people["Maria"], due_at=hour_ago)
    life_events.admit(
        patient_id=people["Irene"].pk, by=nurse, at=hour_ago, reason="told by the ward", now=now
    )
    life_events.end_monitoring(
        patient_id=people["James"].pk, by=nurse, at=hour_ago, reason="told by the ward", now=now
    )
    until = now + timedelta(days=2)
    enrolment.pause_monitoring(
        patient_id=people["Wei"].pk, by=nurse, until=until, reason="with the family abroad", now=now
    )
    with transaction.atomic():
        peter = Patient.objects.select_for_update().get(pk=people["Peter"].pk)
        opened = lifecycle.open_for_cause(
            patient=peter, cause=Cause.MISSED_CHECKIN, level=Level.SAME_DAY, now=hour_ago
        )
    if opened is not None:
        lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=now)
        member = CareTeamMember.objects.get(patient=peter, user__name="Karin Lindqvist")
        contacts.log(
            escalation_id=opened.pk, by=nurse, member_id=member.pk, who="", reached=False, note="", now=now
        )


def _bare_clinic(slug: str, name: str, number: int) -> Any:
    from clinic.models import Clinic

    return Clinic(
        slug=slug,
        name=name,
        sms_brand=" ".join(name.split()[:2]),
        time_zone="America/Chicago",
        line_phone=f"+1312555010{number}",
        clinic_phone=f"+1312555011{number}",
        staffed_hours={},
    )


def _count_a_clinic(now: datetime) -> None:
    """A clinic of people enough for curves, whose courses are as long as what is said of them."""
    from clinic.models import Staff, User
    from clinic.rules.patients.life_events import Kind
    from clinic.services import demo
    from clinic.services.accounts import new_clinics
    from clinic.services.escalations import life_events
    from clinic.services.outcomes import counting

    clinic = _bare_clinic("followed", "Cedar Hills Cancer Center", 9)
    new_clinics.create(clinic=clinic, admin_email="admin@followed.example", admin_name="Lee Ito", now=now)
    nurse = User.objects.create_user(email="nurse@followed.example", password=demo.PASSWORD, name="Ada Roth")
    Staff.objects.create(user=nurse, clinic=clinic, role="nurse")
    kinds = {2: "relapsed", 5: "died"}
    for n in range(60):
        day = 60 + 9 * n
        patient = _enrol(clinic, nurse, n, 1, now - timedelta(days=day), infused=0)
        if kind := kinds.get(n % 7):
            at = now - timedelta(days=day - 30 - n)
            life_events.record(patient_id=patient.pk, kind=Kind(kind), by=nurse, at=at, reason="", now=at)
    counting.count(clinic=clinic, now=now)


def _import_files(clinic: Any, now: datetime) -> dict[str, str]:
    """One file that was taken and one that is looked at, each with rows of every kind."""
    from clinic.models import User
    from clinic.rules.exchange.verdicts import Source
    from clinic.services.exchange import imports

    admin = User.objects.get(email="admin@harbor.example")
    header = "given_name,family_name,birth_date,hospital_number,infusion_date,product\n"
    files = {
        "taken": "Edith,Marlowe,1957-04-11,MRN-7001,2026-11-20,axi-cel\n"
        "Theo,Brandt,1962-13-01,MRN-7002,2026-11-21,axi-cel\n",
        "preview": "Edith,Marlowe,1957-04-11,MRN-7001,2026-11-20,axi-cel\n"
        "Samuel,Okafor,1955-12-14,,2026-11-21,axi-cel\n"
        "Nadia,Haddad-Montgomery,1949-02-27,MRN-7004,2026-11-23,Kymriah\n"
        "Ivo,Kern,1950-05-06,MRN-7005,2026-11-24,no-such-product\n",
    }
    found = {
        name: imports.stage(
            clinic=clinic, source=Source.CSV_PATIENTS, body=(header + rows).encode(), by=admin, now=now
        )
        for name, rows in files.items()
    }
    imports.confirm(import_id=found["taken"].pk, by=admin, now=now)
    return {name: str(one.pk) for name, one in found.items()}


def _enrol(clinic: Any, nurse: Any, n: int, round_of: int, now: Any, infused: int | None = None) -> Any:
    from tests.gallery import people

    return people.enrol(
        clinic,
        f"{GIVEN[n % len(GIVEN)]} {FAMILY[n % len(FAMILY)]}-{round_of}{n}",
        day=n % 60 + 1 if infused is None else infused,
        now=now,
        by=nurse,
        born=(now - timedelta(days=365 * 55 + 97 * n)).date(),
    )


if __name__ == "__main__":
    main()
