"""Why a fact about a patient is refused, in the reader's language: the same words at every door."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.rules.patients.facts import Problem

WORDS: Mapping[Problem, Promise] = {
    Problem.EMPTY: _("This cannot be empty."),
    Problem.TOO_LONG: _("This is too long."),
    Problem.IN_FUTURE: _("A date of birth cannot be in the future."),
    Problem.TOO_FAR: _("Check the year: this day is too far away."),
    Problem.BEFORE_COURSE: _("This is not after the infusion before it, whose day 0 stays as it is."),
    Problem.INFUSED_AHEAD: _("A second infusion is on record as given, so its day cannot be still to come."),
    Problem.NO_PROTOCOL: _("This clinic has published no protocol of this name."),
    Problem.NO_NUMBER: _("A hospital number has letters or digits."),
    Problem.NO_ZONE: _("Name a time zone such as America/New_York."),
    Problem.NO_LANGUAGE: _("This language is not known here."),
    Problem.NO_TARGET: _("This target is not known here."),
    Problem.TARGET_NEEDED: _("Choose what another product aims at."),
    Problem.TARGET_OF_PRODUCT: _("This product aims at something else. Leave the target to the product."),
    Problem.DAYS_NEEDED: _("Enter the days. There is no label on file for another product."),
    Problem.DAYS_OF_LABEL: _("The label of this product brings the days. Leave this empty."),
    Problem.DAYS_TOO_MANY: _("Enter whole days, up to two years."),
}


def in_words(problem: Problem) -> str:
    """One problem, as a person can act on it."""
    return str(WORDS[problem])
