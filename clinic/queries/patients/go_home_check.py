"""The go-home check: what must be proven to work before monitoring starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import CareTeamMember, Escalation, FormerNumber, Patient, SystemAlarm, TrialText, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.checkins import contact_order
from clinic.queries.patients import education
from clinic.queries.protocols.versions import current_rules_for
from clinic.queries.rota import on_call
from notifications.queries import states_of
from notifications.rules.states import State

# What was proven longer ago has to be proven again.
PROOF_LASTS = timedelta(hours=48)
BASELINE_ITEM = "home_check"


@dataclass(frozen=True)
class Requirement:
    """One thing to prove. `people`: for whom it is still missing, or who did it."""

    code: str
    label: str | Promise
    is_met: bool
    at: datetime | None = None
    people: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class GoHomeCheck:
    """The whole list as of now."""

    requirements: tuple[Requirement, ...]

    @property
    def is_complete(self) -> bool:
        return all(line.is_met for line in self.requirements)

    @property
    def missing(self) -> tuple[Requirement, ...]:
        return tuple(line for line in self.requirements if not line.is_met)


@dataclass(frozen=True)
class _Family:
    patient: Patient
    team: tuple[CareTeamMember, ...]
    now: datetime


def of_patient(*, patient: Patient, now: datetime) -> GoHomeCheck:
    """The list for one patient. Needs `clinic` loaded."""
    team = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True).select_related("user")
    facts = _Family(patient, tuple(team.order_by("started_at", "pk")), now)
    found = (look(facts) for look in _REQUIREMENTS)
    return GoHomeCheck(tuple(line for line in found if line is not None))


def _caregiver_joined(facts: _Family) -> Requirement:
    first = facts.team[0] if facts.team else None
    return Requirement(
        "joined",
        _("A caregiver has used the link"),
        first is not None,
        at=first.started_at if first else None,
        people=tuple(member.user.name for member in facts.team),
    )


def _second_caregiver(facts: _Family) -> Requirement:
    return Requirement(
        "second",
        _("A second caregiver, or a reason why not"),
        len(facts.team) > 1 or bool(facts.patient.single_caregiver_reason),
        note="" if len(facts.team) > 1 else facts.patient.single_caregiver_reason,
    )


def _trial_texts_delivered(facts: _Family) -> Requirement:
    since = facts.now - PROOF_LASTS
    sent = TrialText.objects.filter(member__in=facts.team, sent_at__gte=since).order_by("sent_at")
    changed = FormerNumber.objects.filter(user__care_links__in=facts.team)
    since_number = dict(changed.order_by("until").values_list("user_id", "until"))
    user_of = {member.pk: member.user_id for member in facts.team}
    # What reached a number that they have given up proves nothing of the new one.
    message_of: dict[int, UUID] = {
        row.member_id: row.message_id
        for row in sent
        if row.sent_at >= since_number.get(user_of[row.member_id], row.sent_at)
    }
    states = states_of(message_of.values())
    arrived = {
        member_id for member_id, message_id in message_of.items() if states.get(message_id) == State.DELIVERED
    }
    # Caregivers without reminders are not waited for, but at least one must receive them.
    expecting = [member for member in facts.team if contact_order.accepts_reminders(member.user)]
    waiting = [member.user.name for member in expecting if member.pk not in arrived]
    return Requirement(
        "text",
        _("A test text has arrived at every phone that takes reminders"),
        bool(expecting) and not waiting,
        people=tuple(waiting),
    )


def _drill_answered(facts: _Family) -> Requirement:
    last = (
        Escalation.objects.filter(patient=facts.patient, is_drill=True, acknowledged_at__isnull=False)
        .order_by("-acknowledged_at")
        .select_related("acknowledged_by")
        .first()
    )
    done_at = last.acknowledged_at if last else None
    answered_by: User | None = last.acknowledged_by if last else None
    return Requirement(
        "drill",
        _("The family has sent a test alarm and staff have answered it"),
        done_at is not None and done_at >= facts.now - PROOF_LASTS,
        at=done_at,
        people=(answered_by.name,) if answered_by else (),
    )


def _baseline_stored(facts: _Family) -> Requirement | None:
    """Only where the protocol asks for a check that is compared with this person's own."""
    rules = current_rules_for(facts.patient)
    if rules is None or BASELINE_ITEM not in rules.baselines:
        return None
    return Requirement(
        "baseline",
        _("The usual score of the thinking check is on file"),
        BASELINE_ITEM in facts.patient.baseline,
    )


def _guidance_read(facts: _Family) -> Requirement:
    return Requirement(
        "guidance",
        _("A caregiver has read the guidance and answered its questions"),
        education.has_read_enough(patient=facts.patient),
    )


def _on_call_covered(facts: _Family) -> Requirement:
    """Red for what alarms, too: an urgent alert would wait for a role that nobody has."""
    clinic = facts.patient.clinic
    role_missing = SystemAlarm.objects.filter(
        clinic=clinic, kind=AlarmKind.NO_ROLE_ON_CALL, cleared_at__isnull=True
    )
    return Requirement(
        "rota",
        _("Somebody is on call for the next 7 days"),
        on_call.is_covered(clinic=clinic, now=facts.now, days=7) and not role_missing.exists(),
    )


# In the order of the page. What may not apply returns None and is left out; a new proof adds its look here.
_REQUIREMENTS: tuple[Callable[[_Family], Requirement | None], ...] = (
    _caregiver_joined,
    _second_caregiver,
    _trial_texts_delivered,
    _drill_answered,
    _baseline_stored,
    _guidance_read,
    _on_call_covered,
)
