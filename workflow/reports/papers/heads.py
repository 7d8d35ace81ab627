"""What every paper of a process bears: its office, the day, the case, its name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from workflow.dates import local_day, short_date
from workflow.models import Office, Process
from workflow.reports.papers.illustrations import pictures_in
from workflow.reports.papers.model import (
    DEEPEST,
    Block,
    Facts,
    Heading,
    Paper,
    Paragraph,
    Sender,
    Signature,
    line,
)
from workflow.reports.papers.naming import file_name


def paper_of(
    process: Process,
    kind: str,
    title: str,
    blocks: Iterable[Block],
    *,
    at: datetime,
    named: Sequence[str] = (),
    subtitle: str = "",
    recipient: Sequence[str] = (),
    mark: str = "",
    head_facts: Sequence[tuple[str, str]] = (),
    has_contents: bool = False,
    has_line_numbers: bool = False,
    is_landscape: bool = False,
) -> Paper:
    """A paper of a process, in its language, which the caller speaks already.

    at: the instant (UTC) it bears the day of, from the facts and never from the clock. named: what stands in its file's
    name; its title unless given. Headings never skip a level, whatever the text does.
    """
    day = local_day(at, process.time_zone)
    stepped = tuple(in_steps(blocks))
    return Paper(
        kind=kind,
        title=title,
        language=process.language,
        sender=sender_of(process.office),
        dated=day,
        dated_words=short_date(day),
        made_at=at,
        case_number=process.case_number,
        blocks=stepped,
        file_name=file_name(day, *(named or (title,))),
        subtitle=subtitle,
        recipient=tuple(line for part in recipient for line in part.split("\n") if line.strip()),
        mark=mark,
        head_facts=tuple(head_facts),
        has_contents=has_contents,
        has_line_numbers=has_line_numbers,
        is_landscape=is_landscape,
        pictures=pictures_in(stepped, process),
    )


def sender_of(office: Office) -> Sender:
    """The office as a paper shows it."""
    return Sender(office.name, office.postal_address.strip(), office.telephone, office.reply_to, office.contact_person)


def signature_of(process: Process) -> Signature:
    """Under a letter: with kind regards, whom to ask for, the office."""
    office = process.office
    return Signature(_("Kind regards"), tuple(filter(None, (office.contact_person, office.name))))


def paragraphs(text: str) -> Iterator[Block]:
    """Words that somebody wrote into a field, as they were written: an empty line begins a paragraph."""
    for part in re.split(r"\n[ \t]*\n", text.strip()):
        if part.strip():
            yield Paragraph(line(part.strip("\n")))


def said(texts: Iterable[tuple[str, str]]) -> Iterator[Block]:
    """Headings and texts as a record has them: what is short and first as facts, what is long under headings."""
    rows = [(name, words) for name, words in texts if words]
    short = [(name, words) for name, words in rows if len(words) <= _SHORT and "\n" not in words]
    if short:
        yield Facts(tuple(short))
    for name, words in rows:
        if (name, words) not in short:
            yield Heading(1, line(name))
            yield from paragraphs(words)


_SHORT: Final = 120  # characters that fit a row of facts


def in_steps(blocks: Iterable[Block]) -> list[Block]:
    """The same blocks; a heading lies at most one level below the heading before it, as reading aloud needs."""
    stepped: list[Block] = []
    level = 0
    for block in blocks:
        if isinstance(block, Heading):
            level = min(block.level, level + 1, DEEPEST)
            block = replace(block, level=level)
        stepped.append(block)
    return stepped
