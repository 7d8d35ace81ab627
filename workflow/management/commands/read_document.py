"""`manage.py read_document FILE`: what a page would make of a Word, OpenDocument or PDF file."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from workflow.readers import FoundDocument, Unreadable, read_document
from workflow.readers.document import as_told
from workflow.readers.words import refusal

REFUSED = 2
"""Exit status when a file is not read."""


class Command(BaseCommand):
    help = "Read a Word, OpenDocument or PDF file and print what was found. Exit status 2 when it is refused."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--original", action="store_true", help="take tracked changes as rejected")
        parser.add_argument("--json", action="store_true", help="print all of it as JSON")
        parser.add_argument("--language", choices=("da", "en"), default="da", help="the language of the words")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            try:
                found = _read(options["file"], options["original"])
            except Unreadable as error:
                self.stderr.write(str(refusal(error).text))
                sys.exit(REFUSED)
            if options["json"]:
                self.stdout.write(json.dumps(as_told(found), ensure_ascii=False, indent=2))
            else:
                self.stdout.write(_listing(found))


def _read(path: Path, original: bool) -> FoundDocument:
    try:
        with path.open("rb") as content:
            return read_document(path.name, content, original=original)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=REFUSED) from error


def _listing(found: FoundDocument) -> str:
    """The title, the headings with how much stands under each, and what else was found."""
    lines = [found.title or "–"]
    for section in found.sections:
        heading = " ".join(part for part in (section.number, section.heading) if part) or "–"
        proposed = " " + _("(proposed)") if section.proposed else ""
        size = _("%(count)d characters") % {"count": len(section.text)}
        lines.append(f"{'  ' * section.level}{heading}{proposed}: {size}")
    for change in found.changes:
        lines.append(f"± {change.author}: {change.before!r} → {change.after!r}")
    for comment in found.comments:
        lines.append(f"» {comment.author}: {comment.text}")
    lines += [_("Left out: %(what)s") % {"what": words} for words in found.lost]
    return "\n".join(lines)
