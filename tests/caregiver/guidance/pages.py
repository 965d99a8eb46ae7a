"""The files of the default guidance."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[3] / "caregiver"
SLUGS = sorted(path.stem for path in (FOLDER / "guidance" / "en").glob("*.yaml"))


@functools.cache
def read(slug: str, language: str) -> dict[str, Any]:
    page: dict[str, Any] = yaml.safe_load((FOLDER / "guidance" / language / f"{slug}.yaml").read_text())
    return page


def blocks(page: dict[str, Any]) -> list[tuple[str, Any]]:
    return [next(iter(block.items())) for block in page["body"]]
