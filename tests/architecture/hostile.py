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
# What our own code, Django, its libraries or a server behind a proxy read of a request.
HEADERS = (
    *("Accept", "Accept-Encoding", "Accept-Language", "Authorization", "Content-Encoding", "Content-Length"),
    *("Expect", "Forwarded", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "Origin"),
    *("Range", "Referer", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Transfer-Encoding", "User-Agent", "Via"),
    *("HX-Boosted", "HX-Current-URL", "HX-Prompt", "HX-Request", "HX-Target", "HX-Trigger", "Traceparent"),
    *("X-CSRFToken", "X-Correlation-ID", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *("X-HTTP-Method-Override", "X-Real-IP", "X-Request-ID", "X-Requested-With", "X-Twilio-Signature"),
)
HEADER_VALUES = (
    *(
        "*/*",
        "application/json",
        "text/html;q=nan",
        "en;q=1e999",
        "xx-" * 300,
        "zh-hans;q=0.1," * 200,
        "gzip",
    ),
    *("Bearer ", "Bearer a b", "Basic Og==", "Basic =", "Token x", "bearer \t", "bytes=0-", "bytes=9-1,-5,x"),
    *(
        "Wed, 30 Feb 2026 25:61:61 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        '"',
        'W/"',
        "cross-site",
        "same-origin",
    ),
    *(
        "testserver",
        "testserver:99999",
        "[::1",
        "[",
        "a" * 300,
        "127.0.0.1",
        "::ffff:1.2.3.4%eth0",
        "1.2.3.4,,",
    ),
    *(
        "https://[",
        "https://testserver:x/",
        "null",
        'for="[',
        "XMLHttpRequest",
        "chunked",
        "-1",
        "9" * 30,
        "1e3",
    ),
)
COOKIES = (
    *("sessionid", "csrftoken", "__Host-known", "__Host-device", "device", "messages", "django_language"),
    *("wagtail_sidebar_collapsed", "a b", "$Version", ""),
)
PARTS = (
    "text/plain",
    "image/jpeg",
    "application/octet-stream",
    "text/plain; charset=utf-99",
    "multipart/mixed",
    "",
)
FILES = (
    b"",
    b"\xff\xd8\xff\xe0",
    b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
    b"GIF89a",
    b"RIFF\0\0\0\0WEBP",
    b"%PDF-1.7",
    b"\0" * 9_000,
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
        if self.happens(0.25):
            return self.multipart(names, ids), "multipart/form-data; boundary=x"
        if self.happens(0.5):
            said = {self.name(names): self.value(names) for _ in range(self.random.randrange(len(names) + 2))}
            return json.dumps(said).encode(), kind if self.happens(0.1) else "application/json"
        form = urlencode(self.fields(names, ids)).encode()
        return form, kind if self.happens(0.1) else "application/x-www-form-urlencoded"

    def multipart(self, names: tuple[str, ...], ids: tuple[str, ...]) -> bytes:
        """A form with files, of which each line may be odd."""
        parts = (self._part(name, value) for name, value in self.fields(names, ids))
        end = b"--x--\r\n" if self.happens(0.9) else b""
        return b"".join(parts) + end

    def _part(self, name: str, value: str) -> bytes:
        is_file = self.happens(0.4)
        lines = [f'Content-Disposition: form-data; name="{_in_quotes(name)}"']
        lines[0] += f'; filename="{_in_quotes(_storable(self.text()))}"' if is_file else ""
        lines += [f"Content-Type: {self.random.choice(PARTS)}"] if self.happens(0.5) else []
        lines += [f"Content-Transfer-Encoding: {self.text()[:20]}"] if self.happens(0.1) else []
        lines += ["Content-Transfer-Encoding: base64"] if self.happens(0.1) else []
        content = self.random.choice(FILES) if is_file else value.encode()
        return b"--x\r\n" + "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + content + b"\r\n"

    def query(self, names: tuple[str, ...], ids: tuple[str, ...]) -> str:
        """What stands behind the question mark, as browsers write it or not."""
        fields = self.fields(names, ids)
        if self.happens(0.5):
            return urlencode(fields)
        raw = "&".join(f"{name}={value}" for name, value in fields)
        return raw.encode("ascii", "ignore").decode() + self.random.choice(("", "&%ff=%fe", "&a=%zz", "&&=;"))

    def headers(self) -> dict[str, str]:
        """A few, as a server hands them on: bytes of which each is one character, on one line."""
        wanted = self.random.sample(HEADERS, self.random.randrange(1, 4))
        return {name: self._header_value() for name in wanted}

    def cookies(self, good: str) -> str:
        """The header of all cookies, mostly with the one of `good` among them."""
        pairs = [
            f"{self.random.choice(COOKIES)}={self._header_value()}" for _ in range(self.random.randrange(4))
        ]
        return "; ".join([good, *pairs] if self.happens(0.8) else pairs)

    def _header_value(self) -> str:
        text = self.random.choice(HEADER_VALUES) if self.happens(0.5) else self.text()
        plain = text.replace("\r", "").replace("\n", "").replace("\0", "")
        return plain.encode("utf-8", "replace").decode("latin-1")

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


def _in_quotes(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def _storable(text: str) -> str:
    """An address and a form are bytes: half a character is none there."""
    return text.encode("utf-8", "replace").decode()
