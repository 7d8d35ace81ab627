"""`manage.py make_paper KIND ID`: a paper of the registry as PDF, Word or spreadsheet."""

from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workflow.reports.papers.registry import FORMATS, make_paper, paper_kind, paper_kinds
from workflow.rules import Refused

WRONG = 2
"""Exit status where no paper is made."""


class Command(BaseCommand):
    help = "Make a paper, in the language of its process. The same facts give the same bytes, on every machine."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        listed = "\n".join(f"  {kind.key:18} {', '.join(kind.formats):15} {kind.about}" for kind in paper_kinds())
        return super().create_parser(
            prog_name,
            subcommand,
            formatter_class=RawDescriptionHelpFormatter,
            epilog=f"kinds, their formats, and what ID names:\n{listed}",
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=[kind.key for kind in paper_kinds()], help="listed below")
        parser.add_argument("id", metavar="ID", help="the id as it stands in the addresses of pages")
        parser.add_argument("--format", choices=FORMATS, help="the first format of the kind unless given")
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="the file to make, not yet there; its own name unless given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        kind = paper_kind(options["kind"])
        row = kind.find(_id_of(options["id"]))
        if row is None:
            words = {"id": options["id"], "about": kind.about}
            raise CommandError(_("Nothing has the id %(id)s. It names %(about)s.") % words, returncode=WRONG)
        try:
            paper = make_paper(kind.key, row, options["format"] or kind.formats[0])
        except Refused as refused:
            raise CommandError(str(refused.refusal.text), returncode=WRONG) from refused
        path: Path = options["output"] or Path(paper.name)
        try:
            with path.open("xb") as file:
                file.write(paper.content)
        except FileExistsError as error:
            raise CommandError(
                _("%(file)s is there already. Choose another name.") % {"file": path}, returncode=WRONG
            ) from error
        except OSError as error:
            words = {"file": path, "why": error.strerror}
            raise CommandError(_("%(file)s cannot be written: %(why)s") % words, returncode=WRONG) from error
        self.stdout.write(str(path))


def _id_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        said = _("“%(id)s” is no id. Take it from the address of the page, such as %(example)s.")
        words = {"id": text, "example": "0190a5c0-7d3e-7c4b-9a63-2f1e5d8c4b7a"}
        raise CommandError(said % words, returncode=WRONG) from error
