"""What the pictures need beside the demo: so many open alerts, clinics that have just begun, a draft.

Run in the system's own environment: `python -m tests.gallery.worlds open 41` or `… others`.
"""

import json
import os
import sys
from datetime import timedelta
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


def make_others() -> dict[str, str]:
    """Clinics without anybody, of one day and of one week; a draft with a change; who reads Spanish."""
    from django.utils import timezone

    from clinic.models import Clinic, ProtocolVersion, Staff, User
    from clinic.services import demo
    from clinic.services.accounts import new_clinics
    from clinic.services.checkins import plan
    from clinic.services.protocols import drafts

    now = timezone.now()
    for days, name in ((0, "Lakeside Oncology"), (1, "North Fork Cancer Center"), (7, "Pine Hill Clinic")):
        slug = f"day-{days}"
        clinic = Clinic(
            slug=slug,
            name=name,
            sms_brand=name[:20],
            time_zone="America/Chicago",
            line_phone=f"+1312555010{days}",
            clinic_phone=f"+1312555011{days}",
            staffed_hours={},
        )
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
    User.objects.filter(email="nurse2@harbor.example").update(language="es")
    physician = User.objects.get(email="physician@harbor.example")
    clinic = Clinic.objects.get(slug="harbor")
    draft = drafts.start(clinic_id=clinic.pk, by=physician, now=now)
    version = ProtocolVersion.objects.filter(protocol__clinic=clinic).latest("number")
    return {"draft": str(draft.pk), "version": str(version.pk)}


def _enrol(clinic: Any, nurse: Any, n: int, round_of: int, now: Any, infused: int | None = None) -> Any:
    from clinic.models import Patient
    from clinic.models.patient import PatientStatus
    from clinic.services.patients import enrolment

    day = n % 60 + 1 if infused is None else infused
    patient = enrolment.enrol(
        clinic=clinic,
        by=nurse,
        now=now,
        enrolment=enrolment.Enrolment(
            given_name=GIVEN[n % len(GIVEN)],
            family_name=f"{FAMILY[n % len(FAMILY)]}-{round_of}{n}",
            infusion_date=(now - timedelta(days=day)).date(),
            product="axi-cel",
            target="CD19",
            disease="LBCL",
            tier="standard",
            language="en",
            immune_risk=False,
            birth_date=(now - timedelta(days=365 * 55 + 97 * n)).date(),
        ),
    )
    Patient.objects.filter(pk=patient.pk).update(status=PatientStatus.ACTIVE, monitored_since=now)
    patient.refresh_from_db()
    return patient


if __name__ == "__main__":
    main()
