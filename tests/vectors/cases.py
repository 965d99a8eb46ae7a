"""Made-up reports, from plain to absurd, the same ones on every run."""

import random
from typing import Any

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import Question

SEED = 20261122
COUNT = 3000

_ODD = [
    "",
    "  ",
    "abc",
    "38,5,1",
    "-3",
    "1e3",
    "٣٨٫٥",
    "٣٨.٥",
    "３８,６",
    "999999",
    "1234567",
    None,
    True,
    [],
    ["x"],
    1.5,
    -1,
    99,
]
_ODD += [
    "98%",
    "98 ％",
    "88 BPM",
    "88 / min",
    "120 mm Hg",
    "120mmhg",
    "72 kg",
    "7 7",
    "3 x",
    "88 lpm",
    "88次/分",
    "97%.",
]
_ODD += [" 2 ", "2.0", "1,0", "YES", "off", "no", "\t37,9\n"]
_TYPED_TEMPERATURES = [
    "38,0",
    "37.95",
    "37.949999",
    "100.4",
    "100,39",
    "104",
    "34.95",
    "95",
    "86",
    "113.0",
    "29.9",
    "45.05",
    "0,38",
    "101.3 F",
    "38.5°C",
    "38,5 ºc",
    "38.5 °F",
    "98.6 C",
    "101.3 degrees Fahrenheit",
    "38,6 độ C",
    "３８．６℃",
    "37．9 度",
    "\u200f٣٨٫٥ درجة",
    "38.5 K",
    "38.5\u00a0°\u2009C",
    "38.5C\x1c",
    "38.5 C F",
    "٣٨٫٥ درجة مئوية",
    "٣٨٫٥ °م.",
    "38。5 攝氏",
    "38,5 Centigrados",
    "101·3 华氏度。",
    "38.5 . ",
]
_UNITS = ["C", "F", "°C", "° f", "Celsius", "°", "c", " f ", "K", "", None, ["C"], 5]
_TARGETS = ["CD19", "BCMA", "bcma", ""]
_DAYS = [-10, -1, 0, 4, 7, 8, 14, 15, 28, 29, 30, 31, 60, 100, 101, 365, 366, 900]


def generate(protocol: Protocol) -> list[dict[str, Any]]:
    """Reports with patient and history, as plain JSON."""
    dice = random.Random(SEED)
    return [_case(protocol, dice, number) for number in range(COUNT)]


def _case(protocol: Protocol, dice: random.Random, number: int) -> dict[str, Any]:
    history = [
        {
            "hours_ago": dice.choice([0.5, 6, 12, 23.9, 24, 24.1, 48, 167.9, 168, 168.1, 400]),
            "answers": _answers(protocol, dice),
        }
        for _ in range(dice.choice([0, 0, 0, 1, 2, 3]))
    ]
    return {
        "id": f"made {number}",
        "answers": _answers(protocol, dice),
        "patient": _patient(protocol, dice),
        "history": {
            "reports": history,
            "streaks": dice.choice(
                [None, None, None, {key: dice.randint(1, 4) for key in dice.sample(protocol.scale_items, 5)}]
            ),
        },
    }


def _patient(protocol: Protocol, dice: random.Random) -> dict[str, Any]:
    flags = {key: dice.random() < 0.2 for key in ("immune_risk", "neutropenia", "platelets_low", "masked")}
    usual = {
        "sbp": (85, 140),
        "spo2": (86, 99),
        "home_check": (5, 10),
        "pain": (0, 3),
        "activity": (0, 3),
        "movement": (0, 3),
    }
    return {
        "day": dice.choice(_DAYS),
        "tier": dice.choice(["standard", "high"]),
        "target": dice.choice(_TARGETS),
        "product": dice.choice(["axi-cel", "cilta-cel"]),
        "baseline": {key: dice.randint(*usual[key]) for key in protocol.baselines if dice.random() < 0.4},
        **flags,
    }


def _answers(protocol: Protocol, dice: random.Random) -> dict[str, Any]:
    # Some reports answer nearly all, some hardly anything; most answers of most reports are mild.
    rate, severity = dice.choice([0.05, 0.2, 0.9]), dice.choice([0.1, 0.4, 0.9])
    answers: dict[str, Any] = {}
    for question in protocol.questions:
        if dice.random() < rate or (question.kind is Kind.TEMPERATURE and dice.random() < 0.7):
            answers |= _answer(question, dice, severity)
    if dice.random() < 0.02:
        answers["made_up_question"] = 1
    return answers


def _answer(question: Question, dice: random.Random, severity: float) -> dict[str, Any]:
    key = question.answer_keys[0]
    if dice.random() < 0.03:
        return {key: dice.choice(_ODD)}
    if question.kind is Kind.TEMPERATURE:
        return _temperature(question, dice)
    if question.kind is Kind.TICKS:
        options = [*[option.value for option in question.options], "a_sign_of_their_own"]
        return {key: dice.sample(options, dice.choice([1, 2])) if dice.random() < severity / 3 else []}
    if question.kind is Kind.YES_NO:
        return {key: dice.choice([True, False, "yes", "no"])}
    if question.kind is Kind.CHOICE:
        return {key: dice.randint(0, question.highest) if dice.random() < severity else 0}
    return {key: _number(question, dice)}


def _temperature(question: Question, dice: random.Random) -> dict[str, Any]:
    value_key, unit_key = question.answer_keys
    if dice.random() < 0.15:
        return {value_key: dice.choice([*_TYPED_TEMPERATURES, *_ODD]), unit_key: dice.choice(_UNITS)}
    unit = dice.choice("CF")
    celsius = dice.choice([36.8, dice.uniform(34.5, 40.5), dice.uniform(37.3, 38.3), dice.uniform(29, 46)])
    shown = round(celsius if unit == "C" else celsius * 9 / 5 + 32, dice.choice([1, 1, 2]))
    value: Any = dice.choice([shown, str(shown), str(shown).replace(".", ",")])
    answered = {value_key: value, unit_key: unit}
    return answered if dice.random() < 0.95 else {value_key: value}


def _number(question: Question, dice: random.Random) -> Any:
    low, high = int(question.minimum or 0), int(question.maximum or 0)
    value = dice.choice([dice.randint(low, high), dice.randint(low, high), low - 1, high + 1, low, high])
    return dice.choice([value, str(value), f"{value},5"])
