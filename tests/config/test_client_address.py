"""Whose address counts, and what nobody may claim."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from clinic.models import AuditEvent
from config import env
from config.client_address import client_address

PROXIES = (ip_network("10.1.0.0/16"), ip_network("127.0.0.1/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        pytest.param("192.0.2.9", "", "192.0.2.9", id="no_proxy"),
        pytest.param("192.0.2.9", "198.51.100.7", "192.0.2.9", id="a_stranger_claims"),
        pytest.param("127.0.0.1", "198.51.100.7", "198.51.100.7", id="behind_one"),
        pytest.param("127.0.0.1", "198.51.100.7, 10.1.2.3", "198.51.100.7", id="behind_two"),
        pytest.param("127.0.0.1", "203.0.113.5, 198.51.100.7", "198.51.100.7", id="client_wrote_first"),
        pytest.param("127.0.0.1", "10.1.0.1,10.1.0.2", "10.1.0.1", id="a_proxy_asks_itself"),
        pytest.param("127.0.0.1", "", "127.0.0.1", id="proxy_says_nothing"),
        pytest.param("127.0.0.1", "unknown", "127.0.0.1", id="proxy_does_not_know"),
        pytest.param("127.0.0.1", "203.0.113.5, nonsense, 10.1.2.3", "10.1.2.3", id="left_of_nonsense"),
        pytest.param("127.0.0.1", "198.51.100.7:4711", "198.51.100.7", id="with_port"),
        pytest.param("127.0.0.1", "[2001:db8::1]:4711", "2001:db8::1", id="v6_with_port"),
        pytest.param("127.0.0.1", "2001:db8::1", "2001:db8::1", id="v6"),
        pytest.param("::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7", id="v4_by_a_v6_socket"),
        pytest.param("fe80::1%eth0", "", "fe80::1", id="name_of_a_link"),
        pytest.param("", "198.51.100.7", None, id="socket_without_address"),
    ],
)
def test_client_is_the_last_address_that_is_no_trusted_proxy(peer, forwarded, client):
    assert client_address(peer=peer, forwarded=forwarded, trusted=PROXIES) == client


@pytest.mark.parametrize("word", ["proxy.example", "10.1.0.1/16", "0.0.0.0/0", "::/0", ""])
def test_networks_that_cannot_be_meant_are_refused(word):
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        env.networks("TRUSTED_PROXIES", [word])


def failed_sign_in(**headers):
    """Where the audit says that a wrong password came from."""
    Client(REMOTE_ADDR="127.0.0.1").post(
        "/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}, headers=headers
    )
    return AuditEvent.objects.get(action="sign_in.failed").source


@pytest.mark.django_db
@pytest.mark.parametrize(("trusted", "source"), [([], "127.0.0.1"), (["127.0.0.1/32"], "198.51.100.7")])
def test_audit_names_the_client_only_where_the_proxy_is_trusted(settings, trusted, source):
    settings.TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", trusted)

    assert failed_sign_in(**{"X-Forwarded-For": "198.51.100.7", "X-Real-IP": "203.0.113.1"}) == source


@pytest.mark.django_db
def test_wrong_tokens_are_counted_for_each_client_behind_a_trusted_proxy(settings):
    settings.TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", ["127.0.0.1"])

    def guess(client):
        headers = {"Authorization": "Bearer wrong", "X-Forwarded-For": client}
        return Client(REMOTE_ADDR="127.0.0.1").get("/api/v1/patients/", headers=headers).status_code

    assert {guess("198.51.100.7") for _try in range(100)} == {401}
    assert guess("198.51.100.7") == 429
    assert guess("198.51.100.8") == 401


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trusted", "claim", "secure"),
    [([], "https", False), (["127.0.0.1"], "https", True), (["127.0.0.1"], "https, http", False)],
)
def test_https_is_believed_of_a_trusted_proxy_only(settings, trusted, claim, secure):
    settings.TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES", trusted)

    response = Client().get("/learn/", headers={"X-Forwarded-Proto": claim}, REMOTE_ADDR="127.0.0.1")

    assert response.wsgi_request.is_secure() is secure


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["10.0.0.8", "10.0.0.8:8000", "[2001:db8::8]:8000"])
def test_a_balancer_asks_by_the_machines_address(settings, host):
    settings.ALLOWED_HOSTS = ["watch.clinic.example"]
    settings.PUBLIC_BASE_URL = "https://watch.clinic.example"

    assert Client().get("/health/live", headers={"Host": host}).status_code == 200
    assert Client().get("/learn/", headers={"Host": host}).status_code == 400
    assert Client().get("/health/live", headers={"Host": "evil.example"}).status_code == 400


def test_start_says_that_no_proxy_is_known(settings, caplog):
    from config.apps import warn_at_start

    settings.DEMO = False
    warn_at_start()
    assert "TRUSTED_PROXIES" in caplog.text

    caplog.clear()
    settings.PROXIES_ARE_KNOWN = True
    warn_at_start()
    assert "TRUSTED_PROXIES" not in caplog.text
