"""Files that are made while they are sent."""

import csv
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from io import StringIO
from typing import TypeVar

from asgiref.sync import sync_to_async

Part = TypeVar("Part")


async def without_waiting(parts: Iterator[Part]) -> AsyncIterator[Part]:
    """The same for an asynchronous server, which would otherwise gather all parts before it sends one."""
    while (part := await sync_to_async(_next)(parts)) is not None:
        yield part


def as_csv(rows: Iterable[Iterable[str]]) -> str:
    """These rows as CSV; their cells are harmless already (clinic/rules/core/cells.py)."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def zipped(members: Iterable[tuple[str, Iterable[bytes]]], *, now: datetime) -> Iterator[bytes]:
    """A ZIP file of these members, a part at a time; nothing of it is written to a disk."""
    out = _Sink()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, parts in members:
            info = zipfile.ZipInfo(name, date_time=now.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            # For whoever unpacked it, and nobody else.
            info.external_attr = 0o600 << 16
            with archive.open(info, "w") as member:
                for part in parts:
                    member.write(part)
                    yield from out.taken()
            yield from out.taken()
    yield from out.taken()


class _Sink:
    """What zipfile writes to: it cannot be sought in, so that nothing has to be kept."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> Iterator[bytes]:
        parts, self.parts = self.parts, []
        joined = b"".join(parts)
        if joined:
            yield joined


def _next(parts: Iterator[Part]) -> Part | None:
    return next(parts, None)
