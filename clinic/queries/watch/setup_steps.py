"""A clinic's way from nothing to its first monitored patient; what there is says which steps are done."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.access import Permission, choose_clinic
from clinic.models import CareTeamMember, Clinic, Patient, Staff, StaffInvitation, User
from clinic.models.patient import PatientStatus
from clinic.queries.patients import terms
from clinic.queries.protocols.versions import latest_version
from clinic.queries.rota import on_call
from clinic.queries.watch import setup


@dataclass(frozen=True)
class Step:
    """One thing to do: `url_name` is where; `waits`: begun, and now it is others' turn."""

    code: str
    title: str | Promise
    why: str | Promise
    url_name: str
    is_done: bool
    waits: bool = False


@dataclass(frozen=True)
class SetupPage:
    """`of_installation`: what only the operators can mend; they read in the command what to set."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    steps: tuple[Step, ...]
    of_installation: tuple[setup.Missing, ...]

    @property
    def alarms_at_risk(self) -> tuple[setup.Missing, ...]:
        """What of it may keep an alarm from everybody."""
        return tuple(one for one in self.of_installation if one.alarms)

    @property
    def next_step(self) -> Step | None:
        return next((step for step in self.steps if not (step.is_done or step.waits)), None)


def of_clinic(*, user: User, clinic_slug: str, now: datetime) -> SetupPage:
    """That of the named clinic, or of the person's first one. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_CLINIC)
    return SetupPage(
        clinic=clinic,
        clinics=clinics,
        steps=(*_before_patients(clinic, now), *_with_patients(clinic)),
        of_installation=setup.of_settings(),
    )


def _before_patients(clinic: Clinic, now: datetime) -> tuple[Step, ...]:
    paged = Staff.objects.filter(
        clinic=clinic, role__in=on_call.PAGED_ROLES, ended_at=None, user__is_active=True
    )
    invited = StaffInvitation.objects.filter(
        clinic=clinic, role__in=on_call.PAGED_ROLES, accepted_at=None, revoked_at=None, expires_at__gt=now
    )
    has_team = paged.exists()
    today = now.astimezone(clinic.opening.zone).date()
    has_holidays = any(one.last >= today for one in clinic.opening.holidays)
    return (
        Step(
            "facts",
            _("Check the clinic's numbers, and say when somebody reads reports"),
            _("Families call these numbers. Outside these hours they are told to call the line."),
            "console_clinic_facts",
            is_done=bool(clinic.staffed_hours),
        ),
        Step(
            "holidays",
            _("Enter the holidays of the coming year"),
            _("Or families are told on such a day that somebody reads."),
            "console_holidays",
            is_done=has_holidays,
        ),
        Step(
            "terms",
            _("Publish your terms of use and privacy notice"),
            _("In every language that you offer. Families agree to them when they join."),
            "console_clinic_terms",
            is_done=not terms.lacking_languages(clinic),
        ),
        Step(
            "team",
            _("Invite nurses and physicians"),
            _("They answer the alarms. Each chooses a password of their own by a link."),
            "console_staff_invite",
            is_done=has_team,
            waits=not has_team and invited.exists(),
        ),
        Step(
            "phones",
            _("Have each of them prove their phone"),
            _("On Rota → My shifts, signed in as themselves. Nobody counts on a number that is not proven."),
            "console_staff",
            is_done=has_team and not paged.filter(phone_verified_at=None).exists(),
        ),
        Step(
            "rota",
            _("Fill the rota for the coming week"),
            _("At every minute a person with a proven phone must be on."),
            "console_rota",
            is_done=on_call.is_covered(clinic=clinic, now=now, days=setup.COVERED_DAYS),
        ),
        Step(
            "protocol",
            _("Put a protocol in force"),
            _(
                "Its limits decide which reports call you. "
                "Let a physician read it and change what does not fit."
            ),
            "console_protocols",
            is_done=latest_version(clinic) is not None,
        ),
    )


def _with_patients(clinic: Clinic) -> tuple[Step, ...]:
    patients = Patient.objects.filter(clinic=clinic, is_synthetic=False, erased_at=None)
    family = CareTeamMember.objects.filter(patient__in=patients, ended_at=None)
    return (
        Step(
            "patient",
            _("Enroll the first patient"),
            _("Name, day of birth, day of infusion, product."),
            "console_patient_new",
            is_done=patients.exists(),
        ),
        Step(
            "family",
            _("Invite somebody of the family, and wait until they have joined"),
            _("On the patient's page. They get a link by text."),
            "console_patients",
            is_done=family.exists(),
        ),
        Step(
            "home",
            _("Prepare them for home, and begin monitoring"),
            _("On the patient's page: what they read, a rehearsal, the usual score."),
            "console_patients",
            is_done=patients.filter(status=PatientStatus.ACTIVE, monitored_since__isnull=False).exists(),
        ),
    )
