"""Which disease somebody means. Nothing is written here."""

from clinic.queries.core import diseases
from clinic.rules.patients.facts import Problem, WrongFacts

LONGEST_DISEASE = 80


def as_kept(typed: str) -> str:
    """The code of one of the list, another in its words, empty for one that nobody knows. WrongFacts."""
    words = " ".join(typed.split())
    found = diseases.find(words)
    if found is not None:
        return found.value
    if len(words) > LONGEST_DISEASE:
        raise WrongFacts({"disease": Problem.TOO_LONG})
    if words.casefold() == diseases.ANOTHER_DISEASE:
        raise WrongFacts({"disease": Problem.EMPTY})
    return words
