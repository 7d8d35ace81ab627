"""`python -m tests.without_locks [WORD …]`: takes each lock out in turn and looks for a test that then turns red.

A lock is a `select_for_update` or an advisory lock of PostgreSQL in the product's code; a word picks those whose place
holds it. Works on copies of the tree. Prints a row for each lock; exit status 1 when nobody misses one. Takes some
ten minutes for all of them, so it is run by hand when a lock or a race test has changed.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests import servers

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("consultations", "workflow", "notifications")
ADVISORY = re.compile(r"SELECT pg_advisory_(?:xact_)?lock\(%s\)")
QUICK = "postgres and not slow"


@dataclass(frozen=True)
class Lock:
    """One lock: its file, its line, the function or name it stands in, and the file's text without it."""

    path: Path
    line: int
    inside: str
    without: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.inside}"


def locks() -> Iterator[Lock]:
    """Every lock of the product, in the order of files and lines."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            text = path.read_text()
            if "select_for_update" in text or ADVISORY.search(text):
                yield from _locks_in(path.relative_to(ROOT), text)


def _locks_in(path: Path, text: str) -> Iterator[Lock]:
    lines = text.encode().splitlines(keepends=True)  # the tree counts in bytes
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    whole = text.encode()
    tree = ast.parse(text)
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr == "select_for_update":
            before = starts[node.func.value.end_lineno - 1] + node.func.value.end_col_offset
            after = starts[node.end_lineno - 1] + node.end_col_offset
            without = whole[:before] + b".all()" + whole[after:]
            yield Lock(path, node.lineno, _inside(tree, node.lineno), without.decode())
    for found in ADVISORY.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        without = text[: found.start()] + "SELECT %s" + text[found.end() :]
        yield Lock(path, line, _inside(tree, line), without)


def _inside(tree: ast.Module, line: int) -> str:
    """The function or module-level name in which a line stands."""
    for node in tree.body:
        if node.lineno <= line <= (node.end_lineno or node.lineno):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                return node.name
            if isinstance(node, ast.AnnAssign | ast.Assign):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                return ast.unparse(target)
    return "?"


def copy_of_tree(folder: Path) -> None:
    """All files that git knows or would take, laid in `folder`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    for compiled in (*ROOT.glob("locale/*/LC_MESSAGES/*.mo"),):
        shutil.copyfile(compiled, folder / compiled.relative_to(ROOT))


def red_test(folder: Path, selection: str, environment: dict[str, str]) -> str | None:
    """The first test of a selection that fails there, or None."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-m", selection, "-p", "no:randomly", "-rf", "--no-header"],
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if found:
        return found[1]
    return None if done.returncode == 0 else f"pytest ended with {done.returncode}: {done.stdout[-300:]}"


def main(words: list[str]) -> int:
    """Try every lock, or those whose place holds one of the words."""
    chosen = [lock for lock in locks() if not words or any(word in str(lock) for word in words)]
    missed = []
    with ExitStack() as stack:
        environment = {
            "DATABASE_URL": stack.enter_context(servers.postgres()),
            "TEST_REDIS_URL": stack.enter_context(servers.valkey()),
        }
        for lock in chosen:
            started = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="samraad-lock-") as name:
                folder = Path(name)
                copy_of_tree(folder)
                (folder / lock.path).write_text(lock.without)
                red = red_test(folder, QUICK, environment)
            missed += [] if red else [lock]
            print(f"{lock} | {red or 'NOBODY'} | {time.monotonic() - started:.0f} s", flush=True)
    print(f"{len(chosen)} locks, {len(missed)} that no test misses")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
