"""`manage.py seal_audit`: seal what was recorded since the last seal, or anchor the head anew after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.sealing import RecordBroken, accept_head, seal_audit
from workflow.actors import SYSTEM
from workflow.rules import Refused


class Command(BaseCommand):
    help = "Seal the entries of the record written since the last seal."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--accept-head",
            metavar="DIGEST",
            help="after a restore: anchor the last seal, whose digest you have compared with one kept elsewhere",
        )
        parser.add_argument(
            "--reason",
            default="",
            help="with --accept-head: why the database knows less than was known, such as a restore; in the record",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["accept_head"]:
            try:
                accept_head(options["accept_head"], reason=options["reason"], actor=SYSTEM, now=timezone.now())
            except Refused as refused:
                raise CommandError(str(refused.refusal)) from refused
        try:
            done = seal_audit(now=timezone.now())
        except RecordBroken as broken:
            raise CommandError(broken.fault.text) from broken
        self.stdout.write(
            _("%(entries)d entries sealed, head %(head)s") % {"entries": done.entries, "head": done.head or "–"}
        )
