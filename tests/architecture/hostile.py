"""Makes up what somebody might send who means harm, or whose program is broken."""

import json
import math
from random import Random
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

TEXTS = (
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\ud800",
        "\u202e",
        "\uff11",
        "٣٨",
        "🤒" * 40,
        "ß" * 3000,
        "\r\nSet-Cookie: a=b",
    ),
    *(
        "'",
        '"; DROP TABLE clinic_patient; --',
        "%",
        "%s",
        "{0.__class__}",
        "{{ 7|add:7 }}",
        "<img src=x onerror=a>",
    ),
    *(
        "../../etc/passwd",
        "..\\..",
        "file:///etc/passwd",
        "http://127.0.0.1:6379/",
        "//evil.test",
        "javascript:a",
    ),
    *("0", "-1", "1e999", "NaN", "٫", "9" * 400, "0x10", "1_000", "true", "null", "None", "[]", "{}"),
    *(
        "2026-02-30",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59+14:00",
        "2026-11-29",
        "25:61",
        "24:00",
        "P1Y",
    ),
    *(
        "America/New_York",
        "Etc/GMT+99",
        "../UTC",
        "en",
        "zh-hans",
        "xx",
        "+12025550100",
        "+999",
        "911",
        "a@b",
    ),
    "00000000-0000-0000-0000-000000000000",
)
NUMBERS = (
    0,
    -1,
    1,
    2**31,
    2**63,
    -(2**63) - 1,
    10**400,
    0.1,
    -0.0,
    1e308,
    math.nan,
    math.inf,
    True,
    False,
    None,
)
KINDS = (
    *(
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
    ),
    *("application/csp-report", "application/x-www-form-urlencoded; charset=utf-7", "nonsense", ""),
)
BODIES = (
    *(
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[" * 20_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"a": 1, "a": 2}',
    ),
    *(
        b"--x\r\n",
        b"--x\r\nContent-Disposition: form-data; name=a; filename=..\r\n\r\nb\r\n--x--",
        b"a=1&a=%ff&=&&%00=%00",
    ),
    *(b"a" * 3_000_000, b"a=1&" * 2_000, b"\xff\xd8\xff<script>"),
)


class Sender:
    """The same seed sends the same."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def text(self) -> str:
        if self.happens(0.2):
            return "".join(chr(self.random.randrange(0x250)) for _ in range(self.random.randrange(30)))
        return self.random.choice(TEXTS)

    def value(self, names: tuple[str, ...], depth: int = 0) -> Any:
        """Anything that JSON holds, and a little more."""
        kind = self.random.randrange(6 if depth < 3 else 4)
        if self.happens(0.01):
            return _deep(self.random.choice((40, 400)))
        if kind < 2:
            return self.text()
        if kind < 4:
            return self.random.choice(NUMBERS)
        several = range(self.random.randrange(4))
        if kind == 4:
            return [self.value(names, depth + 1) for _ in several]
        return {self.name(names): self.value(names, depth + 1) for _ in several}

    def name(self, names: tuple[str, ...]) -> str:
        """Mostly one that the door knows."""
        return self.random.choice(names) if names and self.happens(0.9) else self.text()

    def fields(self, names: tuple[str, ...], ids: tuple[str, ...]) -> list[tuple[str, str]]:
        """Of a form or a query, each with a value that is now and then a real id."""
        count = self.random.randrange(len(names) + 3)
        return [
            (
                _storable(self.name(names)),
                self.random.choice(ids) if self.happens(0.1) else _storable(self.text()),
            )
            for _ in range(count)
        ]

    def body(self, names: tuple[str, ...], ids: tuple[str, ...]) -> tuple[bytes, str]:
        """With what it says it is, which is now and then not so."""
        kind = self.random.choice(KINDS)
        if self.happens(0.15):
            return self.random.choice(BODIES), kind
        if self.happens(0.5):
            said = {self.name(names): self.value(names) for _ in range(self.random.randrange(len(names) + 2))}
            return json.dumps(said).encode(), kind if self.happens(0.1) else "application/json"
        form = urlencode(self.fields(names, ids)).encode()
        return form, kind if self.happens(0.1) else "application/x-www-form-urlencoded"

    def argument(self, good: Any) -> str:
        """A part of an address: as it should be, or not."""
        return str(good) if self.happens(0.9) else quote(_storable(self.text()), safe="")

    def uuid(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def _deep(levels: int) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


def _storable(text: str) -> str:
    """An address and a form are bytes: half a character is none there."""
    return text.encode("utf-8", "replace").decode()
