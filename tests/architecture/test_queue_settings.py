"""The queue cannot surprise: every client of Redis has its timeouts, no task waits in the queue for a later hour."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.metadata import requires, version
from pathlib import Path

from django.conf import settings
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TIMEOUTS = {"socket_timeout", "socket_connect_timeout"}
LATER = {"eta", "countdown"}
WORKFLOWS = {"chain", "group", "chord", "chunks", "signature"}


def _calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product's code, with where it stands."""
    for floor in ("config", "consultations", "workflow", "notifications"):
        for path in sorted((ROOT / floor).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def _keywords(call: ast.Call) -> set[str]:
    return {keyword.arg for keyword in call.keywords if keyword.arg}


def test_connect_to_redis_each_client_names_its_timeouts() -> None:
    clients = [
        (where, call)
        for where, call in _calls()
        if ast.unparse(call.func) in ("Redis", "Redis.from_url", "StrictRedis")
    ]

    assert clients, "where is the client that asks whether the queue answers?"
    assert [where for where, call in clients if not _keywords(call) >= TIMEOUTS] == []
    assert settings.REDIS_CACHE["OPTIONS"].keys() >= TIMEOUTS
    assert settings.REDIS_QUEUE.keys() >= TIMEOUTS


def test_run_a_task_is_over_before_the_queue_gives_it_to_another_worker() -> None:
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT
    assert settings.REDIS_QUEUE["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    # A worker blocks this long for the next task; a client that gave up sooner would break its own waiting.
    assert settings.REDIS_QUEUE["socket_timeout"] > 5


def test_ask_for_a_task_names_no_later_hour_and_builds_no_chain() -> None:
    later = [where for where, call in _calls() if _keywords(call) & LATER]
    chained = [where for where, call in _calls() if isinstance(call.func, ast.Name) and call.func.id in WORKFLOWS]
    imported = [
        str(path.relative_to(ROOT))
        for floor in ("config", "consultations", "workflow", "notifications")
        for path in (ROOT / floor).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("celery")
        and {alias.name for alias in node.names} & WORKFLOWS
    ]

    assert (later, chained, imported) == ([], [], [])


def test_install_redis_client_is_one_the_queue_library_has_been_tried_with() -> None:
    wanted = [Requirement(line) for line in requires("kombu") or () if line.startswith("redis")]
    of_extra = [one for one in wanted if one.marker and one.marker.evaluate({"extra": "redis"})]

    assert "kombu[redis]" in (ROOT / "requirements" / "base.in").read_text()
    assert of_extra, "the extra `redis` of kombu names no client any more"
    assert all(one.specifier.contains(version("redis")) for one in of_extra)
