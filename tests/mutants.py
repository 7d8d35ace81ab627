"""`python -m tests.mutants [--seed N] [--number N] [--only WORD]`: small mistakes put into what judges and counts, one
by one, to see whether a test turns red.

The rooms are those of `ROOMS`. A seed, which is printed, picks the mistakes. Each is tried in a fork of one process
that has everything loaded: the code of one function is exchanged, and the tests that call it run until one is red.
Prints those that nobody noticed; exit status 1 when they are more than `MOST_UNNOTICED` of all.

What is never changed, since nobody would notice or nobody should: texts, annotations, docstrings and what is raised for
programmers; `strict=` of a `zip`; lengths at which a text is cut for a list; what stands outside of functions.
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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "workflow/rules",
    "workflow/gates",
    "workflow/deadlines",
    "workflow/definitions",
    "consultations/rules",
    "consultations/gates.py",
)
TESTS = ("tests/workflow", "tests/consultations")
SLOWER = (
    "tests/workflow/test_erasure.py",
    "tests/consultations/test_erasure.py",
    "tests/consultations/test_queries.py",
)
"""Left out: they take long and say little of the rooms."""

NOT_HERE = "not slow and not browser and not page and not postgres and not valkey"

NUMBER = 60
MOST_UNNOTICED = 0.2
"""The share that may go unnoticed."""

LONGEST = 240
"""Seconds; what was not reached by then is said and not counted."""

LONGEST_EACH = 40
"""Seconds for the tests of one mistake: a test that never ends has noticed it."""

MOST_TESTS = 40
"""So many tests are asked for one mistake, the quickest first."""

AT_ONCE = 2


# ── Mistakes ──────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Mutant:
    """One mistake: the file, the line, the function by its full name in the module, which of those that can be made in
    it, and what stands there instead of what."""

    path: str
    line: int
    function: str
    number: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.what}"


COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """The mistakes that can be made of one piece of code, each as what would stand in its place."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            if wrong := COMPARISONS.get(type(operator)):
                yield ast.Compare(node.left, [*node.ops[:at], wrong(), *node.ops[at + 1 :]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        yield ast.BinOp(node.left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield ast.Constant(node.value + 1)
        yield ast.Constant(node.value - 1)
    elif isinstance(node, ast.If) and not isinstance(node.test, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    elif isinstance(node, ast.Return) and ast.unparse(node).startswith("return Refusal("):
        yield ast.Return(ast.Constant(None))


def _left_alone(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a piece of code in which nothing is changed."""
    said = (ast.Raise, ast.Assert, ast.JoinedStr, ast.Slice)
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef):
            yield from each.decorator_list
            yield from filter(None, [each.returns])
        elif isinstance(each, ast.arg | ast.AnnAssign) and each.annotation:
            yield each.annotation
        elif isinstance(each, said) or (isinstance(each, ast.keyword) and each.arg == "strict"):
            yield each


def functions(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions at the top of a module and the methods of its classes, by their full names."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{each.name}", each) for each in node.body if isinstance(each, ast.FunctionDef))


def mutants() -> Iterator[Mutant]:
    """Every mistake that can be made in the rooms."""
    for room in ROOMS:
        paths = sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / room]
        for path in paths:
            yield from mutants_of(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def mutants_of(path: str, source: str) -> Iterator[Mutant]:
    """Every mistake that can be made in one file."""
    module = ast.parse(source)
    numbers: dict[str, int] = {}
    for _parent, _field, _at, node, change, name in places(module):
        number = numbers.setdefault(name, 0)
        numbers[name] += 1
        yield Mutant(path, getattr(node, "lineno", 0), name, number, f"{_short(node)} → {_short(change)}")


Place = tuple[ast.AST, str, int, ast.AST, ast.AST, str]
"""Parent, field, place among many, what stands there, what could, and the function's full name."""


def places(module: ast.Module) -> Iterator[Place]:
    """Where a mistake can be made in a module, and which."""
    for name, function in functions(module):
        alone = {id(inner) for part in _left_alone(function) for inner in ast.walk(part)}
        for parent in ast.walk(function):
            for field, value in ast.iter_fields(parent):
                for at, node in enumerate(value if isinstance(value, list) else [value]):
                    if isinstance(node, ast.AST) and id(node) not in alone:
                        yield from ((parent, field, at, node, change, name) for change in changes(node))


def source_of(mutant: Mutant) -> str:
    """The source of the mistake's module with the mistake in it."""
    module = ast.parse((ROOT / mutant.path).read_text(encoding="utf-8"))
    found = [place for place in places(module) if place[-1] == mutant.function][mutant.number]
    parent, field, at, node, change, _name = found
    _put(parent, field, at, ast.copy_location(change, node))
    return ast.unparse(ast.fix_missing_locations(module))


def _put(parent: ast.AST, field: str, at: int, node: ast.AST) -> None:
    value = getattr(parent, field)
    if isinstance(value, list):
        value[at] = node
    else:
        setattr(parent, field, node)


def _short(node: ast.AST) -> str:
    return ast.unparse(node).splitlines()[0][:100]


# ── Trying them ───────────────────────────────────────────────────────────────────────────────────────────────
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
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_qualname == function:
            if each.__code__.co_filename == str(ROOT / path):
                each.__code__ = code
        elif isinstance(each, functools._lru_cache_wrapper) and str(each.__module__).split(".")[0] in OURS:
            each.cache_clear()


called: set[tuple[str, str]] = set()
"""The functions called since it was emptied: path and full name."""


def telling(path: str, function: str) -> CodeType:
    """The code of a function that says first that it was called."""
    module = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = dict(functions(module))[function]
    said = f"__import__('sys').modules['tests.mutants'].called.add(({path!r}, {function!r}))"
    found.body.insert(0, ast.parse(said).body[0])
    return code_of(ast.unparse(ast.fix_missing_locations(module)), path, function)


OURS = ("config", "consultations", "workflow", "notifications", "tests")


class Trying:
    """Takes the place of pytest's loop over the tests: they are run in forks of the process that has collected them."""

    def __init__(self, chosen: Sequence[Mutant], folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder
        self.unnoticed: list[Mutant] = []
        self.untried: list[Mutant] = []
        self.started = time.monotonic()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """First which test calls which function, then mistake by mistake."""
        items = session.items
        runtestprotocol(items[0], nextitem=items[1], log=False)  # the database is there from now on
        callers = self._callers(items)
        waiting = list(self.chosen)
        running: dict[int, tuple[Mutant, float]] = {}
        while waiting or running:
            while waiting and len(running) < AT_ONCE:
                mutant = waiting.pop()
                if time.monotonic() - self.started > LONGEST:
                    self.untried.append(mutant)
                    continue
                asked = callers.get((mutant.path, mutant.function), [])[:MOST_TESTS]
                pid = self._fork(lambda mutant=mutant, asked=asked: self._is_noticed(session, mutant, asked))
                running[pid] = mutant, time.monotonic()
            if running:
                pid, status = os.wait()
                mutant, since = running.pop(pid)
                is_noticed = os.waitstatus_to_exitcode(status) != 0
                asked = callers.get((mutant.path, mutant.function), [])
                word = "noticed  " if is_noticed else "UNNOTICED"
                print(f"{word} {mutant} | {len(asked)} tests, {time.monotonic() - since:.1f} s", flush=True)
                if not is_noticed:
                    self.unnoticed.append(mutant)
        return True

    def _callers(self, items: list[pytest.Item]) -> dict[tuple[str, str], list[int]]:
        """Which tests call each function a mistake is made in, the quickest first; by their places among the tests."""
        wanted = {(mutant.path, mutant.function) for mutant in self.chosen}
        # Neighbours stay together: what a module's tests share is then made once.
        size = -(-len(items) // AT_ONCE)
        parts = [list(range(len(items)))[first : first + size] for first in range(0, len(items), size)]
        answers = [self.folder / f"callers-{number}" for number in range(len(parts))]
        for part, answer in zip(parts, answers, strict=True):
            self._fork(lambda part=part, answer=answer: _note_callers(items, part, wanted, answer))
        for _part in parts:
            os.wait()
        found: dict[tuple[str, str], list[tuple[float, int]]] = {}
        for answer in answers:
            for line in answer.read_text().splitlines():
                path, function, seconds, place = line.split("\t")
                found.setdefault((path, function), []).append((float(seconds), int(place)))
        print(f"{len(items)} tests looked at in {time.monotonic() - self.started:.0f} s", flush=True)
        return {key: [place for _seconds, place in sorted(places)] for key, places in found.items()}

    def _fork(self, deed: Callable[[], int]) -> int:
        """Do it in a fork with a database and folders of its own; the exit status is its answer."""
        from django.db import connections

        connections.close_all()
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        status = 1
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
                return 1
        return 0


def _is_red(item: pytest.Item) -> bool:
    item.session._setupstate.teardown_exact(item)
    return any(report.failed for report in runtestprotocol(item, nextitem=item, log=False))


def _move_into(folder: Path) -> None:
    from django.conf import settings
    from django.db import connection

    shutil.copy(connection.settings_dict["NAME"], folder / "test.sqlite3")
    connection.settings_dict["NAME"] = str(folder / "test.sqlite3")
    settings.VAR_DIR = folder
    settings.MEDIA_ROOT = folder / "media"


def _note_callers(items: list[pytest.Item], part: list[int], wanted: set[tuple[str, str]], answer: Path) -> int:
    for path, function in wanted:
        put_in(path, function, telling(path, function))
    with answer.open("w") as file:
        for place in part:
            called.clear()
            began = time.perf_counter()
            is_red = _is_red(items[place])
            seconds = time.perf_counter() - began
            for path, function in called if not is_red else ():
                file.write(f"{path}\t{function}\t{seconds:.4f}\t{place}\n")
    return 0


def main(arguments: list[str]) -> int:
    """Choose, try, and say what nobody noticed."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--number", type=int, default=NUMBER)
    parser.add_argument("--only", default="", help="a part of a path or a function's name")
    options = parser.parse_args(arguments)
    everything = [mutant for mutant in mutants() if options.only in str(mutant)]
    chosen = random.Random(options.seed).sample(everything, min(options.number, len(everything)))
    print(f"Seed {options.seed}: {len(chosen)} of {len(everything)} mistakes", flush=True)
    with tempfile.TemporaryDirectory(prefix="samraad-mutants-") as folder:
        trying = Trying(chosen, Path(folder))
        ignored = [f"--ignore={path}" for path in SLOWER]
        pytest.main(["-q", "-p", "no:randomly", "-s", "-m", NOT_HERE, *ignored, *TESTS], plugins=[trying])
    tried = len(chosen) - len(trying.untried)
    print(f"{tried} tried, {len(trying.unnoticed)} unnoticed, {len(trying.untried)} not reached")
    for mutant in trying.unnoticed:
        print(f"  {mutant}")
    return 1 if not tried or len(trying.unnoticed) > MOST_UNNOTICED * tried else 0


if __name__ == "__main__":
    # Under its own name as well: a function that tells of its call tells it there.
    sys.modules["tests.mutants"] = sys.modules["__main__"]
    sys.exit(main(sys.argv[1:]))
