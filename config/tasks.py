"""The one task of the wiring: run a sweep by its name. Beat asks for it; the player calls the sweeps itself."""

from celery import shared_task
from django.utils import timezone

from config.beat import sweeps
from notifications import postponed


@shared_task(name="run_sweep")
def run_sweep(name: str) -> int:
    """Run the sweep `name` as of now; the number of rows it dealt with. An unknown name is an error of the schedule.

    A sweep that fails as a whole is shown as put off until it goes well again; the error is the task's own.
    """
    now = timezone.now()
    try:
        count = sweeps()[name].run(now)
    except Exception as error:
        postponed.put_off(name, postponed.WHOLE, error, now)
        raise
    postponed.settle(name, postponed.WHOLE)
    return count
