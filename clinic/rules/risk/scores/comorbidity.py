"""Other illness: HCT-CI, or CIRS with Severe4. A clinic records one of them; both may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clinic.rules.risk.shape import CirsRules, HctCiRules


def hct_ci(rules: HctCiRules, comorbidities: Iterable[str] | None) -> int | None:
    """The sum of weights; None where nobody has recorded whether there are any.

    Source: Sorror 2015 (PMC4512746) and the definitions at ashpublications.net; weights remembered.
    Population: people before a transplant. Validity: used before CAR-T, not built for it. The severe form of
    an organ replaces the mild or moderate one. Raises KeyError for a name that is not in the document.
    """
    if comorbidities is None:
        return None
    named = {rules.also_called.get(name, name) for name in comorbidities}
    return sum(rules.points[name] for name in named if rules.replaced_by.get(name) not in named)


def has_comorbidity(rules: HctCiRules, comorbidities: Iterable[str] | None, name: str) -> bool | None:
    """Whether this one is among them; None where nobody has recorded any."""
    if comorbidities is None:
        return None
    return name in {rules.also_called.get(one, one) for one in comorbidities}


@dataclass(frozen=True)
class Cirs:
    """The sum over fourteen systems, and Severe4: one of four systems is severe."""

    total: int
    severe4: bool


def cirs(rules: CirsRules, systems: Mapping[str, int | None] | None) -> Cirs | None:
    """None where nobody has recorded it; a system that is not named is 0, as whoever fills it in means it.

    With a system that is None, not graded yet, it is not known either, unless another one makes Severe4
    already: then the total is the lowest that it can be.

    Source: CIRS-G; Severe4, Blood Adv 2023;7(14):3516. Population: DLBCL (577, and again 218). Validity:
    Severe4 went with survival (HR 1.94); a high sum alone had half of all patients, so it enters no rule.
    Severe4 is breathing, upper gut, liver or kidney.
    """
    if systems is None:
        return None
    grades: dict[str, int] = {}
    for name, grade in systems.items():
        system = rules.also_called.get(name, name)
        grades[system] = max(grade or 0, grades.get(system, 0))
    severe = any(rules.severe.holds(grades.get(system, 0)) for system in rules.severe_systems)
    if None in systems.values() and not severe:
        return None
    return Cirs(total=sum(grades.values()), severe4=severe)
