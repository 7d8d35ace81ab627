"""`manage.py erase_person ADDRESS --reason …`: forget a person in the whole installation, or in one office."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workflow.actions.erasure import erase_person
from workflow.actions.erasure.files import FilesDecided
from workflow.actors import SYSTEM
from workflow.models import Office
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Leave nothing readable of a person in database, files and outbox; the record's proof stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--reason", required=True, help="stands in the record; without the person's name")
        parser.add_argument("--erase-file", action="append", default=[], type=UUID, metavar="ID")
        parser.add_argument("--keep-file", action="append", default=[], metavar="ID=REASON")
        parser.add_argument("--erase-files", action="store_true", help="every file that is not named")
        parser.add_argument("--keep-files", default="", metavar="REASON", help="every file that is not named")
        parser.add_argument("--office", help="key of the one office that is to forget the person")

    def handle(self, *args: Any, **options: Any) -> None:
        office = None
        if options["office"]:
            office = Office.objects.filter(key=options["office"]).first()
            if office is None:
                raise CommandError(_("There is no office “%(key)s”.") % {"key": options["office"]})
        try:
            done = erase_person(
                options["address"],
                reason=options["reason"],
                files=_decided(options),
                actor=SYSTEM,
                now=timezone.now(),
                office=office,
            )
        except Refused as refused:
            raise CommandError(str(refused.refusal)) from refused
        counted = ", ".join(f"{name}: {count}" for name, count in done.counts.items())
        erased = ngettext("%(count)d row erased", "%(count)d rows erased", done.total) % {"count": done.total}
        self.stdout.write(f"{erased} ({counted})")
        if done.kept:
            self.stdout.write(_("Kept, as the matter's own text or for the reason given:"))
        for left in done.kept:
            self.stdout.write(f"  {left}")


def _decided(options: dict[str, Any]) -> FilesDecided:
    keep: dict[UUID, str] = {}
    for given in options["keep_file"]:
        public_id, _sign, reason = given.partition("=")
        try:
            keep[UUID(public_id.strip())] = reason
        except ValueError as error:
            raise CommandError(_("Write --keep-file as ID=REASON.")) from error
    if options["erase_files"] and options["keep_files"]:
        raise CommandError(_("Choose either --erase-files or --keep-files for the files that are not named."))
    return FilesDecided(frozenset(options["erase_file"]), keep, options["erase_files"], options["keep_files"])
