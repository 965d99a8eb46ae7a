from __future__ import annotations

from fractions import Fraction

from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.scores.easix import Easix, easix, easix_by_day
from clinic.rules.risk.worked_cases import two_digits
from tests.clinic.rules.risk.made_up import DOCUMENT, lab

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


def test_over_time_labs_of_different_days_are_never_put_together() -> None:
    values = [
        lab("ldh", 400, 0),
        lab("platelets", 100, 0),
        lab("creatinine", 1, 1),
        *(lab(name, value, 5) for name, value in (("ldh", 300), ("platelets", 60), ("creatinine", 2))),
        lab("ldh", 200, 9),
    ]

    found = easix_by_day(LabRecord.of(DOCUMENT.labs, values, 10))

    assert found == {0: Easix(None, None, Fraction(4)), 5: Easix(Fraction(10), None, Fraction(5))}


def test_over_time_the_worse_of_two_values_of_a_day_counts_and_what_lies_ahead_does_not() -> None:
    values = [lab("ldh", 400, 0), lab("ldh", 200, 0), lab("platelets", 100, 0), lab("platelets", 50, 0)]

    assert easix_by_day(LabRecord.of(DOCUMENT.labs, values, 0))[0].simplified == 8
    assert easix_by_day(LabRecord.of(DOCUMENT.labs, values, -1)) == {}
