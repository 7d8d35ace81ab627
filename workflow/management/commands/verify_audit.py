"""`manage.py verify_audit [--head DIGEST] [--files] [--json]`: prove the record; status 1 names the first fault."""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflow.actions.sealing import verify_audit


class Command(BaseCommand):
    help = "Prove that the record stands as it was written; exit status 1 and the first fault when it does not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", metavar="DIGEST", default="", help="a head kept elsewhere, from a mail: it must be in the record"
        )
        parser.add_argument("--files", action="store_true", help="also read every byte of every file; takes its time")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a sentence")

    def handle(self, *args: Any, **options: Any) -> None:
        proof = verify_audit(kept=options["head"].strip().lower(), with_files=options["files"], now=timezone.now())
        if options["json"]:
            values: dict[str, Any] = {
                "ok": proof.ok,
                "entries": proof.entries,
                "seals": proof.seals,
                "details": proof.details,
                "erased": proof.erased,
                "head": proof.head,
                "installation": proof.installation,
            }
            if proof.fault is not None:
                values["fault"] = {
                    "code": proof.fault.code,
                    "text": proof.fault.text,
                    "entry": str(proof.fault.entry) if proof.fault.entry else None,
                    "seal": proof.fault.seal,
                }
            self.stdout.write(json.dumps(values, ensure_ascii=False))
        elif proof.fault is None:
            self.stdout.write(
                _(
                    "The record stands: %(entries)d entries under %(seals)d seals, %(details)d details kept, "
                    "%(erased)d erased, head %(head)s"
                )
                % {
                    "entries": proof.entries,
                    "seals": proof.seals,
                    "details": proof.details,
                    "erased": proof.erased,
                    "head": proof.head or "–",
                }
            )
            if proof.installation not in ("", settings.INSTALLATION_ID):
                anchored = _("The head was anchored by another installation, %(id)s: this is a restored database.")
                self.stdout.write(anchored % {"id": proof.installation})
        else:
            where = f" [{proof.fault.entry}]" if proof.fault.entry else ""
            broken = _("The record is broken (%(code)s)") % {"code": proof.fault.code}
            self.stdout.write(f"{broken}: {proof.fault.text}{where}")
        if not proof.ok:
            sys.exit(1)
