"""Ways to spoil a protocol document, and to see what is said about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from clinic.rules.protocols.document.protocol import Protocol, ProtocolError

Document = dict[str, Any]
Spoiled = list[tuple[str, Callable[[Document], Any], str]]


def problems(document: Any) -> tuple[str, ...]:
    with pytest.raises(ProtocolError) as caught:
        Protocol.from_document(document)
    assert str(caught.value) == "; ".join(caught.value.problems)
    return caught.value.problems


def named(document: Document, section: str, name: str, by: str) -> Any:
    return next(entry for entry in document[section] if entry[by] == name)


def question(document: Document, key: str) -> Any:
    return named(document, "questions", key, "key")


def scale(document: Document, item: str) -> Any:
    return named(document, "scales", item, "item")


def table(document: Document, item: str) -> Any:
    return named(document, "tables", item, "item")


def rule(document: Document, name: str) -> Any:
    return named(document, "rules", name, "id")


def phase(document: Document, code: str) -> Any:
    return named(document, "phases", code, "code")


def trend(document: Document, name: str) -> Any:
    return named(document, "trends", name, "id")


def at(document: Any, *path: Any) -> Callable[[Any], None]:
    """Puts a value at a place of the document; the last step of the path is the key."""
    for step in path[:-1]:
        document = document[step]

    def put(value: Any) -> None:
        document[path[-1]] = value

    return put
