"""`check_setup --twilio` asks our own address, over the network, as the vendor would."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from notifications.models import Message
from notifications.providers import chosen
from notifications.providers.round_trip import webhook_problems
from tests.notifications.conftest import webhook_settings

__all__ = ["webhook_settings"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def address(webhook_settings, live_server):
    webhook_settings.PUBLIC_BASE_URL = live_server.url
    webhook_settings.MESSAGE_PROVIDER = "twilio"
    return webhook_settings


def codes():
    return [code for code, _what, _todo in chosen.webhook_problems()]


def test_what_is_rightly_signed_comes_in_and_changes_nothing(address):
    assert webhook_problems() == []
    assert not Message.objects.exists()


def test_process_of_another_account_refuses_it(address):
    address.TWILIO_ACCOUNT_SID = ""

    assert codes() == ["webhooks_refused"]


def test_nobody_there(address):
    address.PUBLIC_BASE_URL = "http://127.0.0.1:9"

    assert codes() == ["webhooks_unreachable"]


def test_proxy_that_answers_by_itself(address):
    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(302)
            self.send_header("Location", "https://login.example/")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    address.PUBLIC_BASE_URL = f"http://127.0.0.1:{server.server_port}"
    try:
        assert codes() == ["webhooks_unanswered"]
    finally:
        server.shutdown()
        server.server_close()


def test_without_an_account_nobody_is_asked(address):
    address.MESSAGE_PROVIDER = "console"

    assert codes() == []
