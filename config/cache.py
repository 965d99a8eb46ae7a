"""The shared cache, which may go away: rate limits are then counted in each process for itself.

The cache holds counters of tries and nothing else. Without it nobody may be kept from reporting or from
signing in, and nobody may guess without limit either.
"""

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

# What a Redis that hangs may cost one request; a second one within the rest does not ask it at all.
ANSWER_WITHIN_SECONDS = 1
REST_SECONDS = 5.0


def _either(name: str) -> Callable[..., Any]:
    """The call of this name: to Redis, or where it does not answer to the process's own memory."""

    def call(self: "CacheOrMemory", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= CacheOrMemory.asks_again_at:
            try:
                return getattr(RedisCache, name)(self, *args, **kwargs)
            except RedisError:
                CacheOrMemory._rest()
        return getattr(self.memory, name)(*args, **kwargs)

    return call


class OneClient(RedisCacheClient):
    """Django makes a client for each question, which costs more than asking it; one serves all threads."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._client_of_all

    @cached_property
    def _client_of_all(self) -> Any:
        return super().get_client(write=True)


# Of this process, by address.
_clients: dict[str, OneClient] = {}


class CacheOrMemory(RedisCache):
    """Django's Redis cache with time limits, and the memory of this process while Redis is away."""

    # Of the class, because each request has an object of its own.
    asks_again_at = 0.0

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        limits = {
            "socket_timeout": ANSWER_WITHIN_SECONDS,
            "socket_connect_timeout": ANSWER_WITHIN_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        options = {**limits, **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self._server, self._limits = server, options
        self.memory = LocMemCache("while-redis-is-away", {})

    def count(self, key: str, window: int) -> int:
        """Count one more within this window of seconds; how many those are. One question to Redis."""
        if time.monotonic() >= CacheOrMemory.asks_again_at:
            try:
                return self._count(key, window)
            except RedisError:
                self._rest()
        self.memory.add(key, 0, window)
        return int(self.memory.incr(key))

    def _count(self, key: str, window: int) -> int:
        asked = self._cache.get_client(write=True).pipeline(transaction=False)
        name = self.make_and_validate_key(key)
        asked.set(name, 0, ex=window, nx=True)
        asked.incr(name)
        return int(asked.execute()[1])

    @cached_property
    def _cache(self) -> OneClient:
        """Of the process: Django's own would connect anew in each request, whose context ends with it."""
        if self._server not in _clients:
            _clients[self._server] = OneClient([self._server], **self._limits)
        return _clients[self._server]

    @staticmethod
    def _rest() -> None:
        CacheOrMemory.asks_again_at = time.monotonic() + REST_SECONDS
        logger.warning("the cache does not answer, this process counts for itself")

    add = _either("add")
    get = _either("get")
    set = _either("set")
    touch = _either("touch")
    delete = _either("delete")
    get_many = _either("get_many")
    has_key = _either("has_key")
    incr = _either("incr")
    set_many = _either("set_many")
    delete_many = _either("delete_many")
    clear = _either("clear")
