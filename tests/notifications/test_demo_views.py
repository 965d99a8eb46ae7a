from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from django.test import Client

from notifications.models import Message
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db


def page(client: Client, path: str = "/sent-messages/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_needs_no_sign_in_and_says_so(client: Client) -> None:
    text = page(client)

    assert "you need no sign-in to read it" in text
    assert "Nothing has been sent yet." in text


def test_newest_text_stands_first_with_its_code_and_link(client: Client, now: datetime) -> None:
    queue(purpose="reminder", now=now - timedelta(minutes=1), body="First")
    queue(purpose="code", now=now, body="Your code is 004211.\n\n@kin.example.org #004211")
    queue(
        purpose="invite",
        now=now + timedelta(seconds=1),
        body="Open https://kin.example.org/join/abc-123/ now",
    )

    text = page(client)

    assert text.index("Invitation") < text.index("Sign-in code") < text.index("Reminder")
    assert '<a href="https://kin.example.org/join/abc-123/"' in text
    assert '<span class="visually-hidden">Code</span> 004211</p>' in text
    assert text.count(FAMILY) == 3
    assert "Waiting to be sent" in text


def test_links_lead_to_where_the_page_was_opened(client: Client, now: datetime, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://10.0.0.7:8000"
    queue(now=now, body="Open http://10.0.0.7:8000/join/abc/ now")

    assert '<a href="http://testserver/join/abc/"' in page(client)


def test_text_cannot_write_into_the_page(client: Client, now: datetime) -> None:
    queue(now=now, body='<script>alert(1)</script> https://x.example.org/"onclick="alert(1)')

    text = page(client)

    assert "<script>alert" not in text
    assert '"onclick="' not in text


def test_older_pages_show_every_text_once(client: Client, now: datetime) -> None:
    for number in range(60):
        # Three texts share each moment: the cursor must not lose one of them.
        queue(now=now + timedelta(seconds=number // 3), body=f"text-{number:02}.")

    pages, path = [], "/sent-messages/"
    while path:
        text = page(client, path)
        pages.append([number for number in range(60) if f"text-{number:02}." in text])
        _, found, rest = text.partition('href="/sent-messages/?older=')
        path = "/sent-messages/?older=" + rest.partition('"')[0] if found else ""

    assert [len(shown) for shown in pages] == [25, 25, 10]
    assert sorted(chain.from_iterable(pages)) == list(range(60))
    assert (max(pages[0]), min(pages[2])) == (59, 0)


@pytest.mark.parametrize("cursor", ["x", "~", "2026-01-01~x", "9999-99-99~", "~" * 500])
def test_unreadable_cursor_starts_at_the_newest(client: Client, now: datetime, cursor: str) -> None:
    queue(now=now, body="newest")

    assert client.get("/sent-messages/", {"older": cursor}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_number_of_queries_does_not_grow(
    client: Client, django_assert_num_queries: Any, now: datetime, rows: int
) -> None:
    for _ in range(rows):
        queue(now=now)

    with django_assert_num_queries(1):
        page(client)
    assert Message.objects.count() == rows


def test_page_is_never_stored(client: Client) -> None:
    assert "no-store" in client.get("/sent-messages/").headers["Cache-Control"]


def test_page_only_reads(client: Client) -> None:
    assert client.post("/sent-messages/").status_code == 405
