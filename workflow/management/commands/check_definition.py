"""`manage.py check_definition FILE…`: what is wrong with a definition, by file and line, and what to do about it."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from workflow.definitions import check, json_schema
from workflow.definitions.reading import LARGEST
from workflow.reports.handbook import tables

WRONG = 2
"""Exit status when a file is wrong."""


class Command(BaseCommand):
    help = "Check definition files. Prints each problem as file:line: message remedy; exit status 2 when there is any."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of a definition, for editors")
        parser.add_argument("--handbook", action="store_true", help="print the tables of docs/definitions.md")
        parser.add_argument("--language", choices=("da", "en"), default="da", help="the language of the messages")
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a definition in YAML")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            self._check(options)

    def _check(self, options: dict[str, Any]) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2))
            return
        if options["handbook"]:
            self.stdout.write(tables(), ending="")
            return
        if not options["files"]:
            raise CommandError(_("Name a file, or say --schema."), returncode=WRONG)
        wrong = 0
        for path in options["files"]:
            problems = check(read_text(path), str(path))
            wrong += len(problems)
            for problem in problems:
                self.stderr.write(str(problem))
            if not problems:
                self.stdout.write(f"{path}: ok")
        if wrong:
            sys.exit(WRONG)


def read_text(path: Path) -> str:
    """A file's text; a sentence instead of a traceback when it cannot be read.

    Of a file too large to be a definition no more is read than shows that it is.
    """
    try:
        with path.open("rb") as file:
            content = file.read(4 * LARGEST + 1)
        return content.decode("utf-8", errors="replace" if len(content) > 4 * LARGEST else "strict")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=WRONG) from error
    except UnicodeDecodeError as error:
        said = _("The file is not UTF-8 text. Save it as UTF-8.")
        raise CommandError(f"{path}:1: {said}", returncode=WRONG) from error
