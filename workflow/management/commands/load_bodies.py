"""`manage.py load_bodies`: the councils, committees, authorities and organisations of the shipped lists."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.bodies import PlannedBody, load_bodies, planned_bodies
from workflow.actors import SYSTEM


class Command(BaseCommand):
    help = "Make or bring up to date the bodies of the shipped lists. Running it again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--list", action="store_true", help="only print the shipped bodies: key, kind, name, days")
        parser.add_argument("--region", metavar="REGION", help="with --list: those of one region, such as sjaelland")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"] or options["region"]:
            self._list(options["region"])
            return
        done = load_bodies(actor=SYSTEM, now=timezone.now())
        self.stdout.write(
            _("%(made)d made, %(changed)d changed, %(unchanged)d unchanged")
            % {"made": done.created, "changed": done.changed, "unchanged": done.unchanged}
        )

    def _list(self, region: str | None) -> None:
        """Print the shipped bodies, those of the country first and then region by region."""
        by_region: dict[str, list[PlannedBody]] = {}
        for body in planned_bodies():
            by_region.setdefault(body.region_code, []).append(body)
        if region is not None and not by_region.get(region):
            known = ", ".join(sorted(filter(None, by_region)))
            raise CommandError(
                _("There is no region “%(name)s”. Regions: %(known)s.") % {"name": region, "known": known}
            )
        for code in sorted(by_region) if region is None else [region]:
            where = code or _("the whole country")
            self.stdout.write(f"# {where}")
            for body in sorted(by_region[code], key=lambda body: (body.kind, body.key)):
                self.stdout.write(f"{body.key:32} {body.kind:30} {body.name}{_days(body)}")


def _days(body: PlannedBody) -> str:
    """When it begins and ends, and what takes its place, where that is set."""
    if body.valid_from is None and body.valid_to is None:
        return ""
    after = f" → {body.successor}" if body.successor else ""
    return f" ({body.valid_from or ''}–{body.valid_to or ''}{after})"
