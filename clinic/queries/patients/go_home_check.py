"""The go-home check: what must be proven to work before monitoring starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from clinic.models import CareTeamMember, Escalation, FormerNumber, Patient, SystemAlarm, TrialText, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.checkins import contact_order
from clinic.queries.patients import education
from clinic.queries.protocols.fitting import addition_in_words
from clinic.queries.protocols.patient_context import before_start_of
from clinic.queries.protocols.versions import current_rules_for
from clinic.queries.rota import on_call
from clinic.rules.protocols.document.additions import SECOND_CONTACT
from clinic.rules.protocols.document.protocol import Protocol
from notifications.queries import states_of
from notifications.rules.states import State

# What was proven longer ago has to be proven again.
PROOF_LASTS = timedelta(hours=48)
BASELINE_ITEM = "home_check"


@dataclass(frozen=True)
class Requirement:
    """One thing to prove. `names`: for whom or of what it is still missing, or who did it."""

    code: str
    label: str | Promise
    is_met: bool
    at: datetime | None = None
    names: tuple[str, ...] = ()
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

    @cached_property
    def rules(self) -> Protocol | None:
        return current_rules_for(self.patient)

    @cached_property
    def asked_besides(self) -> Mapping[str, tuple[str, ...]]:
        """What the clinic asks for somebody like this patient, by the additions that do."""
        return before_start_of(self.rules, self.patient, self.now) if self.rules else {}


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
        names=tuple(member.user.name for member in facts.team),
    )


def _second_caregiver(facts: _Family) -> Requirement | None:
    """Gives way to the second contact, for whom no reason stands in."""
    if SECOND_CONTACT in facts.asked_besides:
        return None
    return Requirement(
        "second",
        _("A second caregiver, or a reason why not"),
        len(facts.team) > 1 or bool(facts.patient.single_caregiver_reason),
        note="" if len(facts.team) > 1 else facts.patient.single_caregiver_reason,
    )


def _second_contact(facts: _Family) -> Requirement | None:
    """Whom reminders can ask besides, as `backup_contact_after_minutes` does: another phone, not the same."""
    asking = facts.asked_besides.get(SECOND_CONTACT)
    if asking is None:
        return None
    reached = [
        one.user for one in facts.team if one.user.is_active and contact_order.accepts_reminders(one.user)
    ]
    return Requirement(
        "second_contact",
        _("Texts reach a second contact, on a phone of their own"),
        len({str(person.phone) for person in reached}) > 1,
        names=tuple(person.name for person in reached),
        note=_asked_by(asking),
    )


def _asked_by(codes: tuple[str, ...]) -> str:
    named = ", ".join(f"“{addition_in_words(code)}”" for code in codes)
    return gettext("asked for by %(additions)s") % {"additions": named} if named else ""


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
        names=tuple(waiting),
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
        names=(answered_by.name,) if answered_by else (),
    )


def _baseline_stored(facts: _Family) -> Requirement | None:
    """The thinking check where the protocol compares it with this person's own, and what additions want."""
    rules = facts.rules
    if rules is None:
        return None
    asked = {
        item: facts.asked_besides.get(item, ())
        for item in rules.baselines
        if item == BASELINE_ITEM or item in facts.asked_besides
    }
    if not asked:
        return None
    missing = [item for item in asked if item not in facts.patient.baseline]
    language = get_language() or ""
    asking = dict.fromkeys(code for item in missing for code in asked[item])
    return Requirement(
        "baseline",
        _("This person's own usual values are stored")
        if asked.keys() - {BASELINE_ITEM}
        else _("The usual score of the thinking check is on file"),
        not missing,
        names=tuple(rules.question(item).label(language) for item in missing),
        note=_asked_by(tuple(asking)),
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
    _second_contact,
    _trial_texts_delivered,
    _drill_answered,
    _baseline_stored,
    _guidance_read,
    _on_call_covered,
)
