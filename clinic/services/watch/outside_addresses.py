"""Asks or tells an address outside. It may hold a secret, so no log quotes it, nor what went wrong there."""

import urllib.request
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10


def call(url: str, body: bytes | None = None) -> None:
    """Ask for it, or post JSON to it. OSError: no good answer; ValueError: no http address."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("an address begins with http:// or https://")
    headers = {} if body is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers)  # noqa: S310 - the scheme is checked
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310 - as above
        pass
