"""The queue. A queue is a hint: what cannot be published is found again by a sweep over rows."""

import os
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import setup_logging
from kombu.exceptions import OperationalError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

log = structlog.get_logger(__name__)


def _unreachable() -> tuple[type[Exception], ...]:
    """What a queue raises that cannot be reached. Asked for when something is raised, so that an installation without
    Redis does not keep its client in memory."""
    from redis.exceptions import RedisError

    return OperationalError, RedisError, OSError


class HintTask(Task):
    """A task that may be asked for while the queue is down: it is logged and left to the sweep."""

    max_retries = 3  # also how often a task comes back whose worker was lost

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Publish, or return None when the queue cannot be reached."""
        try:
            return super().apply_async(*args, **kwargs)
        except _unreachable() as error:
            log.warning("queue_unreachable", task=self.name, error=type(error).__name__)
            return None


app = Celery("samraad", task_cls=HintTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Celery's log goes through the masked stream that the settings have set up."""
