"""gunicorn's settings for every way of running the web process.

With a queue in memory (no REDIS_URL) there is one worker process, and Celery's worker and beat are threads of it.
"""

import os
import threading
import time
from typing import Any

import structlog

log = structlog.get_logger(__name__)

THREADS = 8
TASKS_AT_ONCE = 4
RESTART_PAUSE = 2.0  # seconds before a queue thread that fell over is started again


def options(*, bind: str, embedded: bool, workers: int | None = None) -> dict[str, Any]:
    """gunicorn options for an address such as "127.0.0.1:8000"; `embedded` starts the queue's threads with it."""
    return {
        "bind": [bind],
        "workers": 1 if embedded else (workers or int(os.environ.get("WEB_CONCURRENCY", "2"))),
        "worker_class": "gthread",
        "threads": THREADS,
        "umask": 0o077,
        "timeout": 60,  # seconds in which a worker shows no life; next: for requests at the end, for idle connections
        "graceful_timeout": 20,
        "keepalive": 5,
        "accesslog": "-" if os.environ.get("ACCESS_LOG") else None,
        "logger_class": "config.logs.GunicornLogger",
        "loglevel": os.environ.get("LOG_LEVEL", "WARNING" if embedded else "INFO").lower(),
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: PTH112, S108
        "forwarded_allow_ips": os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1"),
        "control_socket_disable": True,
        **({"post_worker_init": start_queue_threads, "worker_exit": stop_queue_threads} if embedded else {}),
    }


_stopping = threading.Event()
_running: list[Any] = []


def start_queue_threads(worker: Any) -> None:
    """Start Celery's worker and beat beside the web threads, after the fork, for threads die in one."""
    threading.Thread(target=_keep_running, args=("worker", _start_worker), daemon=True, name="queue").start()
    threading.Thread(target=_keep_running, args=("beat", _start_beat), daemon=True, name="beat").start()


def stop_queue_threads(arbiter: Any, worker: Any) -> None:
    """Let running tasks end; what is lost here a sweep finds again."""
    _stopping.set()
    for running in _running:
        running.stop()


def _keep_running(name: str, start: Any) -> None:
    while not _stopping.is_set():
        try:
            start()
        except Exception:
            log.exception("queue_thread_fell_over", thread=name)
        if not _stopping.is_set():
            time.sleep(RESTART_PAUSE)


def _start_worker() -> None:
    from config.celery import app

    worker = app.WorkController(
        app=app,
        pool="threads",
        concurrency=TASKS_AT_ONCE,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        hostname="embedded@local",
    )
    _running.append(worker)
    try:
        worker.start()
    finally:
        _running.remove(worker)


def _start_beat() -> None:
    from celery.beat import Service

    from config.beat import CatchUpScheduler
    from config.celery import app

    beat = Service(app, max_interval=1, scheduler_cls=CatchUpScheduler)
    _running.append(beat)
    try:
        beat.start()
    finally:
        _running.remove(beat)
