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
from workflow.queries.processes import read_definition


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
        now = timezone.now()
        for path in files:
            try:
                row = load_definition(office, read_text(path), path.name, actor=SYSTEM, now=now)
            except DefinitionRefused as refused:
                self.stderr.write(str(refused))
                sys.exit(WRONG)
            words = {
                "title": str(read_definition(row).title),
                "key": row.key,
                "office": office.name,
                "sha256": row.sha256,
            }
            if row.loaded_at == now:
                text = _(
                    "“%(title)s” (%(key)s) is loaded for %(office)s; what is started from now on follows it, what is "
                    "under way keeps its own (%(sha256)s)."
                )
            else:
                text = _("“%(title)s” (%(key)s) was loaded for %(office)s before; nothing is changed (%(sha256)s).")
            self.stdout.write(text % words)
