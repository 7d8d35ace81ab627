"""The queue as a hint: it may be down, and its schedule lists every sweep."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from django.conf import settings

from config import beat
from config.beat import CatchUpScheduler
from config.celery import HintTask, app
from notifications import sweeps as notifications


def anything() -> None:
    """A task that does nothing."""


def _queue(url: str) -> Celery:
    queue = Celery("test", task_cls=HintTask, broker=url, set_as_current=False)
    queue.conf.update(
        task_publish_retry=False,
        task_ignore_result=True,
        broker_connection_timeout=2,
        broker_transport_options=settings.REDIS_QUEUE,
    )
    return queue


def test_ask_for_a_task_with_the_queue_down_raises_nothing() -> None:
    queue = _queue("redis://127.0.0.1:1/0")
    task = queue.task(name="anything")(anything)

    asked_at = time.monotonic()
    assert task.delay() is None
    assert time.monotonic() - asked_at < 3  # tried again without end, were the policy Celery's own


@pytest.mark.valkey
def test_ask_for_a_task_with_a_real_valkey_queues_it(valkey_url: str) -> None:
    from redis import Redis

    queue = _queue(valkey_url)
    task = queue.task(name="anything")(anything)

    assert task.delay() is not None
    with Redis.from_url(valkey_url) as client:
        assert client.llen("celery") == 1
        client.delete("celery")


def test_build_schedule_lists_each_sweep_of_each_app_once() -> None:
    expected = {sweep.name for sweep in notifications.SWEEPS} | {sweep.name for sweep in beat.sweeps().values()}

    entries = beat.schedule()

    assert set(entries) == expected
    assert entries, "there is no sweep at all"
    for name, entry in entries.items():
        assert entry["task"] == "run_sweep"
        assert entry["args"] == (name,)
        assert entry["options"]["expires"] >= entry["schedule"].total_seconds()


def test_start_beat_after_a_pause_finds_every_sweep_due_at_once() -> None:
    scheduler = CatchUpScheduler(app, lazy=False)

    assert all(entry.is_due()[0] for entry in scheduler.schedule.values())


@pytest.mark.django_db
def test_run_every_sweep_on_an_empty_installation_finds_nothing(now: datetime) -> None:
    for sweep in beat.sweeps().values():
        assert sweep.run(now) == 0
        due = sweep.next_due(now)
        assert due is None or due >= datetime.min.replace(tzinfo=UTC)
        assert sweep.every >= timedelta(seconds=1)
