"""`manage.py export_person EMAIL --to FILE.zip`: everything that is stored of a person, to be handed out."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.exporting import export_person
from workflow.actors import SYSTEM
from workflow.management.arguments import office_of
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Write a ZIP of everything that is stored of a person: rows as JSON, and files. The deed is recorded."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the person's e-mail address")
        parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="the ZIP to make; not yet there")
        parser.add_argument("--office", help="key of the one office whose data are handed out")

    def handle(self, *args: Any, **options: Any) -> None:
        office = office_of(options["office"]) if options["office"] else None
        path: Path = options["to"]
        try:
            file = path.open("xb")
        except FileExistsError as error:
            raise CommandError(_("%(file)s is there already. Choose another name.") % {"file": path}) from error
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be written: %(why)s") % {"file": path, "why": error.strerror}
            ) from error
        try:
            with file:
                done = export_person(options["address"], to=file, actor=SYSTEM, now=timezone.now(), office=office)
        except BaseException as error:
            path.unlink()
            if isinstance(error, Refused):
                raise CommandError(str(error.refusal)) from error
            raise
        words = {"file": path, "rows": sum(done.counts.values()), "files": done.files}
        self.stdout.write(
            _("%(file)s: %(rows)d rows, %(files)d files. Look it through before you hand it out.") % words
        )
