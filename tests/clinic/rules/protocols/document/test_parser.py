"""A protocol with something missing, unknown or stated twice is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.clinic.rules.spoiling import Document, Spoiled, at, phase, problems, question, rule, scale, table

# Each line: what is spoiled, and the one problem that must be reported.
SPOILED: Spoiled = [
    # texts
    ("text without Spanish", lambda d: question(d, "chills")["text"].pop("es"),
     "questions[chills].text: the text in “es” is missing"),
    ("empty text", lambda d: at(question(d, "chills"), "text", "es")(" "),
     "questions[chills].text: the text in “es” is missing"),
    ("text in a language nobody listed", lambda d: at(question(d, "chills"), "text", "fr")("Frissons ?"),
     "questions[chills].text: “fr” is not a language of this protocol"),
    ("option without text", lambda d: question(d, "chills")["options"][2].pop("text"),
     "questions[chills].options[2]: “text” is missing"),
    ("advice without Spanish", lambda d: d["advice"][0]["variants"][0]["title"].pop("es"),
     "advice[emergency].variants[1].title: the text in “es” is missing"),
    ("unknown placeholder", lambda d: at(d["advice"][0]["variants"][0]["title"], "en")("Call {doctor} now"),
     "advice[emergency].variants[1].title: en: “{doctor}” is not a placeholder here"),
    ("placeholder in a question", lambda d: at(question(d, "chills"), "text", "en")("Chills, {name}?"),
     "questions[chills].text: en: “{name}” is not a placeholder here"),
    ("open brace", lambda d: at(question(d, "chills"), "text", "en")("Chills {?"),
     "questions[chills].text: en: expected '}' before end of string"),
    ("missing sentence for an input check", lambda d: d["input_texts"].pop("reject"),
     "input_texts.reject: the text is missing"),
    ("sentence that is never used", lambda d: at(d, "input_texts", "hello")({"en": "Hi", "es": "Hola"}),
     "input_texts.hello: this text is never used"),
    ("missing phrase", lambda d: d["phrases"].pop("between"), "phrases.between: the text is missing"),
    ("no English", lambda d: at(d, "languages")(["es"]),
     "languages: “en” is missing; it stands in for every other language"),
    # shape
    ("unknown field", lambda d: at(d, "thresholds")({}), "protocol: “thresholds” is not a known field"),
    ("missing section", lambda d: d.pop("trends"), "protocol: “trends” is missing"),
    ("unknown field of a question", lambda d: at(question(d, "chills"), "colour")("red"),
     "questions[chills]: “colour” is not a known field"),
    ("question that is no map", lambda d: d["pages"].append("body"),
     "pages[7]: a map of fields is expected"),
    ("list where a map is expected", lambda d: at(d, "domains")([]), "domains: a map is expected"),
    ("map where a list is expected", lambda d: at(d, "trends")({}), "trends: a list is expected"),
    ("number where a word is expected", lambda d: at(question(d, "chills"), "domain")(7),
     "questions[chills].domain: a word is expected"),
    ("word where a number is expected", lambda d: at(question(d, "pulse"), "maximum")("high"),
     "questions[pulse].maximum: a number is expected"),
    ("yes where a number is expected", lambda d: at(question(d, "pulse"), "confirm_above")(True),
     "questions[pulse].confirm_above: a number is expected"),
    ("half a day", lambda d: at(phase(d, "b"), "every_days")(1.5),
     "phases[b].every_days: a whole number is expected"),
    ("word where true is expected", lambda d: at(question(d, "pulse"), "optional")("yes"),
     "questions[pulse].optional: true or false is expected"),
    ("unknown level", lambda d: at(scale(d, "chills"), "columns", "early")(["same_day", "red", "urgent"]),
     "scales[chills].columns.early[2]: “red” is not one of none, watch, same_day, urgent, emergency"),
    ("unknown kind", lambda d: at(question(d, "alone_next_24h"), "kind")("tick"),
     "questions[alone_next_24h].kind: “tick” is not one of ticks, temperature, number, yes_no, choice"),
    ("condition that is no text", lambda d: at(rule(d, "alone")["cases"][0], "when")(True),
     "rules[alone].cases[1].when: a condition is expected"),
    # names
    ("question twice", lambda d: d["questions"].append(question(d, "chills")),
     "questions: “chills” stands there 2 times"),
    ("question on two pages", lambda d: d["pages"][0]["questions"].append("chills"),
     "pages.questions: “chills” stands there 2 times"),
    ("question on no page", lambda d: d["pages"][1]["questions"].remove("chills"),
     "pages: “chills” is on no page"),
    ("unknown question on a page", lambda d: d["pages"][1]["questions"].append("fever"),
     "pages[temperature].questions[5]: there is no question “fever”"),
    ("scale twice", lambda d: d["scales"].append(scale(d, "chills")),
     "scales: “chills” stands there 2 times"),
    ("rule twice", lambda d: d["rules"].append(rule(d, "alone")),
     "rules, trends, accumulation: “alone” stands there 2 times"),
    ("option twice", lambda d: question(d, "red_flags")["options"].append(
        question(d, "red_flags")["options"][0]),
     "questions[red_flags].options: “cannot_wake” stands there 2 times"),
    ("advice twice", lambda d: d["advice"].append(d["advice"][-1]),
     "advice[none]: this level has advice already"),
    ("level without advice", lambda d: d["advice"].pop(), "advice: level none is missing"),
    ("definition with the name of a question", lambda d: at(d, "definitions", "chills")("day <= 3"),
     "definitions.chills: this name is already a question or a patient fact"),
    ("unknown domain", lambda d: at(question(d, "chills"), "domain")("cold"),
     "questions[chills].domain: there is no domain “cold”"),
    ("unknown phase", lambda d: at(question(d, "chills"), "phases")(["z"]),
     "questions[chills].phases: there is no phase “z”"),
    ("below an unknown question", lambda d: at(question(d, "dbp"), "below")("systolic"),
     "questions[dbp].below: there is no question “systolic”"),
    ("baseline of an unknown question", lambda d: at(d, "baselines", "weight")({}),
     "baselines.weight: there is no question “weight”"),
    ("unknown question in a rule", lambda d: at(rule(d, "alone")["cases"][0], "when")("lonely and day <= 28"),
     "rules[alone].cases[1].when: “lonely” is not a question, a patient fact or a definition"),
    ("unknown question of a rule", lambda d: at(rule(d, "alone"), "item")("lonely"),
     "rules[alone].item: there is no question “lonely”"),
    ("scale of a number", lambda d: at(scale(d, "worry"), "item")("pulse"),
     "scales[pulse].item: there is no question “pulse” with a scale"),
    ("table of a scale", lambda d: at(table(d, "pulse"), "item")("chills"),
     "tables[chills].item: there is no measured number “chills”"),
    ("definition that cannot be read", lambda d: at(d, "definitions", "late")("days > 30"),
     "definitions.late: “days” is not a question, a patient fact or a definition"),
    ("definitions in a circle", lambda d: d["definitions"].update(one="two", two="one"),
     "definitions.one: “two” is not a question, a patient fact or a definition"),
    # questions
    ("scale that does not count up", lambda d: at(question(d, "chills")["options"][3], "value")(4),
     "questions[chills]: the options count up from 0, the usual answer first"),
    ("option that is neither number nor word",
     lambda d: at(question(d, "red_flags")["options"][0], "value")(True),
     "questions[red_flags].options[True]: the value is a whole number or a word"),
    ("ticks with numbers", lambda d: at(question(d, "red_flags")["options"][0], "value")(1),
     "questions[red_flags]: each option needs a word as its value"),
    ("number without a maximum", lambda d: question(d, "dbp").pop("maximum"),
     "questions[dbp]: a minimum below a maximum is needed"),
    ("step of nothing", lambda d: at(question(d, "dbp"), "step")(0),
     "questions[dbp]: the step must be above 0"),
    ("temperature without Fahrenheit", lambda d: question(d, "temp")["units"].pop("F"),
     "questions[temp]: units C and F are needed"),
    ("default unit that is none", lambda d: at(question(d, "temp"), "default_unit")("K"),
     "questions[temp]: default_unit: “K” is not one of its units"),
    ("question that can never be asked",
     lambda d: at(question(d, "diarrhea_days"), "ask_when")("diarrhea > 3"),
     "questions[diarrhea_days].ask_when: this can never hold"),
    # phases
    ("no phases", lambda d: at(d, "phases")([]), "phases: there are none"),
    ("hole between phases", lambda d: at(phase(d, "b"), "first_day")(16),
     "phases[b].first_day: a hole, day 15 is expected and not 16"),
    ("overlap of phases", lambda d: at(phase(d, "b"), "first_day")(14),
     "phases[b].first_day: an overlap, day 15 is expected and not 14"),
    ("open phase in the middle", lambda d: phase(d, "b").pop("last_day"),
     "phases[b].last_day: only the last phase may stay open"),
    ("last phase that ends", lambda d: at(phase(d, "e"), "last_day")(5000),
     "phases[e].last_day: a hole, no phase follows day 5000"),
    ("phase that ends before it begins", lambda d: at(phase(d, "pre"), "first_day")(5),
     "phases[pre]: it ends before it begins"),
    ("time that is none", lambda d: at(phase(d, "b"), "times")(["24:00"]),
     "phases[b].times: “24:00” is not a time such as 08:00"),
    ("schedule that never repeats", lambda d: at(phase(d, "b"), "every_days")(0),
     "phases[b].every_days: at least 1 is expected"),
    ("day outside its cycle", lambda d: at(phase(d, "c"), "days_in_cycle")([0, 7]),
     "phases[c].days_in_cycle: days 0 to 6 are expected"),
    ("timer that comes too late", lambda d: at(phase(d, "a")["missed"]["high"][1], "hours")(8),
     "phases[a].missed.high: 8 hours is not a later and higher step"),
    ("timer that means nothing", lambda d: at(phase(d, "e")["missed"]["standard"][0], "level")("none"),
     "phases[e].missed.standard: hours above 0 and a level above none are expected"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("spoil", "problem"), [line[1:] for line in SPOILED], ids=[line[0] for line in SPOILED]
)
def test_bad_protocol_is_refused_with_place_and_reason(
    document: Document, spoil: Callable[[Document], Any], problem: str
) -> None:
    spoil(document)

    assert problem in problems(document)
