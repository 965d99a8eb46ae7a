"""Names and numbers in the form in which they are searched and compared."""

from datetime import date

import pytest

from clinic.rules.patients import names
from clinic.rules.patients.names import Name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("O’Brien", ["obrien"]),
        ("O'Brien", ["obrien"]),
        ("Nuñez", ["nunez"]),
        ("Nun\u0303ez", ["nunez"]),
        ("Łukasz Groß", ["lukasz", "gross"]),
        ("Smith-Jones", ["smith", "jones"]),
        ("J. R.", ["j", "r"]),
        ("Nguyễn Thị", ["nguyen", "thi"]),
        ("王伟", ["王伟"]),
        ("محمّد", ["محمد"]),
        ("  ", []),
    ],
)
def test_words_have_no_case_accents_or_apostrophes(text, words):
    assert names.words_of(text) == words


def test_search_text_holds_words_names_as_one_and_numbers():
    text = names.search_text(["Ana María", "O’Brien Núñez"], numbers=["MRN-00 12", "+12015550141"])

    assert text.split() == [
        *("ana", "maria", "anamaria", "obrien", "nunez", "obriennunez"),
        *("mrn0012", "12015550141"),
    ]


@pytest.mark.parametrize(
    ("typed", "ways"),
    [
        ("lin, robert", [[("lin",)], [("robert",)]]),
        ("lin,robert", [[("lin",)], [("robert",)]]),
        ("555-0141", [[("5550141",)]]),
        ("555\u20110141", [[("5550141",)]]),
        ("５５５－０１４１", [[("5550141",)]]),
        ("٥٥٥٠١٤١", [[("5550141",)]]),
        ("(201) 555.0141", [[("2015550141",), ("201", "5550141")]]),
        ("020 7946 0000", [[("02079460000",), ("2079460000",), ("020", "7946", "0000")]]),
        ("0012", [[("0012",)]]),
        ("lin 12 ada", [[("lin",)], [("12",)], [("ada",)]]),
        ("Smith-Jones", [[("smithjones",), ("smith", "jones")]]),
        ("MRN-12", [[("mrn12",), ("mrn", "12")]]),
        ("- ' ,", []),
        ("a b c d e f g", [[(letter,)] for letter in "abcdef"]),
    ],
)
def test_what_was_typed_is_taken_apart(typed, ways):
    assert names.wanted(typed) == ways


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" mrn-00 12 ", "MRN-0012"),
        ("#12/", "12"),
        ("１２a", "12A"),
        ("12-34", "12-34"),
        (" -/ ", ""),
        ("", ""),
    ],
)
def test_a_hospital_number_has_one_form(typed, kept):
    assert names.normal_number(typed) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Robert", "Lin"), ("ROBERT", "Lín")),
        (("Robert", "Lin"), ("Lin", "Robert")),
        (("Robert", "Lin"), ("Robert", "Lim")),
        (("Robert", "Lin"), ("Robert", "Linn")),
        (("Robert", "Lin"), ("Rob", "Lin")),
        (("Maria", "López"), ("Maira", "Lopez")),
        (("Mario", "Lopez"), ("Maria", "Lopez")),
        (("Anne", "O'Brien"), ("Ann", "OBrien")),
    ],
)
def test_names_that_may_be_taken_for_each_other(one, other):
    assert names.are_alike(Name.of(*one), Name.of(*other))
    assert names.are_alike(Name.of(*other), Name.of(*one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Robert", "Lin"), ("Helen", "Lin")),
        (("Robert", "Lin"), ("Robert", "Santos")),
        (("Robert", "Lin"), ("Rupert", "Linn")),
        (("Maria", "Lopez"), ("Martha", "Lopez")),
    ],
)
def test_names_that_nobody_takes_for_each_other(one, other):
    assert not names.are_alike(Name.of(*one), Name.of(*other))


ROBERT_LIN = ("Robert", "Lin", date(1958, 3, 1))
ROBERT_LINN = ("Robert", "Linn", date(1961, 9, 9))
SON = ("robert", "Lín", date(1985, 5, 5))


@pytest.mark.parametrize(
    ("people", "shown"),
    [
        ([ROBERT_LIN], ["Robert"]),
        ([ROBERT_LIN, ("Helen", "Lin", None)], ["Robert", "Helen"]),
        ([ROBERT_LIN, ROBERT_LINN, ("Ana", "Lin", None)], ["Robert Lin", "Robert Linn", "Ana"]),
        ([ROBERT_LIN, SON], [("Robert Lin", date(1958, 3, 1)), ("robert Lín", date(1985, 5, 5))]),
        ([ROBERT_LIN, (*ROBERT_LIN[:2], None)], [("Robert Lin", date(1958, 3, 1)), "Robert Lin"]),
    ],
)
def test_a_given_name_stands_alone_as_long_as_nobody_else_bears_it(people, shown):
    found = names.told_apart(dict(enumerate(people)), by_given_name=True)

    assert list(found.values()) == [(one, None) if isinstance(one, str) else one for one in shown]


def test_full_names_are_told_apart_by_the_date_of_birth_where_they_are_the_same():
    found = names.told_apart(dict(enumerate([ROBERT_LIN, SON, ROBERT_LINN])))

    assert list(found.values()) == [
        ("Robert Lin", ROBERT_LIN[2]),
        ("robert Lín", SON[2]),
        ("Robert Linn", None),
    ]
