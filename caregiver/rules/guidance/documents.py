"""A guidance page as plain data: the shape of the files in `caregiver/guidance/<language>/<slug>.yaml`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How pressing a page is. Emergency and urgent pages are kept on phones."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


KEPT_ON_PHONES = frozenset({Level.EMERGENCY, Level.URGENT})


def rows_of(text: str) -> list[str]:
    """The lines of a field that holds one thing a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def plain_blocks(raw: list[dict[str, Any]], picture_keys: Mapping[int, str]) -> list[dict[str, Any]]:
    """The editor's blocks (type, value, id) as single-key blocks; a sign is split, a picture named."""
    return [{block["type"]: _plain(block["type"], _bare(block["value"]), picture_keys)} for block in raw]


def editor_blocks(body: list[dict[str, Any]], picture_ids: Mapping[str, int]) -> list[dict[str, Any]]:
    """The way back: what the editor stores for these blocks."""
    return [
        {"type": kind, "value": _for_editor(kind, value, picture_ids)}
        for block in body
        for kind, value in block.items()
    ]


def _bare(value: Any) -> Any:
    """Without the ids that the editor gives to the items of a list."""
    if isinstance(value, list):
        return [
            _bare(one["value"] if isinstance(one, dict) and one.get("type") == "item" else one)
            for one in value
        ]
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items()}
    return value


def _plain(kind: str, value: Any, picture_keys: Mapping[int, str]) -> Any:
    if kind == "picture":
        return {**value, "image": picture_keys.get(value["image"], "")}
    if kind == "warning_signs":
        return {**value, "items": [_split_sign(item) for item in value["items"]]}
    if kind == "measure":
        lines = [{**line, "c": _number(line["c"]), "f": _number(line["f"])} for line in value["lines"]]
        return {**value, "lines": lines}
    return value


def _split_sign(item: dict[str, Any]) -> dict[str, Any]:
    question, _, option = (item.get("sign") or "").partition(".")
    return {"text": item["text"], "question": question, "option": option}


def _number(value: Any) -> str:
    return "" if value in (None, "") else f"{float(value):.1f}"


def _for_editor(kind: str, value: Any, picture_ids: Mapping[str, int]) -> Any:
    if kind == "picture":
        return {**value, "image": picture_ids.get(value["image"]), "caption": value.get("caption", "")}
    if kind == "warning_signs":
        return {
            "heading": value["heading"],
            "items": [{"text": item["text"], "sign": _joined_sign(item)} for item in value["items"]],
        }
    if kind == "measure":
        lines = [
            {**line, "c": _number(line["c"]) or None, "f": _number(line["f"]) or None}
            for line in value["lines"]
        ]
        return {**value, "lines": lines}
    return value


def _joined_sign(item: dict[str, Any]) -> str:
    question, option = item.get("question") or "", item.get("option")
    return f"{question}.{str(option).lower()}" if question and option not in (None, "") else str(question)
