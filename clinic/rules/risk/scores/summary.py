"""All scores of a person on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.rules.risk.facts import Facts
from clinic.rules.risk.labs import LabRecord, LabValue
from clinic.rules.risk.scores import comorbidity, icaht
from clinic.rules.risk.scores.comorbidity import Cirs
from clinic.rules.risk.scores.easix import Easix, easix
from clinic.rules.risk.scores.hematotox import Hematotox, hematotox
from clinic.rules.risk.scores.kidney import egfr
from clinic.rules.risk.shape import RiskDocument

# What EASIX reads beside the markers of CAR-HEMATOTOX.
_OF_EASIX = ("ldh", "creatinine")


@dataclass(frozen=True)
class Scores:
    """None is unknown. `baseline`: the samples before lymphodepletion of which the first two are made."""

    hematotox: Hematotox
    easix: Easix
    hct_ci: int | None
    cirs: Cirs | None
    egfr: int | None
    icaht_early: int | None
    icaht_late: int | None
    t_icaht: int | None
    baseline: tuple[LabValue, ...]


@dataclass(frozen=True)
class Validity:
    """For whom a score was made. `fits` is None where it was not tried in one disease, or ours is unknown."""

    score: str
    tested_in: tuple[str, ...]
    fits: bool | None


def scores(document: RiskDocument, facts: Facts, record: LabRecord) -> Scores:
    """Every score that the facts allow."""
    rules, person = document.scores, facts.person
    baseline = tuple(_baseline(document, facts, record))
    markers = {value.name: value.value for value in baseline}
    creatinine = record.last("creatinine")
    return Scores(
        hematotox=hematotox(rules.hematotox, markers),
        easix=easix(markers),
        hct_ci=comorbidity.hct_ci(rules.hct_ci, facts.background.comorbidities),
        cirs=comorbidity.cirs(rules.cirs, facts.background.cirs),
        egfr=egfr(
            rules.egfr, creatinine=creatinine.value if creatinine else None, age=person.age, sex=person.sex
        ),
        icaht_early=icaht.early(rules.icaht.early, record),
        icaht_late=icaht.late(rules.icaht.late, record, after_day=rules.icaht.early.last_day),
        t_icaht=icaht.platelets(rules.icaht.platelets, record),
        baseline=baseline,
    )


def lymphodepletion_day(document: RiskDocument, facts: Facts) -> int:
    """Its first day, or the usual one where nobody has recorded it."""
    recorded = facts.background.lymphodepletion_day
    return document.scores.window.lymphodepletion_day if recorded is None else recorded


def validity(document: RiskDocument, disease: str) -> tuple[Validity, ...]:
    """Which scores were made for other diseases than this one, to be said beside them."""
    rules = document.scores
    tested = {
        "hematotox": rules.hematotox.tested_in,
        "easix": rules.easix.tested_in,
        "hct_ci": rules.hct_ci.tested_in,
        "severe4": rules.cirs.tested_in,
        "egfr": rules.egfr.tested_in,
        "icaht": rules.icaht.tested_in,
    }
    return tuple(
        Validity(score, diseases, disease in diseases if diseases and disease else None)
        for score, diseases in tested.items()
    )


def _baseline(document: RiskDocument, facts: Facts, record: LabRecord) -> Iterator[LabValue]:
    first_day = lymphodepletion_day(document, facts)
    for name in (*document.scores.hematotox.markers, *_OF_EASIX):
        value = record.before_lymphodepletion(name, document.scores.window, first_day)
        if value is not None:
            yield value
