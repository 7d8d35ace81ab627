"""`manage.py draw_states [--check]`: write the drawings of state machines and shipped definitions to docs/states/."""

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from workflow.reports.drawings import pages


class Command(BaseCommand):
    help = (
        "Draw every state machine and every shipped definition; with --check only say which drawings are out of date."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 when one is out of date")
        parser.add_argument("--into", type=Path, default=settings.BASE_DIR / "docs" / "states")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["into"]
        wanted = pages()
        stale = [
            name
            for name, text in wanted.items()
            if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
        ]
        stale += [path.name for path in sorted(folder.glob("*.md")) if path.name not in wanted]
        if options["check"]:
            for name in stale:
                self.stderr.write(f"{name} is out of date; run manage.py draw_states")
            if stale:
                sys.exit(1)
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            if name in wanted:
                (folder / name).write_text(wanted[name], encoding="utf-8")
            else:
                (folder / name).unlink()
            self.stdout.write(name)
