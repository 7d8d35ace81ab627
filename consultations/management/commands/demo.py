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
from workflow.models import Membership, Office, Process, ProcessDefinition
from workflow.queries.doors import DOORS, SCOPE
from workflow.states import Role

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
DEMO = FOLDER / "demo.yaml"
SCENARIOS = (DEMO, *(FOLDER / f"{key}.yaml" for key in DOORS if key != DEMO.stem))
PASSWORD = "velkommen-til-samraad"  # noqa: S105 (everybody is told)


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
        from consultations.player import play_together, read_scenario

        scenarios = [read_scenario(path, laid_on) for path in SCENARIOS]
        self.stdout.write(_("Playing the demo once; this takes some seconds."))
        self.stdout.flush()
        outcomes = play_together(scenarios, password=PASSWORD, until=now)
        for outcome in outcomes:
            for failure in outcome.failures:
                place = f"{outcome.scenario.path.name}:{failure.line}"
                self.stderr.write(f"{place}: {failure.what}: {failure.got} {failure.text}")
        if not all(outcome.ok for outcome in outcomes):
            sys.exit(1)
        office = Office.objects.get(key=scenarios[0].file.office.key)
        loaded = set(ProcessDefinition.objects.filter(office=office).values_list("key", flat=True))
        for path in shipped_paths():
            if path.stem not in loaded:
                load_definition(office, path.read_text(encoding="utf-8"), path.name, actor=SYSTEM, now=now)
        for outcome in outcomes:
            Once(SCOPE, outcome.scenario.path.stem).keep(outcome.process_id, now)
        return outcomes[0].process_id

    def _say_people(self, office: Office) -> None:
        self.stdout.write(_("Demo people, all with the password %(password)s:") % {"password": PASSWORD})
        people = Membership.objects.filter(office=office).exclude(role="").select_related("user").order_by("id")
        for member in people:
            self.stdout.write(f"  {member.user.email:28} {member.user.name}, {Role(member.role).label}")
