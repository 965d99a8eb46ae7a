import copy

import pytest
from django.utils import translation

from clinic.console.rules_in_words.differences import differences_in_words, problem_in_words
from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.protocols import default_document
from clinic.rules.protocols import editing

OLD = default_document("car-t")


def told(**values):
    new = editing.with_values(OLD, values)
    return [(one.now, one.was) for one in differences_in_words(DocumentInWords(OLD), DocumentInWords(new))]


def test_same_documents_do_not_differ():
    assert told() == []


def test_one_number_is_told_with_its_unit():
    assert told(**{"tables[temp].rows[1].from": 40.3}) == [
        ("Temperature from 40.3\u00a0°C is an emergency", "40.0\u00a0°C")
    ]


@pytest.mark.parametrize(
    ("place", "value", "was"),
    [
        ("phases[a].missed.standard[1].hours", 10, "12 hours"),
        ("phases[a].reminder_offsets_minutes[2]", 90, "60 minutes"),
        ("phases[a].backup_contact_after_minutes", 90, "240 minutes"),
        ("recheck.after_minutes", 30, "60 minutes"),
        ("trends[T1_two_steps].within_hours", 24, "168 hours"),
        ("phases[e].every_days", 20, "30 days"),
    ],
)
def test_one_length_of_time_is_told_with_its_unit(place, value, was):
    [(_now, said)] = told(**{place: value})

    assert said == was


def test_one_level_is_told_alone():
    assert told(**{"tables[temp].rows[6].level": "same_day"}) == [
        ("Temperature up to 34.9\u00a0°C is same day", "urgent")
    ]


def test_sentence_with_several_changes_is_told_once_and_whole():
    assert told(**{"tables[temp].rows[2].from": 38.3, "tables[temp].rows[2].to": 39.7}) == [
        ("Temperature from 38.3 to 39.7\u00a0°C is urgent", "Temperature from 38.0 to 39.9\u00a0°C is urgent")
    ]


def test_condition_is_told_in_words():
    [(now, was)] = told(**{"rules[alone].cases[1].when": "alone_next_24h and day <= 14"})

    assert now.endswith("up to day 14")
    assert was.endswith("up to day 28")


def test_wording_says_where_and_in_which_language():
    new = editing.with_values(OLD, {"questions[chills].label.es": "Frío"})

    [one] = differences_in_words(DocumentInWords(OLD), DocumentInWords(new))

    assert (one.now, one.was, one.language) == ("Frío", "Escalofríos", "es")
    assert one.place == "Chills · Short name (Spanish)"


def test_row_that_is_new_or_gone_is_told_as_such():
    new = copy.deepcopy(OLD)
    new["tables"][1]["rows"].append({"to": 20, "level": "emergency"})

    forth = [one for one in differences_in_words(DocumentInWords(OLD), DocumentInWords(new)) if not one.was]
    back = [one for one in differences_in_words(DocumentInWords(new), DocumentInWords(OLD)) if not one.now]

    assert [one.now for one in forth] == ["Pulse up to 20\u00a0/min is an emergency"]
    assert [one.was for one in back] == ["Pulse up to 20\u00a0/min is an emergency"]


def test_problem_names_the_question_in_place_of_the_address():
    words = DocumentInWords(OLD)

    assert problem_in_words("tables[temp]: a hole between 37.9 and 38.5", words) == (
        "Temperature: no level is given between 37.9 and 38.5"
    )
    assert problem_in_words("tables[temp].rows[6].to: too high", words) == (
        "Temperature up to 34.9\u00a0°C is urgent: too high"
    )
    assert problem_in_words("questions[chills].label.es: empty", words) == (
        "Chills · Short name (Spanish): empty"
    )
    assert problem_in_words("protocol: no", words) == "protocol: no"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"tables[temp].rows[2].from": 38.5}, "Temperatura: no se indica nivel entre 37.9 y 38.5"),
        ({"rules[alone].cases[1].when": "day >"}, "la condición termina demasiado pronto"),
        ({"rules[alone].cases[1].when": "feverish"}, "“feverish” no es una pregunta"),
        ({"scales[chills].columns.early[1]": "emergency"}, "una respuesta peor tiene un nivel más bajo"),
    ],
)
def test_what_a_change_breaks_is_told_in_the_readers_language(values, told):
    document = editing.with_values(OLD, values)

    with translation.override("es"):
        words = DocumentInWords(document)
        problems = [problem_in_words(one, words) for one in editing.problems(document)]

    assert any(told in problem for problem in problems), problems
