from __future__ import annotations

from fractions import Fraction

from clinic.rules.risk.scores.easix import Easix, easix
from clinic.rules.risk.worked_cases import two_digits

LABS = {"ldh": Fraction(467), "creatinine": Fraction(1), "platelets": Fraction(100), "crp": Fraction("0.6")}


def test_three_relatives_of_one_sample() -> None:
    assert easix(LABS) == Easix(Fraction("4.67"), Fraction("2.802"), Fraction("4.67"))


def test_value_stays_exact_through_a_unit_that_does_not_divide_evenly() -> None:
    creatinine = Fraction(100) / Fraction("88.4")

    found = easix({**LABS, "ldh": Fraction("412.828"), "creatinine": creatinine})

    assert found.easix == Fraction("4.67")


def test_missing_lab_leaves_out_only_what_needs_it() -> None:
    assert easix({**LABS, "crp": None}).modified is None
    assert easix({**LABS, "creatinine": None}) == Easix(None, Fraction("2.802"), Fraction("4.67"))
    assert easix({**LABS, "ldh": None}) == Easix(None, None, None)
    assert easix({}) == Easix(None, None, None)


def test_no_platelets_at_all_divide_nothing() -> None:
    assert easix({**LABS, "platelets": Fraction(0)}) == Easix(None, None, None)


def test_two_digits_are_shown_and_half_goes_up() -> None:
    assert [two_digits(Fraction(value)) for value in ("0.125", "0.1249", "2.675")] == [0.13, 0.12, 2.68]
    assert two_digits(None) is None
