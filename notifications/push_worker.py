"""The part of a service worker that shows pushes; each app writes it above its own worker."""

import json
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders


def push_worker_source(*, home: str) -> str:
    """The script; `home` is the address below which the worker's pages stand."""
    return f"const PUSH_HOME = {json.dumps(home)};\n{_source()}"


@lru_cache
def _source() -> str:
    return Path(str(finders.find("notifications/push_worker.js"))).read_text(encoding="utf-8")
