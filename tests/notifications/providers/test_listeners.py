"""A name that leads inside is refused by the connection itself, but for hosts that the operator named."""

import socket

import pytest

from notifications.providers import listeners
from notifications.providers.listeners import Answer, Result

ADDRESS = "https://engine.river.example/in"


@pytest.fixture
def leads_to(monkeypatch):
    """Whatever name is looked up leads there."""

    def lead(address):
        place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [place])

    return lead


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.5"])
def test_address_that_leads_inside_is_seen_when_it_is_registered(leads_to, settings, address):
    leads_to(address)

    assert listeners.leads_inside(ADDRESS)
    settings.LISTENER_INSIDE_HOSTS = ["engine.river.example"]
    assert not listeners.leads_inside(ADDRESS)


def test_address_on_the_internet_does_not(leads_to):
    leads_to("8.8.8.8")

    assert not listeners.leads_inside(ADDRESS)


def test_connection_looks_again_before_a_word_is_said(monkeypatch):
    """A name may lead elsewhere by the time that it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as here:
        place = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", here.getsockname()[1]))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: [place])

        assert listeners.post(address=ADDRESS, body=b"{}", headers={}) == Result(Answer.DOWN, "inside")


def test_address_that_is_not_allowed_any_more_is_not_asked():
    told = listeners.post(address="https://engine.river.example:8443/in", body=b"{}", headers={})

    assert told == Result(Answer.DOWN, "address")
