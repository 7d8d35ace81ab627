"""`manage.py erase_person ADDRESS --reason …`: forget a person in the whole installation, or in one office."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.erasure import erase_person
from workflow.actors import SYSTEM
from workflow.models import Office
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Leave nothing readable of a person in database, files and outbox; the record's proof stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--reason", required=True, help="stands in the record; without the person's name")
        parser.add_argument("--office", help="key of the one office that is to forget the person")

    def handle(self, *args: Any, **options: Any) -> None:
        office = None
        if options["office"]:
            office = Office.objects.filter(key=options["office"]).first()
            if office is None:
                raise CommandError(_("There is no office “%(key)s”.") % {"key": options["office"]})
        try:
            done = erase_person(
                options["address"], reason=options["reason"], actor=SYSTEM, now=timezone.now(), office=office
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        counted = ", ".join(f"{name}: {count}" for name, count in done.counts.items())
        erased = ngettext("%(count)d row erased", "%(count)d rows erased", done.total) % {"count": done.total}
        self.stdout.write(f"{erased} ({counted})")
