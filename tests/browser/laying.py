"""`python -m tests.browser.laying FILE`: plays a scenario around today into the configured, empty database."""

import sys
from pathlib import Path

import django

if __name__ == "__main__":
    django.setup()

    from django.core.management import call_command
    from django.utils import timezone

    from consultations.management.commands.demo import PASSWORD
    from consultations.player import play, read_scenario

    call_command("migrate", verbosity=0)
    now = timezone.now()
    outcome = play(read_scenario(Path(sys.argv[1]), timezone.localdate(now)), password=PASSWORD, until=now)
    sys.exit(None if outcome.ok else str(outcome.failures))
