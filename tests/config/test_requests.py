"""The handler: one thread for a whole request, streams in parts, bodies whole or refused."""

import threading
from io import BytesIO

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from clinic.services.core import streams
from config import bodies
from config.requests import OneThreadHandler

seen: list[str] = []


def whole(request: HttpRequest) -> HttpResponse:
    seen.append(threading.current_thread().name)
    return HttpResponse(request.body[::-1])


def parted(_request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(streams.without_waiting(iter([b"one ", b"two"])))


def middleware(get_response):
    def respond(request: HttpRequest) -> HttpResponse:
        seen.append(threading.current_thread().name)
        return get_response(request)

    return respond


def filed(_request: HttpRequest) -> FileResponse:
    return FileResponse(BytesIO(b"x" * 100_000))


urlpatterns = [path("whole/", whole), path("parted/", parted), path("filed/", filed)]


@pytest.fixture
def handler(settings) -> OneThreadHandler:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [f"{__name__}.middleware", "django_htmx.middleware.HtmxMiddleware"]
    seen.clear()
    return OneThreadHandler()


def scope(address: str) -> dict:
    return {
        "type": "http",
        "method": "POST",
        "path": address,
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "server": ("testserver", 80),
    }


async def test_request_stays_in_one_thread(handler):
    exchange = ApplicationCommunicator(handler, scope("/whole/"))
    await exchange.send_input({"type": "http.request", "body": b"ab", "more_body": True})
    await exchange.send_input({"type": "http.request", "body": b"c"})
    start, body = await exchange.receive_output(), await exchange.receive_output()
    assert (start["status"], body["body"]) == (200, b"cba")
    assert len(seen) == 2 and len(set(seen)) == 1 and seen[0].startswith("Request")


async def test_who_goes_before_the_end_of_the_body_asks_for_nothing(handler):
    exchange = ApplicationCommunicator(handler, scope("/whole/"))
    await exchange.send_input({"type": "http.request", "body": b"ab", "more_body": True})
    await exchange.send_input({"type": "http.disconnect"})
    await exchange.wait(5)
    assert seen == []


async def test_body_that_is_too_large_reaches_no_view(handler):
    exchange = ApplicationCommunicator(bodies.limited(handler), scope("/whole/"))
    part = {"type": "http.request", "body": b"x" * 6 * 1024 * bodies.KB, "more_body": True}
    await exchange.send_input(part)
    await exchange.send_input(part)
    assert (await exchange.receive_output())["status"] == 413
    assert seen == []


async def test_stream_is_sent_part_by_part(handler):
    exchange = ApplicationCommunicator(handler, scope("/parted/"))
    await exchange.send_input({"type": "http.request", "body": b""})
    sent = [await exchange.receive_output() for _ in range(4)]
    assert [one.get("body") for one in sent] == [None, b"one ", b"two", None]
    await exchange.wait(5)


async def test_file_is_sent_in_parts_and_nothing_warns(handler, recwarn):
    exchange = ApplicationCommunicator(handler, scope("/filed/"))
    await exchange.send_input({"type": "http.request", "body": b""})
    parts = [await exchange.receive_output()]
    while parts[-1].get("more_body", parts[-1]["type"] == "http.response.start"):
        parts.append(await exchange.receive_output())
    await exchange.wait(5)
    assert len(parts) > 3 and sum(len(one.get("body", b"")) for one in parts) == 100_000
    assert [str(one.message) for one in recwarn if "iterators" in str(one.message)] == []
