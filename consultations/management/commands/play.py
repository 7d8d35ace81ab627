"""`manage.py play FILE`: plays a scenario in an empty database of its own and says whether it came out as expected."""

import gc
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from consultations.player import Outcome, Scenario, ScenarioRefused, own_database, play, read_scenario
from consultations.player.scenario import json_schema
from workflow.definitions import Problem

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
FAILED, WRONG_FILE = 1, 2


class Command(BaseCommand):
    help = (
        "Play a scenario in an empty database of its own. Exit status: 0 as expected, 1 something else came out, "
        "2 the file is wrong."
    )
    requires_system_checks: list[str] = []  # the configured database is not used

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="a scenario, by path or by the name of a shipped one")
        parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
        parser.add_argument("--keep", metavar="DIR", type=Path, help="keep database, mails and packages there")
        parser.add_argument(
            "--on", metavar="DATE", type=date.fromisoformat, help="lay relative times around this day (default: today)"
        )
        parser.add_argument("--schema", action="store_true", help="print the JSON Schema of scenarios and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["schema"]:
            self.stdout.write(json.dumps(json_schema(), ensure_ascii=False, indent=2))
            return
        if not options["file"]:
            self.stderr.write(_("Name a scenario: %(names)s, or a path.") % {"names": ", ".join(shipped_names())})
            sys.exit(WRONG_FILE)
        begun = time.perf_counter()
        gc.freeze()  # what is loaded by now stays to the end
        laid_on = options["on"] or timezone.now().astimezone(ZoneInfo("Europe/Copenhagen")).date()
        keep: Path | None = options["keep"]
        try:
            scenario = read_scenario(scenario_path(options["file"]), laid_on)
            self._say(scenario.notices)
            with own_database(keep.resolve() if keep else None) as folder:
                tell = (lambda line: None) if options["json"] else self._tell
                outcome = play(scenario, mails=folder / "mails" if keep else None, tell=tell)
                if keep:
                    _keep(folder, outcome)
                report = outcome.report(time.perf_counter() - begun)
        except ScenarioRefused as refused:
            self._say(refused.problems)
            sys.exit(WRONG_FILE)
        if not keep and report["package"]:
            report["package"]["path"] = None  # it goes with the database
        self._say_failures(scenario, outcome)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._say_readably(scenario, report, keep)
        if not outcome.ok:
            sys.exit(FAILED)

    def _say(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.stderr.write(str(problem))

    def _tell(self, line: str) -> None:
        with suppress(BrokenPipeError):
            self.stdout.write(line)

    def _say_failures(self, scenario: Scenario, outcome: Outcome) -> None:
        for failure in outcome.failures:
            where = f"{scenario.path.name}:{failure.line}: {failure.what}"
            expected = _("that it goes through") if failure.expected is None and failure.is_fatal else failure.expected
            got = _("nothing") if failure.got in (None, "") else failure.got
            words = _("expected %(expected)s, got %(got)s") % {"expected": expected, "got": got}
            self.stderr.write(f"{where}: {words}{f' ({failure.text})' if failure.text else ''}")

    def _say_readably(self, scenario: Scenario, report: dict[str, Any], keep: Path | None) -> None:
        say = self.stdout.write
        say(f"\n{scenario.file.title} · {report['state']}")
        for row in report["stages"]:
            again = f" ({row['attempt']})" if row["attempt"] > 1 else ""
            days = f"{(row['opened_at'] or '')[:10]:10} – {(row['closed_at'] or '')[:10]:10}"
            say(f"  {row['key'] + again:28} {row['state']:10} {days}")
        for name, value in report["counts"].items():
            if isinstance(value, dict):
                say(f"  {name}:" + "".join(f"\n    {key}: {number}" for key, number in sorted(value.items())))
            else:
                say(f"  {name}: {value}")
        if report["package"]:
            say(f"  package: {report['package']['sha256']}" + (f" {report['package']['path']}" if keep else ""))
        say(f"  audit: {report['audit']['entries']} entries, verified: {report['audit']['verified']}")
        say(f"{'OK' if report['ok'] else 'FAILED'} · {report['seconds']} s" + (f" · {keep}" if keep else ""))


def scenario_path(given: str) -> Path:
    """A path as it is given, or a shipped scenario by its name."""
    path = Path(given)
    shipped = SHIPPED / f"{given}.yaml"
    return shipped if not path.exists() and shipped.exists() else path


def shipped_names() -> list[str]:
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def _keep(folder: Path, outcome: Outcome) -> None:
    """A note of what is in the folder, and the head of the record."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    note = (
        f"database: {name}\n"
        if connection.vendor == "sqlite"
        else f"database: {name} on PostgreSQL, dropped after the play\n"
    )
    note += "mails: mails/*.eml\nfiles and packages: media/\nhead of the record: audit-head-*.json\n"
    (folder / "README.txt").write_text(note, encoding="utf-8")
