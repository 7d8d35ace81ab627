"""`manage.py load_bodies`: the councils, committees, authorities and organisations of the shipped lists."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.bodies import load_bodies
from workflow.actors import SYSTEM


class Command(BaseCommand):
    help = "Make or bring up to date the bodies of the shipped lists. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        done = load_bodies(actor=SYSTEM, now=timezone.now())
        self.stdout.write(
            _("%(made)d made, %(changed)d changed, %(unchanged)d unchanged")
            % {"made": done.created, "changed": done.changed, "unchanged": done.unchanged}
        )
