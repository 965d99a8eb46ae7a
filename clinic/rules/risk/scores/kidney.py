"""How much the kidneys filter."""

from __future__ import annotations

import math
from fractions import Fraction

from clinic.rules.risk.shape import EgfrRules


def egfr(rules: EgfrRules, *, creatinine: Fraction | None, age: int | None, sex: str) -> int | None:
    """mL/min/1.73 m2 as a whole number; None where creatinine (mg/dL), age or sex is unknown.

    Source: CKD-EPI 2021, without race; remembered. Population: adults. Validity: no equation holds while
    creatinine is changing fast, or for a person with very little muscle.
    """
    if not creatinine or age is None or sex not in {"female", "male"}:
        return None
    terms = rules.of_woman if sex == "female" else rules.of_man
    ratio = float(creatinine / terms.creatinine)
    power = float(terms.power if ratio < 1 else rules.power_above)
    aged = float(rules.factor) * math.pow(float(rules.each_year), age)
    found = aged * math.pow(ratio, power) * float(terms.times)
    return math.floor(found + 0.5)
