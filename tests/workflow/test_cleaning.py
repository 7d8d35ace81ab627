"""What enters is cleaned once: composed, without what nobody sees, in time that grows with its length alone."""

import random
import sys
import time
import unicodedata

import pytest

from workflow.rules.cleaning import MARKS_ON_ONE_LETTER, cleaned_text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("A\u030angstr\u00f6m", "Ångström"),
        ("Anna\x00 Ols\u200ben\ufeff", "Anna Olsen"),
        ("half \ud800a sign\udfff", "half a sign"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("one \u00a0\u2003 blank", "one blank"),
        ("  around  ", "around"),
        ("a\r\nb\tc\u2028d", "a b c d"),
        ("\u3164", ""),
        ("\ufffe\U0001ffff", ""),
        ("\u0301\u0301", ""),
        ("M. E. O’Brien – § 4, stk. 2", "M. E. O’Brien – § 4, stk. 2"),
    ],
)
def test_clean_line_keeps_the_words_and_nothing_unseen(written: str, kept: str):
    assert cleaned_text(written, lines=False) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\r\nb\rc\nd\u0085e\u2029f\x0cg", "a\nb\nc\nd\ne\nf\ng"),
        ("\r\n\r\nfirst  line  \r\n\r\n\r\nsecond\t\tcolumn\r\n  ", "first line\n\n\nsecond\t\tcolumn"),
        ("- one\n  - within  one\n    text", "- one\n  - within one\n    text"),
        ("  \t \n ", ""),
        ("\tno name\ta@example.dk", "\tno name\ta@example.dk"),
    ],
)
def test_clean_lines_keeps_lines_columns_and_indents(written: str, kept: str):
    assert cleaned_text(written, lines=True) == kept


@pytest.mark.parametrize(
    "name",
    [
        "محمد عبد الله",
        "שָׁלוֹם",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👩\u200d👧",
        "🏳\ufe0f\u200d🌈",
        "👍🏽",
        "Nguyễn Thị Ánh",
        "Ḷ̓́ogos",
    ],
)
def test_clean_name_of_any_script_or_emoji_changes_nothing(name: str):
    name = unicodedata.normalize("NFC", name)

    assert cleaned_text(name, lines=False) == name
    assert cleaned_text(name, lines=True) == name


def test_clean_joiners_that_join_nothing_takes_them_away():
    assert cleaned_text("\u200dAnna\u200d \u200c\u200dOl\u200d\u200d\u200dsen\u200d", lines=False) == "Anna Ol\u200dsen"


def test_clean_twice_changes_nothing_more():
    chance = random.Random(7)
    odd = "\u0301\u0323\u0344\u0fb3\u200d\u200c \t\r\n\u00a0a\u212bé\u1100\u1161\u11a8\ud800\ufe0f👩"
    for _ in range(3000):
        signs = [
            chance.choice(odd) if chance.random() < 0.8 else chr(chance.randrange(sys.maxunicode)) for _ in range(24)
        ]
        for lines in (True, False):
            once = cleaned_text("".join(signs), lines=lines)
            assert cleaned_text(once, lines=lines) == once, [hex(ord(sign)) for sign in signs]
            once.encode()


@pytest.mark.parametrize(
    "heap",
    [
        "\u0301" * 2_000_000,
        "a" + "\u0301\u0323" * 1_000_000,
        "\u0301\u200d" * 1_000_000,
        "a\u0344" * 1_000_000,
        " " * 2_000_000 + "a",
        "a \t" * 700_000,
        "\u200d" * 2_000_000,
        "\r\n" * 1_000_000 + "a",
        "\ud800" * 2_000_000,
    ],
    ids=["marks", "on-a-letter", "joined", "composed", "blanks", "tabs", "joiners", "lines", "halves"],
)
def test_clean_two_million_odd_characters_takes_no_longer_than_reading_them(heap: str):
    began = time.process_time()
    for lines in (True, False):
        cleaned_text(heap, lines=lines)

    assert time.process_time() - began < 8  # seconds; a quadratic walk takes hours


def test_clean_pile_of_marks_keeps_what_scripts_use():
    assert len(cleaned_text("a" + "\u0335" * 2_000, lines=False)) == 1 + MARKS_ON_ONE_LETTER
