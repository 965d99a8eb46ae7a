"""Keeps phone numbers, codes, secret addresses and rows of the database out of log lines."""

import logging
import re
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any

_PHONE = re.compile(r"\+\d{7,15}")
# Addresses that are keys themselves, also where they stand within another one, and the API's tokens.
_SECRET = re.compile(
    r"((?:/|%2F)(?:join|er|invited|console(?:/|%2F)rota(?:/|%2F)calendar)(?:/|%2F))(?!<)[^/\s\"'?&#]+"
    r"|\b(kw_)[\w-]{8,}",
    re.IGNORECASE,
)
# PostgreSQL repeats the whole row that it refuses, and the piece of a statement that it cannot read.
_ROW = re.compile(r"((?:DETAIL|CONTEXT|LINE \d+):)(?:(?!\\n).)*")


class RedactFilter(logging.Filter):
    """Masks every phone number, secret address and row in the finished message."""

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


def mask_every_record() -> None:
    """From here on no logger of this process gets to see a secret address, whatever handlers it has.

    Servers write their access logs by handlers and forms of their own, which want the parts of a line one by
    one: so the parts are masked, and stay as many.
    """
    make = logging.getLogRecordFactory()
    if not getattr(make, "masks", False):
        logging.setLogRecordFactory(_masking(make))


def _masking(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def record(*args: Any, **options: Any) -> logging.LogRecord:
        made = make(*args, **options)
        made.msg, made.args = _masked(made.msg), _masked_parts(made.args)
        return made

    record.masks = True  # type: ignore[attr-defined]
    return record


def _masked_parts(parts: Any) -> Any:
    if isinstance(parts, tuple):
        return tuple(_masked(part) for part in parts)
    if isinstance(parts, Mapping):
        return {name: _masked(part) for name, part in parts.items()}
    return parts


def _masked(part: Any) -> Any:
    return _SECRET.sub(_rest, part) if isinstance(part, str) else part


def _rest(found: re.Match[str]) -> str:
    return f"{found.group(1) or found.group(2)}…"


def _clean(text: str) -> str:
    return _ROW.sub(r"\1 …", _SECRET.sub(_rest, _PHONE.sub("+…", text)))
