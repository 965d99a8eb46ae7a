from __future__ import annotations

from fractions import Fraction

import pytest

from clinic.rules.risk.scores.kidney import egfr
from tests.clinic.rules.risk.made_up import DOCUMENT


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "expected"),
    [
        # 142 x (0.8/0.9)^-0.302 x 0.9938^58
        ("0.8", 58, "male", 103),
        # 142 x (1.6/0.9)^-1.2 x 0.9938^58
        ("1.6", 58, "male", 50),
        # The two powers meet at 0.9 for a man and at 0.7 for a woman: 142 x 0.9938^50, for her x 1.012
        ("0.9", 50, "male", 104),
        ("0.7", 50, "female", 105),
        ("1.0", 76, "female", 58),
    ],
)
def test_known_values(creatinine: str, age: int, sex: str, expected: int) -> None:
    assert egfr(DOCUMENT.scores.egfr, creatinine=Fraction(creatinine), age=age, sex=sex) == expected


@pytest.mark.parametrize(
    "missing", [{"creatinine": None}, {"creatinine": Fraction(0)}, {"age": None}, {"sex": ""}]
)
def test_unknown_where_anything_is_missing(missing: dict[str, object]) -> None:
    known = {"creatinine": Fraction(1), "age": 50, "sex": "male", **missing}

    assert egfr(DOCUMENT.scores.egfr, **known) is None  # type: ignore[arg-type]
