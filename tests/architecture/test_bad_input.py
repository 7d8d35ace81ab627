"""The table of bad input tells the truth: its tests exist and its words are those that are read."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

from config import messages

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "bad-input.md"
ROWS = 22  # the bad inputs that are listed


def rows() -> list[list[str]]:
    """The cells of each row: bad input, tests, words."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def defined_in(path: Path) -> set[str]:
    """The names of the test functions of a file; none when there is no file."""
    if not path.exists():
        return set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def danish() -> list[str]:
    """Every Danish text of the product."""
    found: list[str] = []
    for path in messages.catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="da"):
                texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
                found += [text for text in texts if text]
    return found


def test_read_table_each_row_names_tests_that_exist() -> None:
    found = rows()
    missing = []
    for bad, cell, _words in found:
        named = re.findall(r"`([^`]+\.py)::(\w+)`", cell)
        if not named:
            missing.append(f"{bad}: no test")
        missing += [f"{bad}: {path}::{name}" for path, name in named if name not in defined_in(ROOT / path)]

    assert len(found) >= ROWS
    assert missing == []


def test_read_table_its_words_stand_in_the_catalogues() -> None:
    texts = danish()
    quoted = [words for _bad, _tests, cell in rows() for words in re.findall("«([^»]+)»", cell)]

    assert quoted
    assert [words for words in quoted if not any(words in text for text in texts)] == []
