"""The cache counts attempts to sign in and codes already used. Like the queue it may be away: then nothing is counted.

Failed passwords are counted in the database as well, so nobody may guess on while Redis is down.
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError, RedisError, TimeoutError
from redis.retry import Retry

log = structlog.get_logger(__name__)

LEFT_ALONE: Final = 5.0
"""Seconds in which a Redis that did not answer is not asked again: a page that asks often waits for it only once."""

_ask_again_at: dict[str, float] = {}  # address → instant of `time.monotonic`, for all threads of the process


class ForgetfulRedisCache(RedisCache):
    """A Redis cache that remembers nothing while Redis cannot be reached, instead of breaking the page."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        # Asked once more and at once, in case only the connection was stale.
        options = {"retry": Retry(NoBackoff(), 1), **params.get("OPTIONS", {})}
        super().__init__(server, {**params, "OPTIONS": options})
        self.address = server

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Store what is not stored yet. While Redis is away it says True: nobody has stored the key before."""
        return bool(self._ask(partial(super().add, key, value, timeout, version), True))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """What is stored; the default while Redis is away."""
        return self._ask(partial(super().get, key, default, version), default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Store a value; nothing is stored while Redis is away."""
        self._ask(partial(super().set, key, value, timeout, version), None)

    def delete(self, key: Any, version: Any = None) -> bool:
        """Take a value away. While Redis is away it says False: there was nothing to delete."""
        return bool(self._ask(partial(super().delete, key, version), False))

    def _ask(self, question: Callable[[], Any], answer_while_away: Any) -> Any:
        if time.monotonic() < _ask_again_at.get(self.address, 0.0):
            return answer_while_away
        try:
            return question()
        except RedisError as error:
            if isinstance(error, ConnectionError | TimeoutError):
                _ask_again_at[self.address] = time.monotonic() + LEFT_ALONE
            log.warning("cache_unreachable", error=type(error).__name__)
            return answer_while_away
