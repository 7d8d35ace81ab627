"""`manage.py demo`: plays the demo around today into the configured database, once, before anything else runs on it."""

import sys
from argparse import ArgumentParser
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.definitions import load_definition
from workflow.actions.once import Once
from workflow.actors import SYSTEM
from workflow.deadlines import instant
from workflow.definitions import shipped_paths
from workflow.models import Membership, Office, Process
from workflow.states import Role

DEMO = Path(__file__).resolve().parents[2] / "scenarios" / "demo.yaml"
PASSWORD = "velkommen-til-samraad"  # noqa: S105 (everybody is told)
SCOPE = "demo"


class Command(BaseCommand):
    help = "Play the demo around today into the empty database, and say who can sign in. Plays nothing a second time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="DATE", type=datetime.fromisoformat, help="lay it around this day instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            self.stderr.write(_("The demo is for an installation of its own: set DEMO=1."))
            sys.exit(1)
        zone = ZoneInfo("Europe/Copenhagen")
        now = timezone.now() if options["on"] is None else instant(options["on"].date(), time(12), zone)
        played = Once(SCOPE, DEMO.stem).made
        if played is None:
            if Office.objects.exists():
                self._leave_alone()
                return
            played = self._play(now.astimezone(zone).date(), now)
        self._say_people(Process.objects.get(public_id=played).office)

    def _leave_alone(self) -> None:
        """Somebody works here, or a demo was broken off; neither is played over."""
        self.stdout.write(
            _("The database is in use, so the demo is not played. Choose another folder: VAR_DIR=… make run")
        )

    def _play(self, laid_on: date, now: datetime) -> UUID:
        # `make run` asks for the demo at every start and plays it once; the player is not to stay in its memory.
        from consultations.player import play, read_scenario

        scenario = read_scenario(DEMO, laid_on)
        self.stdout.write(_("Playing the demo once; this takes some seconds."))
        self.stdout.flush()
        outcome = play(scenario, password=PASSWORD, until=now)
        for failure in outcome.failures:
            self.stderr.write(f"{scenario.path.name}:{failure.line}: {failure.what}: {failure.got} {failure.text}")
        if not outcome.ok:
            sys.exit(1)
        played = Process.objects.select_related("office", "definition").get(office__key=scenario.file.office.key)
        for path in shipped_paths():
            if path.stem != played.definition.key:
                text = path.read_text(encoding="utf-8")
                load_definition(played.office, text, path.name, actor=SYSTEM, now=now)
        Once(SCOPE, DEMO.stem).keep(played.public_id, now)
        return played.public_id

    def _say_people(self, office: Office) -> None:
        self.stdout.write(_("Demo people, all with the password %(password)s:") % {"password": PASSWORD})
        people = Membership.objects.filter(office=office).exclude(role="").select_related("user").order_by("id")
        for member in people:
            self.stdout.write(f"  {member.user.email:28} {member.user.name}, {Role(member.role).label}")
