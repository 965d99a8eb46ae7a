import copy

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols import editing
from clinic.rules.protocols.editing import FieldChange, FieldKind

DOCUMENT = default_document("car-t")
PLACES = {field.place: field for field in editing.every_field(DOCUMENT)}


def test_every_leaf_has_a_place_of_its_own_and_an_item():
    fields = list(editing.every_field(DOCUMENT))
    keys = {item.key for item in editing.items(DOCUMENT)}

    assert len({field.place for field in fields}) == len(fields)
    assert {editing.item_key_of(field.path, DOCUMENT) for field in fields} == keys


@pytest.mark.parametrize(
    ("place", "kind", "value"),
    [
        ("tables[temp].rows[2].from", FieldKind.NUMBER, 38.0),
        ("tables[temp].rows[2].level", FieldKind.LEVEL, "urgent"),
        ("tables[spo2]#2.when", FieldKind.CONDITION, "chronic_low_oxygen"),
        ("scales[chills].columns.early[1]", FieldKind.LEVEL, "same_day"),
        ("definitions.fever", FieldKind.CONDITION, "temp >= 38.0"),
        ("phases[a].times[1]", FieldKind.CLOCK, "08:00"),
        ("questions[chills].options[0].text.en", FieldKind.TEXT, "None"),
        ("accumulation[A1_three_same_day].domains", FieldKind.NUMBER, 3),
    ],
    ids=lambda value: str(value)[:40],
)
def test_place_is_named_as_in_a_problem(place, kind, value):
    assert (PLACES[place].kind, PLACES[place].value) == (kind, value)


@pytest.mark.parametrize(
    "place",
    [
        "questions[temp].key",
        "questions[temp].kind",
        "advice[emergency].level",
        "trends[T1_two_steps].raised.domains[1]",
        "rules[red_flag].item",
        "code",
    ],
)
def test_what_names_things_cannot_be_edited(place):
    assert place not in PLACES


def test_item_holds_wording_and_levels_of_one_symptom():
    places = [field.place for field in editing.fields(DOCUMENT, "question.chills")]

    assert places[0] == "questions[chills].label.en"
    assert "scales[chills].overrides[1].when" in places
    assert editing.fields(DOCUMENT, "question.nonsense") == ()


def test_change_touches_one_leaf_and_leaves_the_original_alone():
    before = copy.deepcopy(DOCUMENT)

    after = editing.with_values(DOCUMENT, {"tables[temp].rows[2].from": 38.1, "no such place": 1})

    assert before == DOCUMENT
    assert editing.differences(DOCUMENT, after) == (
        FieldChange("tables[temp].rows[2].from", FieldKind.NUMBER, 38.0, 38.1),
    )


def test_leaf_that_only_one_side_has_is_a_difference():
    shorter = copy.deepcopy(DOCUMENT)
    del shorter["definitions"]["fever"]

    assert editing.differences(DOCUMENT, shorter) == (
        FieldChange("definitions.fever", FieldKind.CONDITION, "temp >= 38.0", None),
    )
    assert editing.differences(shorter, DOCUMENT) == (
        FieldChange("definitions.fever", FieldKind.CONDITION, None, "temp >= 38.0"),
    )


def test_every_item_without_a_change_gives_the_same_document():
    values = {place: field.value for place, field in PLACES.items()}

    assert editing.with_values(DOCUMENT, values) == DOCUMENT


def test_problems_name_a_place_of_the_editor():
    wrong = editing.with_values(
        DOCUMENT, {"scales[chills].columns.early[1]": "bad", "definitions.fever": "feverr >= 1"}
    )

    told = [problem.split(": ")[0] for problem in editing.problems(wrong)]

    assert "scales[chills].columns.early[1]" in told
    assert set(told) & set(PLACES)
    assert editing.problems(DOCUMENT) == ()


def test_hash_names_the_content():
    assert editing.content_hash(DOCUMENT) == editing.content_hash(dict(reversed(DOCUMENT.items())))
    assert editing.content_hash(DOCUMENT) != editing.content_hash(
        editing.with_values(DOCUMENT, {"definitions.fever": "temp >= 38.1"})
    )
