"""The cache without Redis: this process counts for itself, and nobody waits twice."""

import socket
from collections.abc import Iterator
from contextvars import copy_context

import pytest
from django.core.cache import cache
from redis import Redis

from clinic.services.core import rate_limits
from config.cache import CacheOrMemory
from tests.own_redis import own_redis


@pytest.fixture(autouse=True)
def _asked_at_once() -> Iterator[None]:
    CacheOrMemory.asks_again_at = 0.0
    yield
    CacheOrMemory.asks_again_at = 0.0


def use(settings, url):
    settings.CACHES = {"default": {"BACKEND": "config.cache.CacheOrMemory", "LOCATION": url}}


@pytest.fixture
def mute():
    """A port that takes connections and never answers, as a Redis that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_every_call_works_without_redis(settings):
    use(settings, "redis://127.0.0.1:1/0")
    cache.clear()

    assert (cache.add("a", 1, 60), cache.add("a", 2, 60)) == (True, False)
    assert (cache.incr("a"), cache.get("a"), cache.has_key("a")) == (2, 2, True)
    cache.set("b", "two", 60)
    cache.set_many({"c": 3, "d": 4}, 60)
    assert cache.get_many(["b", "c", "d"]) == {"b": "two", "c": 3, "d": 4}
    assert cache.touch("b", 60) is True
    cache.delete_many(["c", "d"])
    assert (cache.delete("b"), cache.get("b"), cache.get("c")) == (True, None, None)


def test_redis_that_hangs_is_waited_for_once(settings, mute):
    use(settings, mute)
    cache.get("a")
    asked_again_at = CacheOrMemory.asks_again_at

    for _ in range(100):
        cache.get("a")

    assert CacheOrMemory.asks_again_at == asked_again_at > 0


def test_requests_share_the_connections_of_their_process(settings, tmp_path):
    with own_redis(tmp_path) as redis:
        use(settings, redis.url)

        for _request in range(20):
            copy_context().run(cache.set, "a", 1, 60)

        with Redis.from_url(redis.url) as client:
            # One for all of them; the others are this test's own look and that of whoever waited for Redis.
            assert client.info("stats")["total_connections_received"] <= 4


def test_guesses_are_counted_without_redis_and_a_short_secret_has_its_five(settings):
    use(settings, "redis://127.0.0.1:1/0")
    cache.clear()

    assert [rate_limits.count_failure(kind="token", source="a") for _ in range(101)][100] > 0
    assert [rate_limits.count_failure_of_short_secret(kind="pin", source="a") for _ in range(5)] == [
        False
    ] * 4 + [True]


def test_redis_that_comes_back_is_asked_again(settings, tmp_path):
    with own_redis(tmp_path) as redis:
        use(settings, redis.url)
        cache.set("a", "kept", 60)
        redis.kill()
        assert cache.get("a") is None
        redis.start()
        CacheOrMemory.asks_again_at = 0.0

        assert cache.get("a") is None
        cache.set("a", "new", 60)
        assert cache.get("a") == "new"
        assert CacheOrMemory.asks_again_at == 0.0


def test_uses_are_counted_without_redis(settings):
    use(settings, "redis://127.0.0.1:1/0")
    cache.clear()
    assert [cache.count("uses", 60), cache.count("uses", 60), cache.get("uses")] == [1, 2, 2]
