"""What a service refuses, in the API's words: the one place where both are paired."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError

from clinic.api.errors import Conflict
from clinic.queries.patients.wrong_facts import in_words
from clinic.rules.patients.facts import WrongFacts
from clinic.services.escalations import contacts, known, leases, lifecycle
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.escalations.colleague_requests import NoPendingRequest, NotAColleague
from clinic.services.escalations.levels import NotLower
from clinic.services.escalations.transfers import NotHeldByColleague
from clinic.services.patients.windows import TooShort

_CONFLICTS: Mapping[type[Exception], tuple[str, Promise]] = {
    NotHolder: ("not_holder", _("Only the person who has it can do this.")),
    AlreadyResolved: ("already_resolved", _("It is closed already.")),
    NoPendingRequest: ("nothing_asked", _("Nothing of this kind is asked of you.")),
    NotHeldByColleague: ("not_taken", _("Nobody else has it.")),
    lifecycle.NotAcknowledged: ("not_acknowledged", _("Acknowledge it first.")),
    lifecycle.AnswerMissing: ("answer_missing", _("Another role must answer first.")),
    contacts.CallsNeeded: ("calls_needed", _("Log two calls in a row that nobody answered first.")),
}
_FIELDS: Mapping[type[Exception], tuple[str, Promise]] = {
    lifecycle.OutcomeNeeded: ("outcome", _("Say what came of it.")),
    lifecycle.CallOrWordsNeeded: (
        "note",
        _("The family asked to be called. Log the call first, or write why there was none."),
    ),
    NotAColleague: ("staff", _("Name another nurse or physician of the clinic.")),
    NotLower: ("level", _("Name a level below the present one.")),
    known.NotExpectable: ("expected", _("Only a mild finding of this escalation can be expected.")),
    known.TooLong: ("expected", _("Choose a time that is ahead and not too far.")),
    known.ReasonNeeded: ("note", _("Say why this is expected.")),
    leases.SnoozeTooLong: ("until", _("Choose a time that is ahead and not too far.")),
    contacts.CalledPersonMissing: ("who", _("Say who was called.")),
}


@contextmanager
def product_told() -> Iterator[None]:
    """Turn what is wrong with facts, or with a product and its days, into a 400 that names the fields."""
    try:
        yield
    except WrongFacts as wrong:
        problems = {field: [in_words(problem)] for field, problem in wrong.problems.items()}
        raise ValidationError(problems) from wrong
    except TooShort as short:
        words = gettext("The clinic asks for at least %(near)s and %(driving)s days.") % {
            "near": short.least.near_centre,
            "driving": short.least.no_driving,
        }
        raise ValidationError({"near_centre_days": [words], "no_driving_days": [words]}) from short


@contextmanager
def told() -> Iterator[None]:
    """Turn what a service of escalations raises into a 409 with a code, or a 400 that names the field."""
    try:
        yield
    except lifecycle.AlreadyTaken as error:
        raise Conflict(
            code="already_taken",
            message=gettext("%(name)s has taken this.") % {"name": error.by_name},
            taken_by=error.by_name,
            taken_at=error.at,
            state=error.state,
        ) from error
    except tuple(_CONFLICTS) as error:
        code, message = _CONFLICTS[type(error)]
        raise Conflict(code=code, message=str(message)) from error
    except tuple(_FIELDS) as error:
        field, message = _FIELDS[type(error)]
        raise ValidationError({field: [str(message)]}) from error
