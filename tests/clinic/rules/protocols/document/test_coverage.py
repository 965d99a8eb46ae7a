"""A protocol with a hole, an overlap or a dead rule is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.clinic.rules.spoiling import Document, Spoiled, at, problems, rule, scale, table, trend

# Each line: what is spoiled, and the one problem that must be reported.
SPOILED: Spoiled = [
    # scales
    ("scale without a level for the worst answer",
     lambda d: scale(d, "chills")["columns"]["late"].pop(),
     "scales[chills].columns.late: 3 levels are expected, one for each answer from 1"),
    ("worse answer with a lower level",
     lambda d: at(scale(d, "chills"), "columns", "late")(["watch", "urgent", "same_day"]),
     "scales[chills].columns.late: a worse answer has a lower level"),
    ("scale without a column", lambda d: scale(d, "chills")["columns"].pop("late"),
     "scales[chills].columns.late: it is missing"),
    ("scale with a column too many", lambda d: at(scale(d, "chills"), "columns", "pre")(["watch"] * 3),
     "scales[chills].columns.pre: there is no such column"),
    ("answers without levels", lambda d: d["scales"].remove(scale(d, "worry")),
     "scales: the answers to “worry” have no levels"),
    ("columns that overlap", lambda d: at(d, "columns", "late")("day >= 30"),
     "columns: “early” and “late” overlap"),
    ("columns with a hole", lambda d: at(d, "columns", "late")("day > 31"),
     "columns: a hole, there is a case in which none of early, late applies"),
    ("override that can never hold", lambda d: at(scale(d, "alertness")["overrides"][0], "answer")(4),
     "scales[alertness].overrides[1]: this can never hold"),
    ("override behind one that always applies", lambda d: scale(d, "movement")["overrides"].insert(
        0, {"level": "watch"}),
     "scales[movement].overrides[2]: an earlier override always applies first"),
    ("override with level and cap", lambda d: at(scale(d, "alertness")["overrides"][0], "at_most")("watch"),
     "scales[alertness].overrides[1]: either “level” or “at_most” is needed"),
    # tables
    ("hole between rows", lambda d: at(table(d, "pulse")["rows"][1], "to")(128),
     "tables[pulse].rows: a hole between 128 and 130"),
    ("overlap of rows", lambda d: at(table(d, "pulse")["rows"][1], "to")(130),
     "tables[pulse].rows: an overlap between 130 and 130"),
    ("hole of a tenth", lambda d: at(table(d, "temp")["rows"][1], "from")(38.1),
     "tables[temp].rows: a hole between 37.9 and 38.1"),
    ("row that ends before it begins", lambda d: at(table(d, "pulse")["rows"][1], "from")(130),
     "tables[pulse].rows: from 130 is above to 129"),
    ("no top", lambda d: table(d, "pulse")["rows"].pop(0),
     "tables[pulse].rows: a hole, the first row has no “to” and the last no “from”"),
    ("no rows", lambda d: at(table(d, "pulse"), "rows")([]),
     "tables[pulse].rows: a hole, the first row has no “to” and the last no “from”"),
    ("open row in the middle", lambda d: table(d, "pulse")["rows"][2].pop("to"),
     "tables[pulse].rows: an overlap, only the first row may lack “to” and only the last “from”"),
    ("case that no value reaches",
     lambda d: at(table(d, "pulse")["rows"][1]["cases"][0], "when")("pulse > 129"),
     "tables[pulse].rows[2].cases[1]: this can never hold"),
    ("case behind one that always applies", lambda d: table(d, "pulse")["rows"][1]["cases"].reverse(),
     "tables[pulse].rows[2].cases[2]: an earlier case always applies first"),
    ("row without a last word", lambda d: table(d, "pulse")["rows"][1]["cases"].pop(),
     "tables[pulse].rows[2].cases: a hole, the last case must apply always"),
    ("row with level and cases", lambda d: at(table(d, "pulse")["rows"][1], "level")("watch"),
     "tables[pulse].rows[2]: either “level” or “cases” is needed"),
    ("two tables for the same people", lambda d: table(d, "spo2").pop("when"),
     "tables[spo2]: “table 1” and “table 2” overlap"),
    ("people without a table", lambda d: at(table(d, "spo2"), "when")("baseline.spo2 > 92"),
     "tables[spo2]: a hole, there is a case in which none of table 1, table 2 applies"),
    # rules
    ("rule that can never hold",
     lambda d: at(rule(d, "alone")["cases"][0], "when")("alone_next_24h and day < 1 and day > 2"),
     "rules[alone].cases[1]: this can never hold"),
    ("case shadowed by an earlier one", lambda d: rule(d, "C7_headache_plus")["cases"].reverse(),
     "rules[C7_headache_plus].cases[2]: an earlier case always applies first"),
    ("rule without cases", lambda d: at(rule(d, "alone"), "cases")([]), "rules[alone].cases: there are none"),
    ("rule that says none", lambda d: at(rule(d, "alone")["cases"][0], "level")("none"),
     "rules[alone].cases[1].level: a rule must say more than none"),
    ("refused answers as none", lambda d: at(d, "rejected", "level")("none"),
     "rejected.level: a refused answer is never normal"),
    # trends and accumulation
    ("trend of an unknown item", lambda d: at(trend(d, "T2_temp_rise"), "items")(["temperature"]),
     "trends[T2_temp_rise].items: there is no question “temperature”"),
    ("rise of a scale", lambda d: at(trend(d, "T2_temp_rise"), "items")(["chills"]),
     "trends[T2_temp_rise].items: “chills” is not a measured number"),
    ("steps of a number", lambda d: at(trend(d, "T1_two_steps"), "items")(["temp"]),
     "trends[T1_two_steps].items: “temp” is not answered on a scale"),
    ("more steps than there are", lambda d: trend(d, "T1_two_steps").update(items=["chills"], by=4),
     "trends[T1_two_steps].items: “chills” has only 3 steps, 4 can never be reached"),
    ("unknown kind of trend", lambda d: at(trend(d, "T2_temp_rise"), "kind")("slope"),
     "trends[T2_temp_rise].kind: “slope” is not one of steps_up, rise, persisting"),
    ("change of nothing", lambda d: at(trend(d, "T2_temp_rise"), "by")(0),
     "trends[T2_temp_rise].by: a number above 0 is expected"),
    ("persisting in one report", lambda d: trend(d, "T3_persisting").pop("reports"),
     "trends[T3_persisting].reports: at least 2 are expected"),
    ("usual value of a jump", lambda d: at(trend(d, "T1_two_steps"), "above_usual")(True),
     "trends[T1_two_steps].above_usual: only what persists is compared with the usual value"),
    ("usual value as a word", lambda d: at(trend(d, "T3_persisting"), "above_usual")("yes"),
     "trends[T3_persisting].above_usual: true or false is expected"),
    ("trend that says none", lambda d: at(trend(d, "T3_persisting"), "level")("none"),
     "trends[T3_persisting].level: a rule must say more than none"),
    ("trend raised in an unknown domain",
     lambda d: at(trend(d, "T1_two_steps"), "raised", "domains")(["brain"]),
     "trends[T1_two_steps].raised.domains: there is no domain “brain”"),
    ("trend that can never hold", lambda d: at(trend(d, "T2_temp_rise"), "when")("temp > 45"),
     "trends[T2_temp_rise].when: this can never hold"),
    ("raised when it can never hold", lambda d: at(trend(d, "T1_two_steps"), "raised", "when")("age > 130"),
     "trends[T1_two_steps].raised.when: this can never hold"),
    ("more domains than there are", lambda d: at(d["accumulation"][0], "domains")(11),
     "accumulation[A1_three_same_day].domains: 11 of 10 domains can never be reached"),
    ("accumulation of nothing", lambda d: at(d["accumulation"][0], "at")("none"),
     "accumulation[A1_three_same_day].at: a level above none is expected"),
    ("accumulation that says none", lambda d: at(d["accumulation"][0], "level")("none"),
     "accumulation[A1_three_same_day].level: a rule must say more than none"),
    # advice
    ("call to somebody unknown", lambda d: at(d["advice"][1]["variants"][0], "call")(["doctor"]),
     "advice[urgent].variants[1].call[1]: “doctor” is not one of emergency, line, clinic"),
    ("emergency without its call", lambda d: at(d["advice"][0]["variants"][0], "call")(["line"]),
     "advice[emergency].variants: an emergency always offers the emergency call"),
    ("advice without a last word", lambda d: d["advice"][1]["variants"].pop(),
     "advice[urgent].variants: a hole, the last one must apply always"),
    ("advice that is never given", lambda d: d["advice"][3]["variants"].reverse(),
     "advice[watch].variants[2]: an earlier case always applies first"),
    ("advice by something the phone does not know",
     lambda d: at(d["advice"][1]["variants"][0], "when")("temp > 38"),
     "advice[urgent].variants[1].when: “temp” is not a question, a patient fact or a definition"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "problem"), [line[1:] for line in SPOILED], ids=[line[0] for line in SPOILED]
)
def test_bad_protocol_is_refused_with_place_and_reason(
    document: Document, spoil: Callable[[Document], Any], problem: str
) -> None:
    spoil(document)

    assert problem in problems(document)
