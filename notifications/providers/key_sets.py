"""Fetches the public keys of another system from the address that it publishes them at."""

import time

import requests
from django.conf import settings

from notifications.providers.listeners import may_post
from notifications.providers.straight import NotPublic, Straight

# To be reached, and between two pieces of the answer; for all of it.
_SECONDS = (3.05, 5)
_WHOLE_SECONDS = 8.0
_LARGEST = 64 * 1024


class KeysNotFetched(Exception):
    """The address may not be asked, did not answer, or answered with something else than a document."""


def fetch(address: str) -> bytes:
    """What stands there, 64 KB at most. KeysNotFetched."""
    if not may_post(address):
        raise KeysNotFetched("address")
    until = time.monotonic() + _WHOLE_SECONDS
    try:
        with (
            Straight(inside=frozenset(settings.LISTENER_INSIDE_HOSTS)) as session,
            session.get(address, timeout=_SECONDS, stream=True) as response,
        ):
            if response.status_code != requests.codes.ok:
                raise KeysNotFetched(f"http_{response.status_code}")
            return _read(response, until)
    except (NotPublic, requests.exceptions.RequestException, OSError) as error:
        raise KeysNotFetched("unreachable") from error


def _read(response: requests.Response, until: float) -> bytes:
    """In pieces as they come, so that a line that sends a byte now and then holds nobody for long."""
    found = b""
    while piece := response.raw.read1(_LARGEST, decode_content=True):
        found += piece
        if len(found) > _LARGEST or time.monotonic() > until:
            raise KeysNotFetched("too_long")
    return found
