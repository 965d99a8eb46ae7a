"""The parts that resources are made of. What nobody recorded is left out; nothing is made up in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

Resource = dict[str, Any]

# Codes that are ours and mean something to nobody else.
OURS = "urn:kinwatch"
UCUM = "http://unitsofmeasure.org"
LOINC = "http://loinc.org"
# How the units of questions are written in UCUM.
_UNITS: Mapping[str, str] = {
    "°C": "Cel",
    "°F": "[degF]",
    "/min": "/min",
    "mmHg": "mm[Hg]",
    "%": "%",
    "kg": "kg",
}


def resource(kind: str, key: object, **elements: Any) -> Resource:
    """A resource of this type and id, without its empty elements."""
    return {"resourceType": kind, "id": str(key), **without_empty(elements)}


def without_empty(elements: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}


def reference(kind: str, key: object, name: str = "") -> Resource:
    return without_empty({"reference": f"{kind}/{key}", "display": name})


def text(words: str) -> Resource:
    """A concept in words alone."""
    return {"text": words} if words else {}


def concept(system: str, code: str, display: str = "", words: str = "") -> Resource:
    coding = without_empty({"system": system, "code": code, "display": display})
    return without_empty({"coding": [coding], "text": words})


def quantity(value: float, unit: str) -> Resource:
    """A number with its unit as a question names it; one that UCUM does not have stays in words."""
    code = _UNITS.get(unit, "")
    return without_empty({"value": value, "unit": unit, "system": UCUM if code else "", "code": code})


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def period(start: datetime | None, end: datetime | None) -> Resource:
    return without_empty({"start": moment(start), "end": moment(end)})


def phone(number: str) -> list[Resource]:
    return [{"system": "phone", "value": number}] if number else []


def language(code: str) -> Resource:
    """Such as es or zh-Hans."""
    main, _, script = code.partition("-")
    return concept("urn:ietf:bcp:47", f"{main}-{script.title()}" if script else main)


def collection(resources: list[Resource], *, base: str, at: datetime) -> Resource:
    """A bundle in which every reference finds its resource; `base` is the address of the FHIR API."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": at.isoformat(),
        "entry": [
            {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one} for one in resources
        ],
    }


def searchset(resources: list[Resource], *, base: str, here: str, onward: str = "") -> Resource:
    """What a search found: one page, with its own address and that of the next one."""
    links = [{"relation": "self", "url": here}]
    if onward:
        links.append({"relation": "next", "url": onward})
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": links,
        **without_empty(
            {
                "entry": [
                    {
                        "fullUrl": f"{base}/{one['resourceType']}/{one['id']}",
                        "resource": one,
                        "search": {"mode": "match"},
                    }
                    for one in resources
                ]
            }
        ),
    }


def operation_outcome(code: str, words: list[str]) -> Resource:
    """Why something was refused; `code` as in FHIR's issue-type."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": one} for one in words],
    }
