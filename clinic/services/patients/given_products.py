"""Which product somebody means, and what it brings along. Nothing is written here."""

from dataclasses import dataclass

from clinic.models.patient import Target
from clinic.queries.core import products
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.rules.patients.windows import WindowDays
from clinic.services.patients.windows import LONGEST_DAYS

LONGEST_NAME = 40


@dataclass(frozen=True)
class GivenProduct:
    """As it is stored. `days` only of another product: those of the catalogue have a label."""

    product: str
    target: str
    days: WindowDays | None


def choose(
    *, name: str, target: str, near_centre_days: int | None, no_driving_days: int | None, needs_days: bool
) -> GivenProduct:
    """The product of the catalogue with its target, or another with target and days by hand. WrongFacts."""
    days = {"near_centre_days": near_centre_days, "no_driving_days": no_driving_days}
    product = products.find(name)
    if product is not None:
        problems = {field: Problem.DAYS_OF_LABEL for field, value in days.items() if value is not None}
        if target and target != product.target:
            problems["target"] = Problem.TARGET_OF_PRODUCT
        if problems:
            raise WrongFacts(problems)
        return GivenProduct(product.code, product.target, None)
    return _another(name.strip(), target, days, needs_days)


def _another(name: str, target: str, days: dict[str, int | None], needs_days: bool) -> GivenProduct:
    problems: dict[str, Problem] = {}
    if not name or len(name) > LONGEST_NAME:
        problems["product"] = Problem.TOO_LONG if name else Problem.EMPTY
    if target not in Target.values:
        problems["target"] = Problem.NO_TARGET if target else Problem.TARGET_NEEDED
    are_given = any(value is not None for value in days.values())
    for field, value in days.items():
        if value is None and (needs_days or are_given):
            problems[field] = Problem.DAYS_NEEDED
        elif value is not None and not 0 <= value <= LONGEST_DAYS:
            problems[field] = Problem.DAYS_TOO_MANY
    if problems:
        raise WrongFacts(problems)
    near, driving = days["near_centre_days"], days["no_driving_days"]
    by_hand = WindowDays(near, driving) if near is not None and driving is not None else None
    return GivenProduct(name, target, by_hand)
