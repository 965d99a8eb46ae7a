"""Keeps phone numbers, codes and rows of the database out of log lines, whoever wrote them."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

_PHONE = re.compile(r"\+\d{7,15}")
_TOKEN = re.compile(r"(/join/)[^/\s]+")
# PostgreSQL repeats the whole row that it refuses, and the piece of a statement that it cannot read.
_ROW = re.compile(r"((?:DETAIL|CONTEXT|LINE \d+):)(?:(?!\\n).)*")


class RedactFilter(logging.Filter):
    """Masks every phone number, invitation token and row in the finished message."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        clean = _clean(text)
        if clean != text:
            record.msg, record.args = clean, ()
        return True


def redact_exception(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Masks the same in a traceback; for structlog."""
    if "exception" in event:
        event["exception"] = _clean(str(event["exception"]))
    return event


def _clean(text: str) -> str:
    return _ROW.sub(r"\1 …", _TOKEN.sub(r"\1…", _PHONE.sub("+…", text)))
