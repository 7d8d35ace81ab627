"""The task that a commit hints at. It reads the clock and calls delivery; what it misses the sweep finds."""

from celery import shared_task
from django.utils import timezone

from notifications import delivery, outbox


@shared_task(name=outbox.DRAIN_TASK)
def drain_outbox() -> None:
    """Send the mails that are due, and ask for another round when they did not all fit into this one."""
    report = delivery.deliver(timezone.now(), timezone.now)
    if report.more:
        outbox.hint()
