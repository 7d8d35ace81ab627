"""`manage.py verify_package FILE [FIRST …] [--sha256 DIGEST]`: is a package what was made? From files alone."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from workflow.reports.package.verifying import NoPackage, Verdict, faults_between, unchecked, verify_package

ALTERED = 1
"""Exit status when a package is not as it was made."""

NONE = 2
"""Exit status when a file cannot be read, or is no package."""


class Command(BaseCommand):
    help = (
        "Check a package for an authority, byte by byte and without database: exit status 0 when it is whole, 1 with a "
        "sentence for each fault, 2 when a file is no package."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the package, a ZIP")
        parser.add_argument(
            "others", nargs="*", type=Path, metavar="FIRST", help="for a supplement: the packages it adds to"
        )
        parser.add_argument(
            "--sha256", metavar="DIGEST", default="", help="what the mail said the package's SHA-256 is"
        )
        parser.add_argument("--language", choices=("da", "en"), default="da", help="the language of the messages")

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            paths = [options["file"], *options["others"]]
            verdicts = [_verdict(path) for path in paths]
            faults = [(path, fault) for path, verdict in zip(paths, verdicts, strict=True) for fault in verdict.faults]
            named = options["sha256"].strip().lower()
            if named and named != verdicts[0].sha256:
                text = _("The package is another than the one you were told of: its SHA-256 is %(sha256)s.")
                faults.append((paths[0], text % {"sha256": verdicts[0].sha256}))
            faults += [(paths[0], fault) for fault in faults_between(verdicts[0], verdicts[1:])]
            for path, fault in faults:
                self.stderr.write(f"{path}: {fault}")
            if faults:
                sys.exit(ALTERED)
            for path, verdict in zip(paths, verdicts, strict=True):
                self.stdout.write(f"{path}: {_words(verdict)}")
            for number, sha256 in unchecked(verdicts[0], verdicts[1:]):
                text = _("It adds to package %(number)s, which was not checked here: SHA-256 %(sha256)s")
                self.stdout.write(f"{paths[0]}: {text % {'number': number, 'sha256': sha256}}")


def _verdict(path: Path) -> Verdict:
    try:
        with path.open("rb") as file:
            return verify_package(file)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=NONE) from error
    except NoPackage as error:
        raise CommandError(f"{path}: {error}", returncode=NONE) from error


def _words(verdict: Verdict) -> str:
    text = _("Package %(number)s is whole: %(members)d files, SHA-256 %(sha256)s")
    return text % {"number": verdict.number, "members": verdict.members, "sha256": verdict.sha256}
