"""Twilio's own description, against which every request and every answer of the fake is held."""

import json
from pathlib import Path
from typing import Any

import jsonschema

VENDOR: dict[str, Any] = json.loads((Path(__file__).parent / "twilio_api.json").read_text())


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """Every property there, and none that the vendor does not name."""
    return {**schema, "additionalProperties": False, "required": sorted(schema["properties"])}


def problems_of_form(kind: str, form: dict[str, list[str]]) -> list[str]:
    """What the vendor would not know in a posted form; values come as text and are read by their type."""
    schema = VENDOR[kind]
    read = {name: _read(values, schema["properties"].get(name, {})) for name, values in form.items()}
    return _problems(read, {**schema, "additionalProperties": False})


def problems_of_query(kind: str, query: dict[str, str]) -> list[str]:
    """Filters of a list that the vendor does not have."""
    return [f"no such filter: {name}" for name in query if name not in VENDOR[kind]]


def problems_of_answer(kind: str, document: dict[str, Any]) -> list[str]:
    """Where an answer differs from what the vendor promises; of a list also its rows."""
    if kind == "error":
        return []
    problems = _problems(document, strict(VENDOR[kind]))
    many, one = ("calls", "call") if kind == "call_list" else ("messages", "message")
    for row in document.get(many, []):
        problems += _problems(row, strict(VENDOR[one]))
    return problems


def _problems(document: Any, schema: dict[str, Any]) -> list[str]:
    found = jsonschema.Draft7Validator(schema).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


def _read(values: list[str], schema: dict[str, Any]) -> Any:
    if schema.get("type") == "array":
        return values
    if schema.get("type") == "integer":
        return int(values[0])
    if schema.get("type") == "boolean":
        return values[0] == "true"
    return values[0]
