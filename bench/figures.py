"""A figure with its target, printed as one line of JSON; and how a measurement is started in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    value, baseline   in `unit`; baseline is the floor's number, None for an absolute target
    ratio             ours/floor, None for an absolute target
    target            what `ratio` is held against, or `value` where there is no ratio
    ok                whether the target is met
    database          "sqlite" or "postgresql"
    """

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    target: float
    ok: bool
    database: str

    def say(self) -> None:
        print(json.dumps(asdict(self)), flush=True)


def at_most(name: str, value: float, unit: str, target: float, database: str) -> Figure:
    """An absolute figure that must not be above its target."""
    return Figure(name, round(value, 2), unit, None, None, target, value <= target, database)


def against_floor(
    name: str, value: float, baseline: float, unit: str, target: float, database: str, *, more_is_better: bool
) -> Figure:
    """A figure beside the floor measured in the same minute: times at most, throughputs at least `target` × floor."""
    ratio = value / baseline
    ok = ratio >= target if more_is_better else ratio <= target
    return Figure(name, round(value, 2), unit, round(baseline, 2), round(ratio, 2), target, ok, database)


def embedded(folder: Path) -> dict[str, str]:
    """The environment of the embedded default with its data in `folder`: SQLite, a queue in memory, no mail sent."""
    settled = ("DATABASE_URL", "REDIS_URL", "BASE_URL", "MAIL_MODE", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "DEMO")
    return {name: value for name, value in os.environ.items() if name not in settled} | {"VAR_DIR": str(folder)}


def measure_apart(module: str, environment: Mapping[str, str]) -> bool:
    """Run a measurement as a program of its own, which prints its figures; whether all its targets were met."""
    done = subprocess.run(
        [sys.executable, "-m", module], env=os.environ | environment, cwd=ROOT, check=False, stdout=subprocess.PIPE
    )
    lines = done.stdout.decode()
    print(lines, end="", flush=True)
    return done.returncode == 0 and all(json.loads(line)["ok"] for line in lines.splitlines())


@contextmanager
def empty_database() -> Iterator[None]:
    """A database with all tables and no rows on the configured server, dropped afterwards. Django must be set up."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["MIGRATE"] = False  # the tables at once instead of migration by migration
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def say_pages(figures: Callable[[], Iterable[Figure]]) -> None:
    """The program of a measurement that opens pages: in a database made for it on the configured server, and dropped
    afterwards. figures: measures."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test.utils import override_settings

    # Names of static files without their digests: nothing is collected here.
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(STORAGES=settings.STORAGES | plain), empty_database():
        for figure in figures():
            figure.say()
