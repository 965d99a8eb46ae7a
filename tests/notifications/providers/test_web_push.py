"""A maker's name that leads to a machine of ours is not asked for anything."""

import socket

import pytest

from notifications.providers import straight, web_push


@pytest.fixture
def inside(monkeypatch):
    """A listener of ours, where every name leads now: what a forged answer of the name service does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [place])
        yield listener


def test_at_send_time_the_machine_that_was_reached_is_looked_at(inside) -> None:
    with pytest.raises(straight.NotPublic):
        straight.Straight().post("https://fcm.googleapis.com/fcm/send/x", data=b"sealed", timeout=5)

    reached, _address = inside.accept()
    with reached:
        assert reached.recv(10) == b"", "not a word was said"


def test_a_browser_whose_maker_leads_inside_is_not_taken(inside) -> None:
    assert web_push.leads_inside("https://fcm.googleapis.com/fcm/send/x")


def test_a_name_that_leads_nowhere_is_looked_at_when_something_is_sent(monkeypatch) -> None:
    def nowhere(*_args, **_options):
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nowhere)

    assert not web_push.leads_inside("https://fcm.googleapis.com/fcm/send/x")
