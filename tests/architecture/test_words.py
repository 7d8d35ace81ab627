"""The words of docs/words.md in what people read: one for each idea, and none that means something else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po
from yaml import safe_load

from config.messages import ROOT, catalogues, source_texts

DANISH = {
    "påmindelse": r"\brykke",
    "supplement": r"\btillæg",
    "høringspart, aftalepart": r"\bpart(en|ens|er|erne|ernes|s)?\b",
    "»…«": r"[“”„]",
    "indholdsmæssig": r"\bvæsentlig",
    "ikke godkendt": r"\bforkast",
    "sendte mails": r"\bpostlog",
    "historik": r"\b(spor|sporet|sporets)\b",
    "version 2": r"\b[Ss]æt %\(",
    "fælles høringssvar": r"\bfællessvar",
    "direkte på siden": r"\b(ét|et enkelt) tryk\b|\b(tre|to|et|få) minut",
    "linket nedenfor": r"\bbag linket",
    "sagens gang": r"^vejen$",
    "generelle bemærkninger": r"til det hele",
    "svaret er modtaget inden fristen": r"i rette tid",
    "taget til efterretning": r"ført til protokols",
    "mailadresse": r"\be-mailadresse",
    "fortsæt, selv om betingelsen ikke er opfyldt": r"åbn med begrundelse",
    "tekniske oplysninger": r"fingeraftryk",
    "jeres svar": r"det sendte i$",
    "kontakter": r"^organer$",
}
"""The word that is used → how another word for the same thing begins, which is not."""

ENGLISH = {
    "consultation": r"\bhearings?\b(?!_)|\bheard\b",
    "version 2": r"\bset %\(",
    "stages": r"^the path$",
    "link below": r"behind the link",
    "not approved": r"\brejected\b",
    "right on the page": r"\bone press\b|\b(three|two|one|a few) minutes?\b",
    "they do not change the text": r"they change nothing",
    "for information only": r"taken to the minutes",
    "how it was decided": r"^decided in$",
    "sent mails": r"\bmail log\b",
    "technical information": r"\bfingerprint",
}

WORDS_OF_OTHERS = {
    # A key of a file, not a word of ours.
    "Write process.started, or a stage and what happened in it: hearing.opened (or completed, receipt, ruling, "
    "occurred).",
    # What a mail server says of a mail.
    "Rejected",
}


@cache
def danish_texts() -> tuple[str, ...]:
    """Every Danish text of the catalogues and of the shipped definitions."""
    texts: list[str] = []
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    texts += [message.string] if isinstance(message.string, str) else message.string
    return (*texts, *_of_definitions("da"))


@cache
def of_source() -> tuple[tuple[str, str | tuple[str, ...]], ...]:
    """Each text of the source, with where it stands."""
    return tuple((where, text) for where, text, _context in source_texts())


@cache
def english_texts() -> tuple[str, ...]:
    """Every text of the source that people read, and the English of the shipped definitions."""
    texts: list[str] = []
    for _where, text in of_source():
        texts += text if isinstance(text, tuple) else (text,)
    return (*texts, *_of_definitions("en"))


def _of_definitions(language: str) -> Iterator[str]:
    for path in sorted((ROOT / "workflow" / "definitions" / "shipped").glob("*.yaml")):
        yield from _in_language(safe_load(path.read_text(encoding="utf-8")), language)


def _in_language(node: object, language: str) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from _in_language(value, language)
    elif isinstance(node, list):
        for value in node:
            yield from _in_language(value, language)


@pytest.mark.parametrize("word", DANISH)
def test_read_danish_texts_use_one_word_for_the_idea(word: str) -> None:
    others = re.compile(DANISH[word], re.IGNORECASE)

    assert [text for text in danish_texts() if others.search(text)] == []


@pytest.mark.parametrize("word", ENGLISH)
def test_read_english_texts_use_one_word_for_the_idea(word: str) -> None:
    others = re.compile(ENGLISH[word], re.IGNORECASE)

    assert [text for text in english_texts() if others.search(text) and text not in WORDS_OF_OTHERS] == []


TO_BODIES = (
    "templates/consultations/reply",
    "templates/consultations/letter",
    "templates/workflow/decision",
    "templates/workflow/authority",
    "templates/workflow/links/",
    "templates/mails/",
    "consultations/forms/answers.py",
    "consultations/rules/answers.py",
    "consultations/views/replies.py",
    "consultations/views/reply_requests.py",
    "consultations/views/writing.py",
    "workflow/forms/links.py",
    "workflow/views/decisions/",
    "workflow/views/submissions/by_link.py",
)
TO_ONE_PERSON = (
    "templates/mails/account_",
    "templates/mails/hearing_forwarded",
    "templates/mails/password_link",
    "templates/mails/test_mail",
    "templates/workflow/decision_on_behalf",
)
OF_ONE_PERSON = {
    # Whoever takes the task on from a shared mailbox writes down who they are.
    "Your e-mail address",
    "Your name",
    "For whoever reads a mailbox that several share. You get the link by mail; reminders and the receipt come to you "
    "from now on. %(told)s",
}
DU = re.compile(r"\b(du|dig|din|dit|dine)\b", re.IGNORECASE)


def test_read_pages_and_mails_to_bodies_say_i_and_jer() -> None:
    danish = {}
    for path in catalogues():
        with path.open("rb") as file:
            danish |= {message.id: message.string for message in read_po(file) if isinstance(message.id, str)}
    said = {
        text: danish.get(text, "")
        for where, text in of_source()
        if isinstance(text, str)
        and where.startswith(TO_BODIES)
        and not where.startswith(TO_ONE_PERSON)
        and text not in OF_ONE_PERSON
    }

    assert said
    assert {text: words for text, words in said.items() if DU.search(words)} == {}
