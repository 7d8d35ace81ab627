"""A cache that may be away: nothing breaks, and nobody waits for it again and again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from redis.exceptions import ResponseError

from config import caches


@pytest.fixture
def hanging(settings: Any) -> Iterator[socket.socket]:
    """A server that takes connections and never says a word, in the place of Redis."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        options = {**settings.REDIS_CACHE["OPTIONS"], "socket_connect_timeout": 0.1, "socket_timeout": 0.1}
        address = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.REDIS_CACHE, "LOCATION": address, "OPTIONS": options}}
        yield server


def connections(server: socket.socket) -> int:
    """How many have come since the last count."""
    found = 0
    while True:
        try:
            server.accept()[0].close()
        except TimeoutError:
            return found
        found += 1


def test_ask_cache_that_hangs_waits_once_and_leaves_it_alone_for_a_while(
    hanging: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "LEFT_ALONE", 1.0)
    assert cache.get("tries", 0) == 0
    assert connections(hanging) > 0

    assert cache.add("tries", 1) is True
    cache.set("tries", 2)
    assert cache.get("tries") is None
    assert cache.delete("tries") is False
    assert connections(hanging) == 0

    given_up_at = time.monotonic() + 10
    while connections(hanging) == 0:
        assert time.monotonic() < given_up_at, "it is never asked again"
        cache.get("tries")


def test_ask_cache_that_answers_with_an_error_is_asked_again_at_once() -> None:
    asked = []

    def out_of_memory() -> None:
        asked.append("asked")
        raise ResponseError("OOM command not allowed when used memory > 'maxmemory'.")

    redis = caches.ForgetfulRedisCache("redis://127.0.0.1:1/9", {})

    assert [redis._ask(out_of_memory, "nothing") for _time in range(2)] == ["nothing", "nothing"]
    assert asked == ["asked", "asked"]
