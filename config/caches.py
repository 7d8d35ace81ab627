"""The cache counts attempts to sign in and codes already used. Like the queue it may be away: then nothing is counted.

Failed passwords are counted in the database as well, so nobody may guess on while Redis is down.
"""

from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class ForgetfulRedisCache(RedisCache):
    """A Redis cache that remembers nothing while Redis cannot be reached, instead of breaking the page."""

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """As ever; True while Redis is away: nobody has stored the key before."""
        try:
            return super().add(key, value, timeout, version)
        except RedisError as error:
            return _away(error, True)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """As ever; the default while Redis is away."""
        try:
            return super().get(key, default, version)
        except RedisError as error:
            return _away(error, default)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """As ever; stores nothing while Redis is away."""
        try:
            super().set(key, value, timeout, version)
        except RedisError as error:
            _away(error, None)

    def delete(self, key: Any, version: Any = None) -> bool:
        """As ever; False while Redis is away: there was nothing to delete."""
        try:
            return super().delete(key, version)
        except RedisError as error:
            return _away(error, False)


def _away(error: RedisError, answer: Any) -> Any:
    log.warning("cache_unreachable", error=type(error).__name__)
    return answer
