"""The phone and the server reach the same level by the same rules. The phone's half runs in Chromium."""

import random
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route

from caregiver.services.phone import packs
from clinic.models import Patient
from clinic.protocols import default_document
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.core.clinic_hour import ClinicHour
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.additions import FINDINGS
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring import vignettes
from clinic.rules.protocols.scoring.assessment import (
    Assessment,
    History,
    PastReport,
    Travel,
    advice,
    assess,
    assess_silence,
)
from tests.clinic.rules.people import a_person
from tests.vectors.cases import COUNT, generate

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "caregiver" / "static" / "caregiver"
VIGNETTES = ROOT / "clinic" / "protocols" / "car_t.vignettes.yaml"
_TYPES = {".js": "text/javascript"}
_EVALUATE = """async ([table, cases]) => {
  const { assess, assessSilence } = await import("/triage/triage.js");
  return cases.map((one) => "silence" in one
    ? assessSilence(table, one.patient, one.silence)
    : assess(table, one.answers, one.patient, one.history));
}"""

HOURS = [
    ClinicHour(after_hours, night, opens_soon)
    for after_hours in (True, False)
    for night in (True, False)
    for opens_soon in (True, False)
]

TRAVELS = [Travel(20, False), Travel(61, False), Travel(None, False), Travel(20, True)]

pytestmark = pytest.mark.e2e


@cache
def protocol() -> Protocol:
    return Protocol.from_document(default_document("car-t"))


@cache
def everything_on() -> Protocol:
    """The default with every addition switched on."""
    document = default_document("car-t")
    for row in document["additions"]:
        row["active"] = True
    return Protocol.from_document(document)


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """An empty page beside the modules; nothing else is served and nothing leaves the machine."""
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto("http://phone.test/")
    yield page
    page.close()


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix("http://phone.test/")
    if not name:
        route.fulfill(content_type="text/html", body="<!doctype html><title>phone</title>")
        return
    route.fulfill(content_type=_TYPES[Path(name).suffix], body=(SCRIPTS / name).read_text())


def _expected(result: Assessment) -> dict[str, Any]:
    return {
        "level": str(result.level),
        "rules": list(result.rules),
        "temperature": str(result.temperature_validation),
    }


def _on_phone(page: Page, cases: list[dict[str, Any]], rules: Protocol | None = None) -> list[dict[str, Any]]:
    table = decision_table(rules or protocol())
    results: list[dict[str, Any]] = page.evaluate(_EVALUATE, [table, cases])
    return results


def _on_server(case: dict[str, Any]) -> dict[str, Any]:
    past = tuple(PastReport(one["hours_ago"], one["answers"]) for one in case["history"]["reports"])
    history = History(past, case["history"]["streaks"])
    return _expected(assess(protocol(), case["answers"], a_person(**case["patient"]), history))


@cache
def _made_up_on_server() -> list[dict[str, Any]]:
    return [_on_server(case) for case in generate(protocol())]


def test_made_up_reports_reach_the_same_level_by_the_same_rules(page: Page) -> None:
    cases = generate(protocol())

    phone = _on_phone(page, cases)

    server = _made_up_on_server()
    different = [(case, a, b) for case, a, b in zip(cases, phone, server, strict=True) if a != b]
    assert different == []
    assert len(phone) == COUNT >= 2000


def test_made_up_reports_reach_every_level_and_nearly_every_rule() -> None:
    found = _made_up_on_server()

    assert {one["level"] for one in found} == {str(level) for level in Level}
    assert {one["temperature"] for one in found} == {"ok", "confirm", "unit_suspect", "reject", "absent"}
    fired = {rule for one in found for rule in one["rules"]}
    named = {rule.id for rule in protocol().rules} | {rule.id for rule in protocol().accumulations}
    assert named - fired == set()


def test_what_a_clinic_adds_counts_alike_on_the_phone(page: Page) -> None:
    dice = random.Random(20261130)
    patients = [
        {
            **case["patient"],
            "findings": dice.sample(sorted(FINDINGS - {"high_tier"}), dice.randint(0, 4)),
            "minutes_to_centre": dice.choice([None, 15, 60, 61, 200]),
            "no_transport": dice.random() < 0.2,
            "age": dice.choice([None, 40, 74, 75, 90]),
            "home_day": dice.choice([None, 0, max(0, case["patient"]["day"] - dice.randint(0, 9))]),
        }
        for case in generate(protocol())[:800]
    ]
    answers = [case["answers"] for case in generate(protocol())[:800]]
    empty = {"reports": [], "streaks": None}
    cases = [
        {"patient": patient, "answers": said, "history": empty}
        for patient, said in zip(patients, answers, strict=True)
    ]
    silences = [
        {"patient": patient, "silence": dice.choice([2, 3, 7.9, 8, 12, 16, 20, 30, 48, 96, 168])}
        for patient in patients
    ]

    phone = _on_phone(page, [*cases, *silences], everything_on())

    people = [a_person(**one) for one in patients]
    server = [
        _expected(assess(everything_on(), said, one, History(())))
        for said, one in zip(answers, people, strict=True)
    ]
    silent = [
        _expected(assess_silence(everything_on(), one, quiet["silence"]))
        for one, quiet in zip(people, silences, strict=True)
    ]
    assert phone == [*server, *silent]
    assert any(rule.startswith("unanswered:") for one in phone for rule in one["rules"])


def test_question_asked_besides_is_asked_on_the_phone(page: Page) -> None:
    asked = page.evaluate(
        """async (table) => {
          const { asked } = await import("/triage/triage.js");
          const known = { tier: "standard", baseline: {}, minutes_to_centre: 10 };
          return [["easix"], []].map((findings) =>
            asked(table, ["home_check"], { alertness: 0 }, { day: 14, ...known, findings }));
        }""",
        decision_table(_home_check_asked_late()),
    )

    assert asked == [["home_check"], []]


@cache
def _home_check_asked_late() -> Protocol:
    document = default_document("car-t")
    question = next(one for one in document["questions"] if one["key"] == "home_check")
    question["ask_when"] = "day >= 20"
    for row in document["additions"]:
        row["active"] = True
    return Protocol.from_document(document)


def test_vignettes_reach_the_same_level_by_the_same_rules(page: Page) -> None:
    told = vignettes.parse(protocol(), yaml.safe_load(VIGNETTES.read_text(encoding="utf-8")))

    phone = _on_phone(page, [_as_case(one) for one in told])

    assert phone == [_told(one) for one in told]
    assert [one["level"] for one in phone] == [str(one.expected) for one in told]
    assert len(told) >= 42


def test_advice_is_chosen_and_filled_in_as_on_the_server(page: Page) -> None:
    facts = {
        "emergency_number": "911",
        "line_phone": "L",
        "clinic_phone": "C",
        "next_staffed": "Monday 8 a.m.",
        "nearest_emergency": "the emergency room on Main Street",
    }
    asked = [
        (str(level), language, hour, day, travel)
        for level in Level
        for language in ("en", "es", "es-MX", "fr")
        for hour in HOURS
        for day in (3, 30, 31, 200)
        for travel in TRAVELS
    ]

    phone = page.evaluate(
        """async ([table, asked, facts]) => {
          const { advice } = await import("/triage/triage.js");
          return asked.map(([level, language, hour, day, travel]) =>
            advice(table, level, language, { ...hour, ...travel, day }, facts));
        }""",
        [
            decision_table(protocol()),
            [
                (level, language, asdict(hour), day, asdict(travel))
                for level, language, hour, day, travel in asked
            ],
            facts,
        ],
    )

    assert phone == [_advice(one, facts) for one in asked]


def test_levels_mean_the_same_on_the_phone(page: Page) -> None:
    levels = [str(level) for level in Level]

    pressing, at_once, worse = page.evaluate(
        """async (levels) => {
          const { goesOutAtOnce, isPressing, isWorse } = await import("/triage/levels.js");
          const pairs = levels.flatMap((one) => levels.map((other) => [one, other]));
          const worse = pairs.filter(([one, other]) => isWorse(one, other));
          return [levels.filter(isPressing), levels.filter(goesOutAtOnce), worse];
        }""",
        levels,
    )

    assert pressing == [str(level) for level in Level if level.is_pressing]
    assert at_once == [str(level) for level in Level if level.goes_out_at_once]
    assert worse == [[str(one), str(other)] for one in Level for other in Level if one > other]


def test_questions_for_the_day_are_those_of_the_protocol(page: Page) -> None:
    asked = page.evaluate(
        """async (table) => {
          const { asked } = await import("/triage/triage.js");
          const keys = table.questions.map((one) => one.key);
          const on = (day, answers) => asked(table, keys, answers, { day, tier: "standard", baseline: {} });
          return [on(3, {}), on(60, {}), on(60, { speech: 1, diarrhea: 2 })];
        }""",
        decision_table(protocol()),
    )

    everything = [question.key for question in protocol().questions]
    assert asked[0] == [key for key in everything if key != "diarrhea_days"]
    late = [key for key in everything if key not in {"diarrhea_days", "home_check", "alone_next_24h"}]
    assert asked[1] == late
    assert asked[2] == [key for key in everything if key != "alone_next_24h"]


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/Berlin"])
def test_phone_knows_the_same_of_a_patient_as_the_server_days_after_its_pack(page: Page, zone: str) -> None:
    patient = Patient(
        infusion_date=date(2026, 3, 20),
        birth_date=date(1961, 3, 29),
        masked_until=date(2026, 3, 28),
        time_zone=zone,
        product="axi-cel",
        target="BCMA",
        tier="high",
        immune_risk=True,
        neutropenia=True,
        platelets_low=True,
        baseline={"sbp": 96, "pain": 2},
        minutes_to_centre=75,
        no_transport_until=datetime(2026, 3, 27, 12, 0, tzinfo=UTC),
        findings="easix toxicity",
        home_since=datetime(2026, 3, 28, 3, 0, tzinfo=UTC),
    )
    packed_at = datetime(2026, 3, 26, 12, 0, tzinfo=UTC)
    moments = [packed_at + timedelta(hours=hours) for hours in range(0, 7 * 24, 5)]

    known = page.evaluate(
        """async ([patient, moments]) => {
          const { contextOf } = await import("/offline/person.js");
          return moments.map((at) => contextOf(patient, new Date(at)));
        }""",
        [packs.known_of(patient, packed_at), [at.isoformat() for at in moments]],
    )

    assert known == [asdict(context_of(patient, at)) for at in moments]
    assert {one["age"] for one in known} == {64, 65}
    assert {one["masked"] for one in known} == {True, False}
    assert {one["no_transport"] for one in known} == {True, False}
    assert {one["home_day"] for one in known} == {None, 7 if zone == "America/New_York" else 8}


def _as_case(one: vignettes.Vignette) -> dict[str, Any]:
    patient = {**vars(one.patient), "baseline": dict(one.patient.baseline)}
    if one.hours_since_last_report is not None:
        return {"patient": patient, "silence": one.hours_since_last_report}
    reports = [{"hours_ago": past.hours_ago, "answers": past.answers} for past in one.history.reports]
    return {
        "patient": patient,
        "answers": one.answers,
        "history": {"reports": reports, "streaks": one.history.streaks},
    }


def _told(one: vignettes.Vignette) -> dict[str, Any]:
    if one.hours_since_last_report is not None:
        return _expected(assess_silence(protocol(), one.patient, one.hours_since_last_report))
    return _expected(assess(protocol(), one.answers, one.patient, one.history))


def _advice(asked: tuple[str, str, ClinicHour, int, Travel], facts: dict[str, str]) -> dict[str, Any]:
    level, language, hour, day, travel = asked
    given = advice(protocol(), Level(level), language, hour=hour, day=day, travel=travel)
    return {
        "level": level,
        "title": given.title.format(**facts),
        "steps": [step.format(**facts) for step in given.steps],
        "call": list(given.call),
        "note": given.note.format(**facts),
    }
