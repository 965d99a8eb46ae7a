"""What has to be answered for before a patient stops being urgent: when it closes, and when it is lowered."""

from clinic.models import Escalation
from clinic.models.escalation import CHOOSABLE_OUTCOMES, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import call_backs


class OutcomeNeeded(Exception):
    """Urgent and emergency escalations close, or fall below urgent, only with an outcome that we know."""


class AnswerMissing(Exception):
    """Another role must answer before it can be resolved, or lowered below urgent: `role`."""

    def __init__(self, role: str) -> None:
        super().__init__(role)
        self.role = role


def require_to_resolve(escalation: Escalation, outcome: str) -> None:
    """OutcomeNeeded where none is known and one is needed: from urgent up, or where a call was asked for."""
    needed = ladder.pages_staff(Level(escalation.level)) or call_backs.is_owed(escalation)
    if outcome not in CHOOSABLE_OUTCOMES and (outcome or needed):
        raise OutcomeNeeded


def require_to_lower(escalation: Escalation, *, to: Level, outcome: str) -> None:
    """Below urgent it asks for an outcome as closing does, and no role may be owed.

    "Could not reach" is none: it hands the patient on, and settles nothing. OutcomeNeeded, AnswerMissing.
    """
    leaves_urgent = ladder.pages_staff(Level(escalation.level)) and not ladder.pages_staff(to)
    if outcome == Outcome.COULD_NOT_REACH or (
        outcome not in CHOOSABLE_OUTCOMES and (outcome or leaves_urgent)
    ):
        raise OutcomeNeeded
    if leaves_urgent:
        require_all_roles(escalation)


def require_all_roles(escalation: Escalation) -> None:
    """AnswerMissing while a role owes its answer."""
    owed = escalation.required_answers.filter(answered_at__isnull=True).order_by("role").first()
    if owed:
        raise AnswerMissing(owed.role)


def of_lowering(escalation: Escalation) -> str:
    """The outcome with which it was last lowered below urgent; empty where it never was, or has risen since.

    What made it rise is nothing that anybody has answered for.
    """
    moves = escalation.events.filter(kind__in=[Kind.LOWERED, Kind.ROSE])
    last = moves.exclude(kind=Kind.LOWERED, outcome="").order_by("-at", "-pk").first()
    return last.outcome if last else ""
