"""What a newcomer to the house may do wrong in one file, read from the file alone: each is said with its place.

Imports between rooms are import-linter's, clocks that are read where `now` is an argument are ruff's.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "consultations", "workflow", "notifications")

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
"""Lines, with signature and docstring."""

LONGER = {
    "_bodies_of_region": 70,
    "_give_answer": 60,
    "_forward_to": 60,
    "_played": 65,
    "_show_authority": 60,
    "add_version": 60,
    "ask_about_new_bundle": 60,
    "correct_address": 70,
    "correct_party": 70,
    "extend_for_one": 60,
    "launch_round": 80,
    "lock_bundle": 60,
    "make_package": 100,
    "may_record_decision": 70,
    "ready": 60,
    "record_decision": 60,
    "resume_process": 60,
    "set_contact": 60,
    "set_up": 70,
    "start_process": 70,
    "write_to_parties": 60,
}
"""Functions that were longer when the limit was set, by name since they may move, with the lines they may have. None is
added."""

TRANSACTIONS = ("workflow/actions/", "consultations/actions/", "notifications/")
"""Where a transaction is opened: in a deed; below the deeds, the mail has its own floor."""

HANDS_OVER_MAIL = ("notifications/delivery/", "notifications/tracking.py")
MAIL = ("django.core.mail", "anymail", "smtplib")
DOOR_OF_MAIL = "notifications/outbox.py"
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "acreate"}

NAMES_OF_THINGS = {"Samråd", "SHA"}
"""Words of a template that are the same in every language."""


def in_source(path: str, source: str) -> list[str]:
    """What is wrong in a Python file of the product, by its path below the root: "path:line what"."""
    module = ast.parse(source)
    found = [*_transactions(path, module), *_mail(path, module), *_clocks(module), *_long_functions(module)]
    found += [*_presses(path, module), *_long_file(source)]
    return [f"{path}:{line} {what}" for line, what in sorted(found)]


def in_test(path: str, source: str) -> list[str]:
    """What is wrong in a Python file of the tests, by its path below the root: "path:line what"."""
    return [f"{path}:{line} {what}" for line, what in _long_file(source)]


def in_template(path: str, text: str) -> list[str]:
    """Words of a template that no catalogue can translate: "path what"."""
    bare = re.sub(r"\{% (blocktranslate|comment|verbatim)\b.*?\{% end\1 %\}", " ", text, flags=re.DOTALL)
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", " ", bare)
    bare = re.sub(r"<(style|title)\b.*?</\1>|<[^>]*>|&\w+;", " ", bare, flags=re.DOTALL)
    words = [word for word in re.findall(r"[^\W\d_]{2,}", bare) if word not in NAMES_OF_THINGS]
    return [f"{path} words outside of translate: {' '.join(words[:8])}"] if words else []


def sources_of_tests() -> Iterator[tuple[str, str]]:
    """Every Python file of the tests and the benchmarks: its path below the root, its text."""
    for folder in ("tests", "bench"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def sources() -> Iterator[tuple[str, str]]:
    """Every Python file of the product but migrations: its path below the root, its text."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def templates() -> Iterator[tuple[str, str]]:
    """Every template: its path below the root, its text."""
    for path in sorted((ROOT / "templates").rglob("*.*")):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


Found = Iterator[tuple[int, str]]


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _long_file(source: str) -> Found:
    lines = source.count("\n")
    if lines > LONGEST_FILE:
        yield LONGEST_FILE + 1, f"a file of {lines} lines: make it a package, split by subject"


def _transactions(path: str, module: ast.Module) -> Found:
    if path.startswith(TRANSACTIONS):
        return
    for node in ast.walk(module):
        if "django.db.transaction" in _imported(node) or (isinstance(node, ast.Attribute) and node.attr == "atomic"):
            yield node.lineno, "a transaction outside the actions: one deed is one function there"


def _mail(path: str, module: ast.Module) -> Found:
    for node in ast.walk(module):
        names = _imported(node)
        is_of_mail = any(name == of or name.startswith(f"{of}.") for name in names for of in MAIL)
        if is_of_mail and not path.startswith(HANDS_OVER_MAIL):
            yield node.lineno, "mail is handed over by notifications/delivery alone: enqueue a letter in the outbox"
        is_written = isinstance(node, ast.Attribute) and node.attr in WRITES and "OutgoingMail" in ast.unparse(node)
        if is_written and path != DOOR_OF_MAIL:
            yield node.lineno, "a mail made past the outbox: its only door is notifications/outbox.py"


def _clocks(module: ast.Module) -> Found:
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg in ("auto_now", "auto_now_add"):
            yield node.lineno, "a model that reads the clock: time is an argument of the deed"


def _presses(path: str, module: ast.Module) -> Found:
    if "/views/" not in path:
        return
    for node in ast.walk(module):
        if isinstance(node, ast.keyword) and node.arg == "key" and ast.unparse(node.value).startswith("key_of("):
            yield node.value.lineno, "a press put together by hand: a page takes form_page, or **press_of(request)"


def _long_functions(module: ast.Module) -> Found:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGER.get(node.name, LONGEST_FUNCTION):
                yield node.lineno, f"{node.name} has {lines} lines, more than {LONGEST_FUNCTION}: split it"
