"""`manage.py draw_definition KEY|FILE`: a definition as a Mermaid drawing with a table of its stages."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from workflow.definitions import Definition, DefinitionRefused, parse, shipped, shipped_paths
from workflow.management.commands.check_definition import WRONG, read_text
from workflow.reports.drawings import draw_definition


class Command(BaseCommand):
    help = "Draw a definition, shipped (by its key) or in a file, as Mermaid in Markdown."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("definition", metavar="KEY|FILE")
        parser.add_argument("--language", choices=("da", "en"), default="da")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            self.stdout.write(draw_definition(self._found(options["definition"]), options["language"]), ending="")

    def _found(self, name: str) -> Definition:
        if Path(name).exists():
            try:
                return parse(read_text(Path(name)), name)
            except DefinitionRefused as refused:
                self.stderr.write(str(refused))
                sys.exit(WRONG)
        try:
            return shipped(name)
        except KeyError:
            known = ", ".join(path.stem for path in shipped_paths())
            raise CommandError(
                _("There is no file and no shipped definition “%(name)s”. Shipped: %(known)s.")
                % {"name": name, "known": known}
            ) from None
