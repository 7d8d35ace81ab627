"""`manage.py load_definition --office KEY FILE…`: take definitions in for an office, pinned by their content."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.definitions import load_definition
from workflow.actors import SYSTEM
from workflow.definitions import SHIPPED, DefinitionRefused
from workflow.management.arguments import office_of
from workflow.management.commands.check_definition import WRONG, read_text


class Command(BaseCommand):
    help = "Load definitions for an office. The same content gives the same row; a wrong file is refused whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="the office's key")
        parser.add_argument("--shipped", action="store_true", help="the definitions that come with the product")
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a definition in YAML")

    def handle(self, *args: Any, **options: Any) -> None:
        office = office_of(options["office"])
        files = [*options["files"], *(sorted(SHIPPED.glob("*.yaml")) if options["shipped"] else [])]
        if not files:
            raise CommandError(_("Name a file, or say --shipped."))
        for path in files:
            try:
                row = load_definition(office, read_text(path), path.name, actor=SYSTEM, now=timezone.now())
            except DefinitionRefused as refused:
                self.stderr.write(str(refused))
                sys.exit(WRONG)
            self.stdout.write(f"{row.key} {row.sha256}")
