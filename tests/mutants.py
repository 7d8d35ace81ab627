"""`python -m tests.mutants [--seed N] [--number N] [--only WORD]`: small mistakes put into what judges and counts, one
by one, to see whether a test turns red.

The rooms and the mistakes are those of `tests.mutations`. A seed, which is printed, picks them. Each is tried in
a fork of one process that has everything loaded: the code of one function is exchanged, and the tests that come by run
until one is red. Prints those that nobody noticed; exit status 1 when they are more than `MOST_UNNOTICED` of all.
"""

from __future__ import annotations

import argparse
import ast
import functools
import gc
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutations import ROOT, Mutant, functions, mutants, places, source_of

TESTS = ("tests/workflow", "tests/consultations")
SLOWER = (
    "tests/workflow/test_erasure.py",
    "tests/consultations/test_erasure.py",
    "tests/consultations/test_erasure_passed_on.py",
    "tests/consultations/test_queries.py",
)
"""Left out: they take long and say little of the rooms."""

NOT_HERE = "not slow and not browser and not page and not postgres and not valkey"

NUMBER = 60
MOST_UNNOTICED = 0.4
"""The share that may go unnoticed. Of sixty drawn anew each time, eight to fifteen did so far; the room above is what
the draw alone may do, so that a run is not red by chance. It is to come down as tests come in."""

LONGEST_LOOK = 140
"""Seconds for finding out which test comes by what; a quiet machine takes a third of it. On one too busy to look at all
tests what went unnoticed is said and not judged: those that would have noticed may be among the others."""

LONGEST = 240
"""Seconds for all of it. What was not reached by then is said and not counted."""

LONGEST_EACH = 30
"""Seconds for the tests of one mistake: a test that never ends has noticed it."""

MOST_TESTS = 30
"""So many tests are asked for one mistake, in turn from each file, the quickest of it first."""

AT_ONCE = 2

UNNOTICED, NOTICED, UNFINISHED, BROKEN = 0, 1, 2, 3
"""With what a fork ends."""


def code_of(source: str, path: str, function: str) -> CodeType:
    """The compiled code of one function of a module's source."""
    waiting = [compile(source, str(ROOT / path), "exec", dont_inherit=True)]
    while waiting:
        for found in waiting.pop().co_consts:
            if isinstance(found, CodeType):
                if found.co_qualname == function:
                    return found
                waiting.append(found)
    raise LookupError(f"{path} has no {function}")


def put_in(path: str, function: str, code: CodeType) -> None:
    """Exchange the code of a function wherever it is known; what was remembered of any answer is forgotten."""
    gc.unfreeze()  # what was there when the process began is not looked through otherwise
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_qualname == function:
            if each.__code__.co_filename == str(ROOT / path):
                each.__code__ = code
        elif isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).split(".")[0] in OURS:
            each.cache_clear()


OURS = ("config", "consultations", "workflow", "notifications", "tests")

come_by: set[int] = set()
"""The mistakes whose statements were come by since it was emptied: their places among those chosen."""


def telling(path: str, function: str, numbered: dict[int, int]) -> CodeType:
    """The code of a function that says, before each statement a mistake is to be made in, that it was come by.
    numbered: the mistake's number in the function, by its place among those chosen."""
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = [place for place in places(module) if place[-1] == function]
    body = dict(functions(module))[function].body
    for chosen, number in numbered.items():
        statements, at = _statement_with(body, found[number][3]) or (body, 0)
        said = f"__import__('sys').modules['tests.mutants'].come_by.add({chosen})"
        statements.insert(at, ast.parse(said).body[0])
    return code_of(ast.unparse(ast.fix_missing_locations(module)), path, function)


def _statement_with(statements: list[ast.stmt], node: ast.AST) -> tuple[list[ast.stmt], int] | None:
    """The innermost statement that holds a piece of code: the list it stands in, and its place there."""
    for at, statement in enumerate(statements):
        if any(each is node for each in ast.walk(statement)):
            for _field, value in ast.iter_fields(statement):
                is_body = isinstance(value, list) and value and isinstance(value[0], ast.stmt)
                if is_body and (inner := _statement_with(value, node)):
                    return inner
            return statements, at
    return None


class Trying:
    """Takes the place of pytest's loop over the tests: they are run in forks of the process that has collected them."""

    def __init__(self, chosen: Sequence[Mutant], seed: int, folder: Path) -> None:
        self.chosen = chosen
        self.seed = seed
        self.is_all_looked_at = False
        self.folder = folder
        self.unnoticed: list[Mutant] = []
        self.untried: list[Mutant] = []
        self.started = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """First which test comes by which statement, then mistake by mistake."""
        items = session.items
        first = next((item for item in items if item.get_closest_marker("django_db")), items[0])
        runtestprotocol(first, nextitem=first, log=False)  # the database is there from now on
        callers = self._callers(items)
        waiting = list(self.chosen)
        running: dict[int, tuple[Mutant, float]] = {}
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                mutant = waiting.pop()
                asked = callers.get(mutant, [])[:MOST_TESTS]
                is_unknown = not asked and not self.is_all_looked_at
                if is_unknown or time.monotonic() - self.started > LONGEST:
                    self.untried.append(mutant)
                    continue
                pid = self._fork(lambda mutant=mutant, asked=asked: self._is_noticed(session, mutant, asked))
                running[pid] = mutant, time.monotonic()
            if running:
                pid, status = os.wait()
                mutant, since = running.pop(pid)
                came_of_it = os.waitstatus_to_exitcode(status)
                assert came_of_it in (UNNOTICED, NOTICED, -signal.SIGALRM), f"{mutant} could not be tried: {came_of_it}"
                asked = callers.get(mutant, [])
                word = "UNNOTICED" if came_of_it == UNNOTICED else "noticed"
                print(f"{word} {mutant} | {len(asked)} tests, {time.monotonic() - since:.1f} s", flush=True)
                if came_of_it == UNNOTICED:
                    self.unnoticed.append(mutant)
        return True

    def _callers(self, items: list[pytest.Item]) -> dict[Mutant, list[int]]:
        """Which tests come by each statement a mistake is made in, in the order they are asked, by their places."""
        # Neighbours stay together: what a module's tests share is then made once.
        files: dict[Path, list[int]] = {}
        for place, item in enumerate(items):
            files.setdefault(item.path, []).append(place)
        shuffled = random.Random(self.seed).sample(list(files.values()), len(files))
        parts = [[place for file in shuffled[first::AT_ONCE] for place in file] for first in range(AT_ONCE)]
        answers = [self.folder / f"callers-{number}" for number in range(len(parts))]
        for part, answer in zip(parts, answers, strict=True):
            self._fork(lambda part=part, answer=answer: _note_callers(items, part, self.chosen, answer))
        ends = {os.waitstatus_to_exitcode(os.wait()[1]) for _part in parts}
        assert ends <= {UNNOTICED, UNFINISHED}, f"the tests could not be looked at: {ends}"
        self.is_all_looked_at = UNFINISHED not in ends
        found: dict[Mutant, list[tuple[float, int]]] = {}
        for answer in answers:
            for line in answer.read_text().splitlines():
                chosen, seconds, place = line.split()
                found.setdefault(self.chosen[int(chosen)], []).append((float(seconds), int(place)))
        how_many = "all" if self.is_all_looked_at else "not all"
        print(f"{how_many} of {len(items)} tests looked at in {time.monotonic() - self.started:.0f} s", flush=True)
        return {mutant: _in_turn(items, [place for _seconds, place in sorted(at)]) for mutant, at in found.items()}

    def _fork(self, deed: Callable[[], int]) -> int:
        """Do it in a fork with a database and folders of its own; the exit status is its answer."""
        from django.db import connections

        connections.close_all()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        status = BROKEN
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            _move_into(Path(tempfile.mkdtemp(dir=self.folder)))
            status = deed()
        finally:
            os._exit(status)

    def _is_noticed(self, session: pytest.Session, mutant: Mutant, asked: list[int]) -> int:
        signal.alarm(LONGEST_EACH)
        put_in(mutant.path, mutant.function, code_of(source_of(mutant), mutant.path, mutant.function))
        for item in (session.items[place] for place in asked):
            if _is_red(item):
                return NOTICED
        return UNNOTICED


def _in_turn(items: list[pytest.Item], come: list[int]) -> list[int]:
    """Tests in the order they are asked: one of each file in turn, beginning with the files that come by most."""
    files: dict[Path, list[int]] = {}
    for place in come:
        files.setdefault(items[place].path, []).append(place)
    sizes = Counter(item.path for item in items)
    by_share = sorted(files, key=lambda path: len(files[path]) / sizes[path], reverse=True)
    rounds = zip_longest(*(files[path] for path in by_share))
    return [place for each in rounds for place in each if place is not None]


def _is_red(item: pytest.Item) -> bool:
    item.session._setupstate.teardown_exact(item)
    return any(report.failed for report in runtestprotocol(item, nextitem=item, log=False))


def _move_into(folder: Path) -> None:
    from django.conf import settings
    from django.db import connection

    if Path(connection.settings_dict["NAME"]).exists():
        shutil.copy(connection.settings_dict["NAME"], folder / "test.sqlite3")
    connection.settings_dict["NAME"] = str(folder / "test.sqlite3")
    settings.VAR_DIR = folder
    settings.MEDIA_ROOT = folder / "media"


def _note_callers(items: list[pytest.Item], part: list[int], chosen: Sequence[Mutant], answer: Path) -> int:
    numbered: dict[tuple[str, str], dict[int, int]] = {}
    for at, mutant in enumerate(chosen):
        numbered.setdefault((mutant.path, mutant.function), {})[at] = mutant.number
    for (path, function), numbers in numbered.items():
        put_in(path, function, telling(path, function, numbers))
    until = time.monotonic() + LONGEST_LOOK
    with answer.open("w") as file:
        for place in part:
            if time.monotonic() > until:
                return UNFINISHED
            come_by.clear()
            began = time.perf_counter()
            is_red = _is_red(items[place])
            seconds = time.perf_counter() - began
            for at in come_by if not is_red else ():
                file.write(f"{at} {seconds:.4f} {place}\n")
    return 0


def main(arguments: list[str]) -> int:
    """Choose, try, and say what nobody noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--only", default="", help="a part of a path or a function's name")
    parser.add_argument("--tests", nargs="*", default=[*TESTS], help="paths of the tests that are asked")
    options = parser.parse_args(arguments)
    everything = [mutant for mutant in mutants() if options.only in str(mutant)]
    chosen = random.Random(options.seed).sample(everything, min(options.number, len(everything)))
    print(f"Seed {options.seed}: {len(chosen)} of {len(everything)} mistakes", flush=True)
    with tempfile.TemporaryDirectory(prefix="samraad-mutants-") as folder:
        trying = Trying(chosen, options.seed, Path(folder))
        ignored = [f"--ignore={path}" for path in SLOWER]
        came_of_it = pytest.main(
            ["-q", "-p", "no:randomly", "-s", "-m", NOT_HERE, *ignored, *options.tests], plugins=[trying]
        )
    tried = len(chosen) - len(trying.untried)
    print(f"{tried} tried, {len(trying.unnoticed)} unnoticed, {len(trying.untried)} not reached")
    for mutant in trying.unnoticed:
        print(f"  {mutant}")
    if came_of_it != pytest.ExitCode.OK:
        return 1
    return 1 if trying.is_all_looked_at and len(trying.unnoticed) > MOST_UNNOTICED * tried else 0


if __name__ == "__main__":
    # Under its own name as well: a function that tells of its call tells it there.
    sys.modules["tests.mutants"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1:]))
