"""Nothing leaves this machine in the clear."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import encryption, env


@pytest.mark.parametrize(
    ("url", "mode"),
    [
        ("postgres://app@db.example/app", "require"),
        ("postgres://app@10.0.0.5:5432/app", "require"),
        ("postgres://app@db.example/app?sslmode=verify-full", "verify-full"),
        ("postgres://app@127.0.0.1,db.example/app", "require"),
        ("postgres:///app?host=db.example", "require"),
        ("postgres://app@localhost/app?hostaddr=10.0.0.5", "require"),
        ("postgres://app@127.0.0.1/app", None),
        ("postgres://app@[::1]:5432/app", None),
        ("postgres://app@localhost/app?sslmode=disable", "disable"),
        ("postgres:///app", None),
        ("postgres:///app?host=/var/run/postgresql", None),
        ("postgres://app@%2Fvar%2Frun%2Fpostgresql/app", None),
    ],
)
def test_database_elsewhere_is_reached_by_tls(monkeypatch, url, mode):
    monkeypatch.delenv("PGHOST", raising=False)
    connection = env.database(url)

    encryption.require_for_database(connection, name="DATABASE_URL")

    assert connection.get("OPTIONS", {}).get("sslmode") == mode


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "", "nonsense"])
def test_weaker_modes_are_refused(mode):
    connection = env.database(f"postgres://app@db.example/app?sslmode={mode}")
    connection.setdefault("OPTIONS", {}).setdefault("sslmode", mode)

    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL has sslmode={mode}, which may"):
        encryption.require_for_database(connection, name="DATABASE_URL")


def test_host_that_only_the_client_library_knows_counts(monkeypatch):
    monkeypatch.setenv("PGHOST", "db.example")
    connection = env.database("postgres:///app")

    encryption.require_for_database(connection, name="DATABASE_URL")

    assert connection["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    "url",
    [
        "rediss://redis.example:6380/0",
        "redis://127.0.0.1:6379/0",
        "redis://[::1]:6379/0",
        "redis://localhost",
        "unix:///run/redis.sock",
        "redis+socket:///run/redis.sock",
        "amqps://broker.example",
        "memory://localhost/",
    ],
)
def test_redis_by_tls_or_on_this_machine(url):
    encryption.require_for_broker(url, name="REDIS_URL")


@pytest.mark.parametrize(
    "url",
    [
        "redis://redis.example/0",
        "redis://10.0.0.5/0",
        "amqp://broker.example",
        "redis://127.0.0.1/0;redis://redis.example/0",
    ],
)
def test_redis_elsewhere_in_the_clear_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match=r"^REDIS_URL would send in the clear"):
        encryption.require_for_broker(url, name="REDIS_URL")
