"""What an office's own Word template of a kind of paper may say: each fact by the name it has there.

The names are Danish, for Danish officers write them into Word; they are never translated, or a template would mean
something else in another language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.models import Office
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import (
    Block,
    Facts,
    Footnote,
    Gap,
    Heading,
    ItemList,
    Line,
    LineBreak,
    Paper,
    Paragraph,
    Picture,
    Quote,
    Signature,
    Table,
    Verbatim,
    Words,
    as_it_is,
    line,
)

Value = str | tuple[str, ...] | tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """name: as it stands in a template. says: what it is. example: words; a tuple of them for a list; Markdown for
    paragraphs, where `is_long`."""

    name: str
    says: Promise | str
    example: str | tuple[str, ...]
    is_long: bool = False

    @property
    def is_list(self) -> bool:
        """Whether a template goes through it, one by one."""
        return isinstance(self.example, tuple)

    @property
    def written(self) -> str:
        """How a template says it."""
        if self.is_list:
            return f"{{% for punkt in {self.name} %}}{{{{ punkt }}}}{{% endfor %}}"
        return f"{{{{ {self.name} }}}}"

    @property
    def sample(self) -> Value:
        """The example as the template gets it."""
        if isinstance(self.example, tuple):
            return self.example
        return tuple(blocks_of(self.example, below=1)) if self.is_long else self.example

    def data(self, value: Value) -> object:
        """A value of this fact as the program that fills reads it: words, a list of words, or {"blocks": …}."""
        if self.is_list:
            return list(value)
        return {"blocks": blocks_as_data(cast(Sequence[Block], value))} if self.is_long else value


@dataclass(frozen=True, slots=True)
class Template:
    """What a kind of paper gives an office's template. facts: those of its own; `EVERYWHERE` comes on top. office: of a
    row. values: of a row and the paper made of it, in the paper's language, by the names of `facts`."""

    facts: tuple[Fact, ...]
    office: Callable[[Any], Office]
    values: Callable[[Any, Paper], dict[str, Value]]

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        """In the order in which they are shown."""
        return (*EVERYWHERE, *self.facts)


EVERYWHERE: Final = (
    Fact("titel", _("the title of the letter"), "Fremsendelse af Sundhedsaftale 2027–2030"),
    Fact("undertitel", _("what stands under the title; may be empty"), "Politisk godkendelse"),
    Fact("dato", _("the day of the letter"), "4. marts 2026"),
    Fact("sagsnummer", _("the office's case number"), "SJAE-2026-1"),
    Fact("modtager", _("whom the letter goes to, line by line"), "Byrådet i Køge Kommune"),
    Fact("kontor", _("the office's name"), "Sekretariatet for sundhedsaftalen"),
    Fact("kontor_adresse", _("the office's postal address, line by line"), "Alléen 15\n4180 Sorø"),
    Fact("kontor_telefon", _("the office's telephone"), "70 15 50 00"),
    Fact("kontor_mail", _("the mailbox that answers come to"), "sekretariat@region.example"),
    Fact("kontaktperson", _("whom to ask for; may be empty"), "Karen Holm"),
    Fact("maerke", _("stands over a paper that is not final, such as “Draft, not sent”; mostly empty"), ""),
    Fact(
        "tekst",
        _("all the words of the paper as Samråd writes them, with headings and lists"),
        "Hermed fremsendes aftalen med henblik på **godkendelse**.\n\n## Bilag\n\n1. Sundhedsaftale 2027–2030\n"
        "2. Høringsnotat\n\n| Mål | Antal |\n|---|---|\n| Færre genindlæggelser | 12 |",
        is_long=True,
    ),
)
"""The facts that every kind has."""


def common_values(paper: Paper) -> dict[str, Value]:
    """The values of `EVERYWHERE`."""
    sender = paper.sender
    return {
        "titel": paper.title,
        "undertitel": paper.subtitle,
        "dato": paper.dated_words,
        "sagsnummer": paper.case_number,
        "modtager": "\n".join(paper.recipient),
        "kontor": sender.name,
        "kontor_adresse": sender.address,
        "kontor_telefon": sender.telephone,
        "kontor_mail": sender.email,
        "kontaktperson": sender.contact,
        "maerke": paper.mark,
        "tekst": tuple(block for block in paper.blocks if not isinstance(block, Signature)),
    }


# ── As the program that fills reads them ──────────────────────────────────────────────────────────────────────
def blocks_as_data(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Blocks one by one; notes stand behind them."""
    notes: list[Line] = []
    data = [each for block in blocks for each in _block(block, notes, 0)]
    for number, note in enumerate(notes, start=1):
        data.append({"is": "paragraph", "runs": [*_runs(line(f"{number}. "), []), *_runs(note, [])]})
    return data


def _block(block: Block, notes: list[Line], depth: int) -> Iterator[dict[str, Any]]:
    match block:
        case Heading():
            words = (Words(f"{block.number} "), *block.words) if block.number else block.words
            yield {"is": "heading", "level": block.level, "runs": _runs(words, notes)}
        case Paragraph():
            yield {"is": "paragraph", "runs": _runs(block.words, notes)}
        case Gap():
            yield {"is": "paragraph", "runs": _runs(line(f"[{block.text}]"), notes)}
        case Verbatim():
            yield {"is": "paragraph", "runs": _runs(line(block.text), notes)}
        case ItemList():
            yield from _items(block, notes, depth)
        case Quote():
            for each in block.blocks:
                yield from _block(each, notes, depth)
        case Facts():
            pairs = [
                [_runs(line(name, is_strong=True), notes), _runs(line(words), notes)] for name, words in block.rows
            ]
            yield {"is": "table", "rows": pairs, "has_head": False}
        case Table():
            rows = [[_runs(cell, notes) for cell in row] for row in (block.head, *block.rows)]
            yield {"is": "table", "rows": rows, "has_head": True}


def _items(items: ItemList, notes: list[Line], depth: int) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items.items, start=items.start):
        sign = f"{number}." if items.is_numbered else ""
        for place, each in enumerate(item):
            if place == 0 and isinstance(each, Paragraph):
                yield {"is": "item", "depth": depth, "sign": sign, "runs": _runs(each.words, notes)}
            else:
                yield from _block(each, notes, depth + 1)


def _runs(words: Sequence[Any], notes: list[Line]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    for each in as_it_is(tuple(words)):
        if isinstance(each, LineBreak):
            runs.append({"text": "\n"})
        elif isinstance(each, Footnote):
            notes.append(each.words)
            runs.append({"text": str(len(notes)), "raised": True})
        elif isinstance(each, Picture):
            runs.append({"text": each.words})
        else:
            look = {"strong": each.is_strong, "emphasised": each.is_emphasised, "struck": each.is_struck}
            runs.append({"text": each.text, **{name: True for name, is_so in look.items() if is_so}})
    return runs
