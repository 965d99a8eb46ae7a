"""Rows from a FHIR R4 bundle, whoever wrote it: patients, infusion, stays in hospital, outcomes, labs.

What is not for us is counted and left out: a family's reports come from families alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from clinic.rules.exchange.csv_rows import is_day, outcome_facts
from clinic.rules.exchange.fhir_labs import lab_of
from clinic.rules.exchange.fhir_parts import list_of, map_of, moment_of, text_of
from clinic.rules.exchange.rows import (
    LONGEST_CELL,
    MOST_ROWS,
    Incoming,
    Row,
    RowKind,
    Trouble,
    Unreadable,
    trouble_of_text,
)
from clinic.rules.fhir.care import PLANNED_DAY
from clinic.rules.fhir.outcomes import FORM

_NUMBER_TYPE = "MR"
# FHIR R4, EncounterStatus: what has begun and not ended, and what has.
_OPEN = ("arrived", "in-progress", "onleave")
_OVER = ("finished",)
# v3-ActCode: inpatient, acute and not. Whoever comes for an hour is at home.
_STAYS = ("IMP", "ACUTE", "NONAC")
# Of what these are about a row is made; the rest is left out.
_BESIDE = ("Organization", "Practitioner", "RelatedPerson", "Provenance")

Resource = Mapping[str, Any]
# The code that a text means, empty for none that is known here.
Find = Callable[[str], str]


def read(document: Any, *, find_product: Find, find_disease: Find) -> Incoming:
    """The rows of a bundle, in its order. Unreadable."""
    resources = [*_resources(document)]
    if len(resources) > MOST_ROWS * 40:
        raise Unreadable(Trouble.TOO_MANY)
    people = {name: one for name, one in resources if one["resourceType"] == "Patient"}
    if not people:
        raise Unreadable(Trouble.NO_PATIENT)
    reader = _Reader(people, find_product, find_disease)
    for number, (name, one) in enumerate(resources, start=1):
        reader.take(number, name, one)
    rows = tuple(reader.rows())
    if len(rows) > MOST_ROWS:
        raise Unreadable(Trouble.TOO_MANY)
    return Incoming(rows, key=_key_of(document), left_out=dict(reader.left_out))


class _Reader:
    """Goes once through the resources, and knows whom each is about."""

    def __init__(self, people: Mapping[str, Resource], find_product: Find, find_disease: Find) -> None:
        self._people, self._find_product, self._find_disease = people, find_product, find_disease
        # By relative name as well, because references may be either.
        self._names = {name: name for name in people} | {
            f"Patient/{one['id']}": name for name, one in people.items() if text_of(one, "id")
        }
        self._facts: dict[str, dict[str, Any]] = {}
        self._patients: dict[str, Row] = {}
        self._others: list[Row] = []
        self._numbers: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()

    def take(self, number: int, name: str, one: Resource) -> None:
        kind = one["resourceType"]
        if kind == "Patient":
            facts, troubles = _facts(one)
            self._facts[name] = facts
            self._patients[name] = Row(
                number, RowKind.PATIENT, name, facts, _updated(one), troubles=tuple(troubles)
            )
            return
        whose = self._names.get(text_of(map_of(one, "patient") or map_of(one, "subject"), "reference"))
        if kind in _BESIDE:
            return
        if whose is None:
            self.left_out[kind] += 1
        elif kind == "Condition":
            texts = _texts(one.get("code"))
            known = next((code for text in texts if (code := self._find_disease(text))), "")
            self._facts_of(whose).setdefault("disease", known or _words(one.get("code"))[:LONGEST_CELL])
        elif kind == "Procedure" and self._infusion(whose, one):
            return
        elif kind == "Encounter" and (stay := _stay(one)) is not None:
            self._others.append(Row(number, stay[0], whose, stay[1], stay[2], stay[3]))
        elif kind == "QuestionnaireResponse" and text_of(one, "questionnaire").startswith(FORM):
            facts, troubles = _form(one)
            self._others.append(Row(number, RowKind.OUTCOME, whose, facts, troubles=tuple(troubles)))
        elif kind == "Observation" and (found := lab_of(one)) is not None:
            self._others.append(Row(number, RowKind.LAB, whose, found[0], troubles=tuple(found[1])))
        else:
            self.left_out[kind] += 1

    def rows(self) -> Iterator[Row]:
        """Each person first, then what is about them."""
        counted = Counter(str(facts.get("hospital_number", "")) for facts in self._facts.values())
        for name, row in self._patients.items():
            facts = self._facts[name] | self._facts.get(f"of {name}", {})
            wrong = trouble_of_text(str(facts.get("disease", "")))
            troubles = [*row.troubles, *([("disease", wrong)] if wrong else [])]
            if facts.get("hospital_number") and counted[str(facts["hospital_number"])] > 1:
                troubles.append(("", Trouble.TWICE_HERE))
            yield Row(row.number, row.kind, name, facts, row.at, tuple(troubles))
            for other in self._others:
                if other.person == name:
                    keys = {key: facts[key] for key in ("hospital_number", "key") if facts.get(key)}
                    yield Row(
                        other.number, other.kind, name, {**other.facts, **keys}, other.at, other.troubles
                    )

    def _facts_of(self, name: str) -> dict[str, Any]:
        """What other resources say of a person; the person's own comes before or after it."""
        return self._facts.setdefault(f"of {name}", {})

    def _infusion(self, whose: str, one: Resource) -> bool:
        """Whether it is one. Of several the last begins the course that is looked after."""
        texts = [text for part in (*list_of(one, "usedCode"), one.get("code")) for text in _texts(part)]
        product = next((code for text in texts if (code := self._find_product(text))), "")
        is_ours = any("car-t" in text.casefold() for text in texts)
        if one.get("status") not in ("completed", "preparation") or not (product or is_ours):
            return False
        day = _day_of_infusion(one)
        facts = self._facts_of(whose)
        if not day or day < str(facts.get("infusion_date", "")):
            return True
        facts["infusion_date"] = day
        facts["product"] = product or next(iter(_texts(next(iter(list_of(one, "usedCode")), None))), "")
        return True


def _resources(document: Any) -> Iterator[tuple[str, Resource]]:
    """Each resource with its name: the full address of its entry, or its type and id."""
    entries = document.get("entry") if isinstance(document, dict) else None
    if not isinstance(entries, list) or document.get("resourceType") != "Bundle":
        raise Unreadable(Trouble.NO_BUNDLE)
    for place, entry in enumerate(entries, start=1):
        one = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(one, dict) or not isinstance(one.get("resourceType"), str):
            raise Unreadable(Trouble.NOT_READABLE, f"entry {place}")
        full = entry.get("fullUrl")
        yield (
            (full if isinstance(full, str) and full else f"{one['resourceType']}/{one.get('id', place)}"),
            one,
        )


def _facts(one: Resource) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Who somebody is."""
    troubles: list[tuple[str, str]] = []
    name = _best(list_of(one, "name"), "use", ("official", "usual"))
    given = [part for part in list_of(name, "given") if isinstance(part, str)]
    number = text_of(_number(list_of(one, "identifier")), "value")
    said = {
        "given_name": " ".join(given[:1]),
        "family_name": text_of(name, "family"),
        "birth_date": text_of(one, "birthDate"),
        "hospital_number": number,
        "language": _language(one),
        "key": text_of(one, "id"),
    }
    facts: dict[str, Any] = {}
    for field, text in said.items():
        wrong = trouble_of_text(text)
        if wrong is not None:
            troubles.append((field, wrong))
        elif text:
            facts[field] = text
    if facts.get("birth_date") and not is_day(facts["birth_date"]):
        troubles.append(("birth_date", Trouble.NO_DAY))
        del facts["birth_date"]
    told = {trouble for trouble, _code in troubles}
    for field in ("given_name", "family_name", "birth_date"):
        if field not in facts and field not in told:
            troubles.append((field, Trouble.NEEDED))
    if one.get("deceasedBoolean") is True or text_of(one, "deceasedDateTime"):
        facts["is_deceased"] = True
    return facts, troubles


def _number(identifiers: list[Any]) -> Any:
    """The hospital's own number: the one that says so, or the only one."""
    for one in identifiers:
        codings = list_of(map_of(one, "type"), "coding")
        if any(text_of(coding, "code") == _NUMBER_TYPE for coding in codings):
            return one
    return identifiers[0] if len(identifiers) == 1 else None


def _language(one: Resource) -> str:
    """The preferred one, as ours are written: zh-Hans is zh-hans."""
    spoken = list_of(one, "communication")
    chosen = next((each for each in spoken if map_of(each, "preferred") or each), None)
    preferred = next((each for each in spoken if isinstance(each, dict) and each.get("preferred")), chosen)
    codings = list_of(map_of(preferred, "language"), "coding")
    return text_of(codings[0] if codings else None, "code").lower()


def _day_of_infusion(one: Resource) -> str:
    """The day where it was given; of one that is still to come the day for which it is planned."""
    said = text_of(one, "performedDateTime") or text_of(map_of(one, "performedPeriod"), "start")
    for extension in list_of(one, "extension"):
        if not said and text_of(extension, "url") == PLANNED_DAY:
            said = text_of(extension, "valueDate")
    day = said[: len("2026-11-30")]
    return day if is_day(day) else ""


def _stay(
    one: Resource,
) -> tuple[RowKind, dict[str, Any], datetime | None, tuple[tuple[str, str], ...]] | None:
    """An admission that lasts, or a discharge; None for what is no stay."""
    if text_of(map_of(one, "class"), "code") not in _STAYS:
        return None
    is_over = one.get("status") in _OVER
    if not is_over and one.get("status") not in _OPEN:
        return None
    said = text_of(map_of(one, "period"), "end" if is_over else "start")
    at = moment_of(said)
    troubles = () if at else (("at", Trouble.NO_MOMENT.value),)
    return (RowKind.DISCHARGED if is_over else RowKind.ADMITTED), {}, at, troubles


def _form(one: Resource) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """A form about what became of somebody: clinic/rules/fhir/outcomes.py writes the same."""
    said: dict[str, str] = {}
    for item in list_of(one, "item"):
        answers = list_of(item, "answer")
        value = next(
            (
                each[name]
                for each in answers
                if isinstance(each, dict)
                for name in ("valueInteger", "valueDate", "valueString")
                if name in each
            ),
            None,
        )
        key = text_of(item, "linkId")
        if key and isinstance(value, str | int) and not isinstance(value, bool):
            said[key[:LONGEST_CELL]] = str(value)[: LONGEST_CELL + 1]
    course, day = said.pop("course", ""), said.pop("day", "")
    form = text_of(one, "questionnaire").removeprefix(FORM)
    facts, troubles = outcome_facts(course=course, form=form, day=day, answers=said)
    return facts, troubles + [
        (key, wrong) for key, text in said.items() if (wrong := trouble_of_text(text)) is not None
    ]


def _updated(one: Resource) -> datetime | None:
    return moment_of(text_of(map_of(one, "meta"), "lastUpdated"))


def _key_of(document: Resource) -> str:
    """The bundle's own identifier, else its id."""
    said = text_of(map_of(document, "identifier"), "value") or text_of(document, "id")
    return said if trouble_of_text(said) is None else ""


def _texts(concept: Any) -> list[str]:
    """All that a concept says in words; "generic (Brand)" in its parts too."""
    found = [text_of(concept, "text"), *(text_of(one, "display") for one in list_of(concept, "coding"))]
    parts = [part.strip(" )") for text in found for part in text.split("(")]
    return [text for text in (*found, *parts) if text]


def _words(concept: Any) -> str:
    return next(iter(_texts(concept)), "")


def _best(rows: list[Any], key: str, wanted: tuple[str, ...]) -> Any:
    for value in wanted:
        for one in rows:
            if text_of(one, key) == value:
                return one
    return rows[0] if rows else None
