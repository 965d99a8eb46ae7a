"""The files of the default guidance, and what each of them holds."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[3] / "caregiver"
SLUGS = sorted(path.stem for path in (FOLDER / "guidance" / "en").glob("*.yaml"))
# Written and checked by people; the others are drafts.
LANGUAGES = ("en", "es")

PAGE = {
    "slug": str,
    "number": int,
    "title": str,
    "summary": str,
    "level": str,
    "keywords": list,
    "situations": list,
    "days": dict | None,
    "target": str | None,
    "questions": list,
    "related": list,
    "review_by": datetime.date,
    "sources": list,
    "reviewed": bool,
    "body": list,
}


@functools.cache
def read(slug: str, language: str) -> dict[str, Any]:
    page: dict[str, Any] = yaml.safe_load((FOLDER / "guidance" / language / f"{slug}.yaml").read_text())
    return page


def blocks(page: dict[str, Any]) -> list[tuple[str, Any]]:
    return [next(iter(block.items())) for block in page["body"]]


def texts(value: Any) -> Iterator[str]:
    """Every text of a block that people read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in ("question", "option", "image", "level") or (
                key == "question" and "options" in value
            ):
                yield from texts(one)


def each_text(page: dict[str, Any]) -> list[str]:
    return [page["title"], page["summary"], *texts([value for _, value in blocks(page)])]


def shown(page: dict[str, Any]) -> str:
    return "\n".join(each_text(page))
