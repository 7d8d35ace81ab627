"""`manage.py start_process --office KEY --definition KEY --title TEXT`: start a process from the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.starting import start_process
from workflow.management.arguments import actor_of, body_of, office_of
from workflow.models import Body, Office, ProcessDefinition
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Start a process of a definition that the office has loaded. Prints the case number."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="the office's key")
        parser.add_argument("--definition", required=True, help="the definition's key; the one loaded last is taken")
        parser.add_argument("--title", required=True)
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter; repeatable")
        parser.add_argument(
            "--bodies",
            action="append",
            default=[],
            metavar="NAME=KEY,KEY",
            help="who fills a list or role, by body keys; repeatable; the others are filled by kind",
        )
        parser.add_argument("--region", help='narrow the kinds to a region; "" for the whole country')
        parser.add_argument("--as", dest="email", help="the officer who starts it, by e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        office = office_of(options["office"])
        try:
            process = start_process(
                office,
                _definition(office, options["definition"]),
                title=options["title"],
                parameters=_pairs(options["set"]),
                bodies={name: _bodies(keys) for name, keys in _pairs(options["bodies"]).items()},
                region=options["region"],
                actor=actor_of(options["email"]),
                now=timezone.now(),
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        self.stdout.write(process.case_number)


def _definition(office: Office, key: str) -> ProcessDefinition:
    row = ProcessDefinition.objects.filter(office=office, key=key).order_by("-loaded_at", "-id").first()
    if row is None:
        raise CommandError(
            _("%(office)s has loaded no definition “%(key)s”. Run load_definition first.")
            % {"office": office.key, "key": key}
        )
    return row


def _pairs(given: list[str]) -> dict[str, str]:
    for pair in given:
        if "=" not in pair:
            raise CommandError(_("“%(pair)s” must be written as NAME=VALUE.") % {"pair": pair})
    return dict(pair.split("=", 1) for pair in given)


def _bodies(keys: str) -> list[Body]:
    return [body_of(key) for key in keys.split(",")]
