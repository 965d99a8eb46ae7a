"""What the names in a protocol document are called: questions, answers, stored facts, definitions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.additions import HIGH_TIER, STEROIDS_GIVEN
from clinic.rules.protocols.document.condition_parser import Fact, Vocabulary
from clinic.rules.protocols.document.conditions import Flag
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE
from clinic.rules.protocols.document.vocabulary import ADVICE_FACTS, PATIENT_FACTS
from clinic.rules.protocols.scoring.numbers import before_unit

FACTS: dict[str, str | Promise] = {
    "day": gettext_lazy("day"),
    "age": gettext_lazy("age"),
    "tier": gettext_lazy("risk tier"),
    "target": gettext_lazy("target"),
    "product": gettext_lazy("product"),
    "immune_risk": gettext_lazy("the clinic has noted an immune risk"),
    "neutropenia": gettext_lazy("the clinic has noted low white cells"),
    "platelets_low": gettext_lazy("the clinic has noted low platelets"),
    "masked": gettext_lazy("the clinic has noted medicine that can hide a fever"),
    "after_hours": gettext_lazy("nobody reads reports now"),
    "night": gettext_lazy("it is night"),
    "opens_soon": gettext_lazy("the clinic opens soon"),
    "minutes_to_centre": gettext_lazy("minutes to the clinic"),
    "no_transport": gettext_lazy("the family cannot come in tonight"),
}
# The words that facts may have, where they are words of a language.
VALUES: dict[str, str | Promise] = {"high": gettext_lazy("high"), "standard": gettext_lazy("standard")}
# Those of the definitions that ship with the program; another is called by its own name.
DEFINITIONS: dict[str, str | Promise] = {
    "fever": gettext_lazy("fever"),
    "warm": gettext_lazy("raised temperature"),
    "fever_hidden": gettext_lazy("medicine may hide a fever"),
    "chronic_low_oxygen": gettext_lazy("low oxygen is usual"),
    "neuro_sign": gettext_lazy("a change in thinking or moving"),
    "unwell": gettext_lazy("unwell"),
    "early": gettext_lazy("early days"),
    "high_tier": gettext_lazy("high risk tier"),
    "after_bcma": gettext_lazy("after a BCMA product"),
}

# Whom an addition is for; what an assessment finds, as staff would say it.
FINDINGS: dict[str, str | Promise] = {
    HIGH_TIER: gettext_lazy("a high risk tier"),
    "age": gettext_lazy("their age"),
    "bridging": gettext_lazy("bridging treatment"),
    "caregiver": gettext_lazy("living alone, or one adult who can stay"),
    "comorbidity": gettext_lazy("other illnesses"),
    "diabetes": gettext_lazy("diabetes on drugs"),
    "disease": gettext_lazy("their disease or product"),
    "distance": gettext_lazy("a long way to the clinic"),
    "easix": gettext_lazy("a high EASIX"),
    "ecog": gettext_lazy("a low performance status"),
    "egfr": gettext_lazy("weak kidneys"),
    "frailty": gettext_lazy("frailty"),
    "hematotox": gettext_lazy("a high CAR-HEMATOTOX"),
    "icaht": gettext_lazy("severe low counts (ICAHT)"),
    "heart_illness": gettext_lazy("an illness of the heart"),
    "iec_hs": gettext_lazy("an HLH-like illness"),
    "immunity": gettext_lazy("low IgG or CD4"),
    "infection": gettext_lazy("a severe infection"),
    "interpreter": gettext_lazy("an interpreter who is needed"),
    "ldh": gettext_lazy("a high LDH"),
    "lvef": gettext_lazy("a weak heart"),
    "no_smartphone": gettext_lazy("no smartphone in the family"),
    "prior_hct": gettext_lazy("a transplant before"),
    "prior_infection": gettext_lazy("an infection before"),
    "product": gettext_lazy("their product"),
    "reading_help": gettext_lazy("a need of help with forms"),
    "steroids": gettext_lazy("many days of steroids"),
    "toxicity": gettext_lazy("CRS or ICANS of grade 2 or more"),
}
# What a care task may need besides.
NEEDS: dict[str, str | Promise] = {**FINDINGS, STEROIDS_GIVEN: gettext_lazy("steroids in this course")}


def said(texts: Mapping[str, str]) -> str:
    """A text of the document in the reader's language, else in English."""
    return texts.get((get_language() or "")[:2]) or texts.get(FALLBACK_LANGUAGE, "")


class Names:
    """The names of one document, which may be a draft that cannot be published yet."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.questions = {str(one["key"]): one for one in document["questions"]}
        self.definitions: Mapping[str, str] = document["definitions"]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Enough of it to read conditions: which names are numbers, and which are yes or no."""
        facts = {key: _fact(one) for key, one in self.questions.items()}
        usual = {f"baseline.{key}": Fact("number", may_be_missing=True) for key in self.document["baselines"]}
        return {**ADVICE_FACTS, **PATIENT_FACTS, **facts, **usual}

    @property
    def placeholders(self) -> dict[str, Flag]:
        """Definitions by name, so that a sentence can say the name."""
        return {name: Flag(name) for name in self.definitions}

    def label(self, key: str) -> str:
        if key in self.questions:
            return said(self.questions[key]["label"])
        return str(FACTS.get(key) or DEFINITIONS.get(key) or key.replace("_", " "))

    def unit(self, key: str) -> str:
        """With what stands between it and the number before it."""
        unit = str(self.questions.get(key, {}).get("unit") or "")
        return before_unit(unit, get_language() or "") + unit if unit else ""

    def number(self, key: str, value: float) -> str:
        """A number with the decimals of its question: 38.0, not 38."""
        step = self.questions.get(key, {}).get("step") or 1
        if value == int(value) and step == int(step):
            return str(int(value))
        return f"{value:.1f}" if round(value, 1) == value else f"{value:g}"

    def is_ticked(self, key: str) -> bool:
        """Whether answers to it are ticked, so that it counts how many."""
        return bool(self.questions.get(key, {}).get("kind") == Kind.TICKS)

    def options(self, key: str) -> dict[str, str]:
        """The answers of a question that is answered by choosing one, by their number."""
        question = self.questions.get(key, {})
        if question.get("kind") != Kind.CHOICE:
            return {}
        return {str(one["value"]): said(one["text"]) for one in question["options"]}


def _fact(question: Mapping[str, Any]) -> Fact:
    if question["kind"] == Kind.YES_NO:
        return Fact("flag")
    return Fact("number", may_be_missing=question["kind"] not in {Kind.CHOICE, Kind.TICKS})
