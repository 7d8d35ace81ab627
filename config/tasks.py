"""The one task of the wiring: run a sweep by its name. Beat asks for it; the player calls the sweeps itself."""

from celery import shared_task
from django.utils import timezone

from config.beat import sweeps


@shared_task(name="run_sweep")
def run_sweep(name: str) -> int:
    """Run the sweep `name` as of now; the number of rows it dealt with. An unknown name is an error of the schedule."""
    return sweeps()[name].run(timezone.now())
