"""Files by several programs, each beside what is to be read from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.readers.word_files import a_paragraph, deleted, inserted, read
from workflow.readers import read_document
from workflow.readers.document import FoundDocument, as_told

pytestmark = pytest.mark.sqlite

FILES = Path(__file__).parent / "files"


def expectations() -> list[Path]:
    return sorted(FILES.glob("*.json"))


@pytest.mark.parametrize("expected", expectations(), ids=lambda path: path.stem)
def test_read_file_of_a_program_finds_what_was_worked_out_by_hand(expected: Path) -> None:
    name, _, reading = expected.stem.partition(".")
    [path] = [path for path in FILES.glob(f"{name}.*") if path.suffix not in (".json", ".md")]

    with path.open("rb") as content:
        found = read_document(path.name, content, original=reading == "original")

    assert as_told(found) == json.loads(expected.read_text(encoding="utf-8"))
    assert_places_hold(found, original=reading == "original")


def test_read_files_of_programs_each_has_its_expectation() -> None:
    files = {path.stem for path in FILES.iterdir() if path.suffix not in (".json", ".md")}

    assert files == {path.stem.partition(".")[0] for path in expectations()}
    assert len(files) >= 8


def assert_places_hold(found: FoundDocument, *, original: bool) -> None:
    """Comments and changes whose words lie in the text begin at their place, unless markup lies between."""
    for comment in found.comments:
        text = found.sections[comment.section].text
        assert 0 <= comment.start <= len(text)
        if comment.quote in text:
            assert text[comment.start :].lstrip("*~[").startswith(comment.quote)
    for change in found.changes:
        text = found.sections[change.section].text
        words = change.before if original else change.after
        assert 0 <= change.start <= len(text)
        if words in text and change.start:
            assert text[change.start :].startswith(words)


piece = st.tuples(
    st.sampled_from(["kept", "put in", "taken out"]), st.sampled_from(["Ole", "Ida"]), st.sampled_from("abc")
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(piece, st.integers(1, 3)), max_size=5), min_size=1, max_size=3))
def test_read_any_changes_each_stands_where_its_words_are(
    paragraphs: list[list[tuple[tuple[str, str, str], int]]],
) -> None:
    def run(kind: str, author: str, words: str) -> str:
        return {"put in": inserted, "taken out": deleted}[kind](words, author) if kind != "kept" else words

    body = "".join(a_paragraph(*(run(kind, by, sign * n) for (kind, by, sign), n in runs)) for runs in paragraphs)
    for original, left_out in ((False, "taken out"), (True, "put in")):
        found = read(body, original=original)

        shown = ["".join(sign * n for (kind, _by, sign), n in runs if kind != left_out) for runs in paragraphs]
        assert [s.text for s in found.sections if s.text] == ["\n\n".join(filter(None, shown))] * any(shown)
        for change in found.changes:
            words = change.before if original else change.after
            assert found.sections[change.section].text[change.start :].startswith(words)
        put_in = sum(n for runs in paragraphs for (kind, _by, _sign), n in runs if kind == "put in")
        assert sum(len(change.after) for change in found.changes) == put_in
