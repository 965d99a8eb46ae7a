from __future__ import annotations

from typing import Any

import pytest

from clinic.rules.core.clinic_hour import ClinicHour
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    NO_HISTORY,
    History,
    PastReport,
    PatientContext,
    Travel,
    advice,
    assess,
    assess_silence,
)
from tests.clinic.rules.people import a_person

LATE = a_person(day=60)
EARLY = a_person(day=10)
NEAR = Travel(minutes_to_centre=20, no_transport=False)


@pytest.mark.parametrize(
    ("answers", "patient", "english", "spanish"),
    [
        (
            {"temp_value": 38.6},
            LATE,
            "Temperature 38.6 °C (38.0 to 39.9)",
            "Temperatura 38.6 °C (38.0 a 39.9)",
        ),
        ({"temp_value": 40}, LATE, "Temperature 40.0 °C (40.0 or more)", "Temperatura 40.0 °C (40.0 o más)"),
        (
            {"temp_value": 34.5},
            LATE,
            "Temperature 34.5 °C (34.9 or less)",
            "Temperatura 34.5 °C (34.9 o menos)",
        ),
        ({}, EARLY, "Temperature was not measured", "No se midió la temperatura"),
        (
            {"temp_value": "hot"},
            LATE,
            "Temperature: the answer could not be used",
            "Temperatura: no se pudo usar la respuesta",
        ),
        ({"home_check": 2}, LATE, "10-point check 2 (2 or less)", "Prueba de 10 puntos 2 (2 o menos)"),
        (
            {"sbp": 92},
            a_person(day=60, baseline={"sbp": 96}),
            "Blood pressure, top number 92 mmHg (90 to 99), close to the usual value",
            "Presión, número de arriba 92 mmHg (90 a 99), cerca de lo usual",
        ),
        (
            {"chills": 3},
            LATE,
            "Chills: Hard shaking that they cannot stop",
            "Escalofríos: Sacudidas fuertes que no puede parar",
        ),
        (
            {"pain": 2},
            a_person(day=60, baseline={"pain": 2}),
            "Pain: Some tasks are hard, no worse than usual",
            "Dolor: Le cuesta hacer algunas cosas, no peor que lo usual",
        ),
        ({"red_flags": ["seizure"]}, LATE, "A danger sign was checked", "Se marcó una señal de peligro"),
        (
            {"mystery": 3},
            LATE,
            "mystery: the answer could not be used",
            "mystery: no se pudo usar la respuesta",
        ),
    ],
)
def test_reason_says_in_plain_words_what_fired(
    protocol: Protocol, answers: dict[str, Any], patient: PatientContext, english: str, spanish: str
) -> None:
    reason = assess(protocol, answers, patient, NO_HISTORY).reasons[0]

    assert reason.why("en") == english
    assert reason.why("es") == spanish
    assert reason.why("ko") == english


def test_reasons_stand_highest_first_and_otherwise_in_the_order_of_the_protocol(protocol: Protocol) -> None:
    answers = {"temp_value": 38.6, "sbp": 86, "pulse": 118, "cough": 1}

    assessment = assess(protocol, answers, a_person(day=3), NO_HISTORY)

    assert [(reason.rule, reason.level) for reason in assessment.reasons] == [
        ("C2_fever_unstable", "emergency"),
        ("temp", "urgent"),
        ("pulse", "urgent"),
        ("sbp", "urgent"),
        ("A1_three_same_day", "urgent"),
        ("cough", "same_day"),
        ("A2_three_watch", "same_day"),
    ]


def test_accumulation_names_the_domains(protocol: Protocol) -> None:
    assessment = assess(protocol, {"vomiting": 2, "skin_site": 2, "pain": 2}, LATE, NO_HISTORY)

    reason = assessment.reasons[0]
    assert (reason.rule, reason.level, reason.item) == ("A1_three_same_day", Level.URGENT, None)
    assert reason.why("en") == "3 areas need a call today: stomach and bowels, skin, pain"


def test_warm_is_not_fever(protocol: Protocol) -> None:
    rules = assess(protocol, {"temp_value": 37.9, "bleeding": 1}, LATE, NO_HISTORY).rules

    assert "C11_warm_and_bleeding_or_dizzy" in rules
    assert "C10_fever_bleed" not in rules


def test_only_the_fever_and_bleeding_rule_carries_a_hint_for_staff(protocol: Protocol) -> None:
    assessment = assess(protocol, {"temp_value": 38.2, "bleeding": 1}, EARLY, NO_HISTORY)

    hints = {reason.rule: reason.hint("en") for reason in assessment.reasons if reason.staff_only}
    assert hints == {"C10_fever_bleed": "low counts / HLH pattern"}


def test_temperature_check_is_reported(protocol: Protocol) -> None:
    assert (
        assess(protocol, {"temp_value": 38, "temp_unit": "F"}, LATE, NO_HISTORY).temperature_validation
        == "unit_suspect"
    )
    assert assess(protocol, {}, LATE, NO_HISTORY).temperature_validation == "absent"


def test_stored_usual_value_that_is_no_number_counts_as_not_stored(protocol: Protocol) -> None:
    odd: Any = {"sbp": "low", "home_check": True}

    assessment = assess(protocol, {"sbp": 92, "home_check": 10}, a_person(day=60, baseline=odd), NO_HISTORY)

    assert [(reason.rule, reason.level) for reason in assessment.reasons] == [("sbp", "same_day")]


def report(hours_ago: float, **answers: Any) -> PastReport:
    return PastReport(hours_ago=hours_ago, answers=answers)


def test_a_jump_is_measured_from_the_best_report_of_the_week(protocol: Protocol) -> None:
    history = History(reports=(report(12, activity=1), report(24, activity=0), report(200, activity=0)))

    reason = assess(protocol, {"activity": 2}, LATE, history).reasons[0]

    assert (reason.rule, reason.level) == ("T1_two_steps:activity", Level.SAME_DAY)
    assert reason.why("en") == "Activity: 2 steps worse than 24 hours ago"


def test_an_earlier_temperature_that_was_not_measured_cannot_be_compared(protocol: Protocol) -> None:
    history = History(reports=(report(6), report(12, temp_value="hot")))

    assert assess(protocol, {"temp_value": 37.4}, LATE, history).rules == ()


def test_missed_doses_are_no_jump(protocol: Protocol) -> None:
    assert assess(protocol, {"meds_missed": 2}, LATE, History(reports=(report(6),))).rules == ("meds_missed",)


@pytest.mark.parametrize(
    ("earlier", "fires"),
    [
        ([1, 1], True),
        ([2, 3], True),
        ([1, 1, 0], True),
        ([1], False),
        ([1, 0, 1], False),
        ([None, 1, 1], False),
        ([], False),
    ],
)
def test_persisting_needs_three_reports_running(
    protocol: Protocol, earlier: list[int | None], fires: bool
) -> None:
    reports = tuple(
        report(200 + hours, vomiting=value) for hours, value in enumerate(earlier)
    )  # older than any jump

    rules = assess(protocol, {"vomiting": 1}, LATE, History(reports=reports)).rules

    assert ("T3_persisting:vomiting" in rules) is fires


@pytest.mark.parametrize("day", [20, 60, 300])
def test_tiredness_and_pain_at_their_usual_values_call_nobody_however_often(
    protocol: Protocol, day: int
) -> None:
    usual = a_person(day=day, baseline={"activity": 1, "pain": 1})
    reports = tuple(report(12 * number, temp_value=36.6, activity=1, pain=1) for number in range(1, 40))

    found = assess(protocol, {"temp_value": 36.6, "activity": 1, "pain": 1}, usual, History(reports=reports))

    assert (found.level, found.rules) == (Level.NONE, ())


@pytest.mark.parametrize(
    ("now", "earlier", "fires"),
    [
        (2, [2, 2], True),
        (3, [2, 2], True),
        (2, [2, 1], False),
        (2, [1, 2], False),
        (1, [2, 2], False),
        (2, [2], False),
    ],
)
def test_all_three_reports_must_be_above_the_usual_value(
    protocol: Protocol, now: int, earlier: list[int], fires: bool
) -> None:
    patient = a_person(day=60, baseline={"pain": 1})
    reports = tuple(report(200 + hours, pain=value) for hours, value in enumerate(earlier))

    rules = assess(protocol, {"pain": now}, patient, History(reports=reports)).rules

    assert ("T3_persisting:pain" in rules) is fires


def test_earlier_reports_may_come_in_any_order(protocol: Protocol) -> None:
    history = History(
        reports=(
            report(400, vomiting=0),
            report(200, vomiting=1),
            report(500, vomiting=1),
            report(300, vomiting=1),
        )
    )

    assert "T3_persisting:vomiting" in assess(protocol, {"vomiting": 1}, LATE, history).rules


def test_stated_streaks_replace_what_the_reports_say(protocol: Protocol) -> None:
    reports = (report(200, vomiting=1), report(300, vomiting=1))

    history = History(reports=reports, streaks={"intake": 3})

    assert assess(protocol, {"vomiting": 1}, LATE, history).rules == ("vomiting",)


def test_a_streak_of_something_that_is_gone_does_not_fire(protocol: Protocol) -> None:
    assert assess(protocol, {}, LATE, History(streaks={"vomiting": 5})).rules == ()


def test_silence_says_how_long_and_which_timer(protocol: Protocol) -> None:
    [reason] = assess_silence(protocol, a_person(day=4), 13.5).reasons

    assert (reason.rule, reason.level, reason.item) == ("missed", Level.SAME_DAY, None)
    assert reason.why("en") == "No report for 13 hours (12 or more)"
    assert reason.why("es") == "Sin reporte desde hace 13 horas (12 o más)"


def test_tier_without_timers_of_its_own_uses_the_standard_ones(protocol: Protocol) -> None:
    patient = a_person(day=60, tier="high")

    assert assess_silence(protocol, patient, 167.9).level is Level.NONE
    assert assess_silence(protocol, patient, 168).level is Level.SAME_DAY


def test_silence_before_the_infusion_means_nothing(protocol: Protocol) -> None:
    assessment = assess_silence(protocol, a_person(day=-200), 10_000)

    assert (assessment.level, assessment.reasons) == (Level.NONE, ())


OPEN = ClinicHour(after_hours=False, night=False, opens_soon=True)
EVENING = ClinicHour(after_hours=True, night=True, opens_soon=True)
DAWN = ClinicHour(after_hours=True, night=False, opens_soon=True)
WEEKEND_NOON = ClinicHour(after_hours=True, night=False, opens_soon=False)
WEEKEND_NIGHT = ClinicHour(after_hours=True, night=True, opens_soon=False)


@pytest.mark.parametrize(
    ("level", "hour", "day", "title", "call"),
    [
        ("emergency", OPEN, 5, "Call {emergency_number} now", ("emergency", "line")),
        ("emergency", EVENING, 5, "Call {emergency_number} now", ("emergency", "line")),
        ("urgent", OPEN, 5, "Call the 24-hour line now", ("line", "emergency")),
        ("urgent", EVENING, 400, "Call the 24-hour line now", ("line", "emergency")),
        ("same_day", OPEN, 5, "Call the clinic today", ("clinic", "line", "emergency")),
        ("same_day", EVENING, 30, "Call the on-call line tonight", ("line", "emergency")),
        ("same_day", WEEKEND_NIGHT, 30, "Call the on-call line tonight", ("line", "emergency")),
        ("same_day", DAWN, 30, "Call the on-call line today", ("line", "emergency")),
        ("same_day", WEEKEND_NOON, 21, "Call the on-call line today", ("line", "emergency")),
        ("same_day", EVENING, 31, "Call when the clinic opens", ("clinic", "line", "emergency")),
        ("same_day", DAWN, 31, "Call when the clinic opens", ("clinic", "line", "emergency")),
        ("same_day", WEEKEND_NIGHT, 31, "Call the on-call line in the morning", ("line", "emergency")),
        ("same_day", WEEKEND_NOON, 31, "Call the on-call line today", ("line", "emergency")),
        ("watch", OPEN, 5, "Check again soon", ("line", "emergency")),
        ("none", OPEN, 5, "No one is alerted about this report", ("line", "emergency")),
    ],
)
def test_advice_by_level_hour_and_day(
    protocol: Protocol, level: str, hour: ClinicHour, day: int, title: str, call: tuple[str, ...]
) -> None:
    told = advice(protocol, Level(level), "en", hour=hour, day=day, travel=NEAR)

    assert (told.level, told.title, told.call) == (level, title, call)


@pytest.mark.parametrize("level", [Level.NONE, Level.WATCH, Level.SAME_DAY])
@pytest.mark.parametrize("hour", [EVENING, DAWN, WEEKEND_NOON, WEEKEND_NIGHT])
def test_after_hours_every_level_that_pages_nobody_says_that_nobody_reads(
    protocol: Protocol, level: Level, hour: ClinicHour
) -> None:
    told = advice(protocol, level, "en", hour=hour, day=5, travel=NEAR)

    assert "until {next_staffed}. Do not wait for a reply." in told.note
