"""Names and numbers in the form in which they are searched and compared."""

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
