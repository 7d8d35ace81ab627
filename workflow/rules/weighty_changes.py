"""A change that is called editorial, and yet has another number, date, amount, negation or duty in it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from workflow.rules.compared_words import Fate, Words, is_figure, tokens
from workflow.rules.differences import SectionDifference
from workflow.rules.document_differences import DocumentDifference
from workflow.rules.refusals import Refusal

_NAMED: Final = 5
"""A refusal names so many of the changes; the page lists all of them."""

NEGATIONS: Final[Mapping[str, frozenset[str]]] = {
    "da": frozenset(
        {
            "ikke",
            "ingen",
            "intet",
            "ingenting",
            "ingensinde",
            "aldrig",
            "uden",
            "hverken",
            "medmindre",
            "undtagen",
            "undtaget",
            "dog",
            "næppe",
            "ej",
        }
    ),
    "en": frozenset(
        {"no", "not", "none", "never", "neither", "nor", "nothing", "without", "unless", "except", "cannot"}
    ),
}
"""By language the words by which a sentence says the contrary, or an exception."""

DUTIES: Final[Mapping[str, frozenset[str]]] = {
    "da": frozenset({"kan", "kunne", "skal", "skulle", "bør", "burde", "må", "måtte"}),
    "en": frozenset({"can", "could", "shall", "should", "must", "may", "might", "ought"}),
}
"""By language the words that say whether something is a duty, a right or a possibility."""


class Weight(StrEnum):
    """Why a change is hardly editorial."""

    FIGURE = "figure"
    NEGATION = "negation"
    DUTY = "duty"


@dataclass(frozen=True, slots=True)
class WeightyChange:
    """Words that changed in one section and weigh: those that are gone and those that have come, as written."""

    document: str
    section: str
    weight: Weight
    gone: tuple[str, ...]
    come: tuple[str, ...]

    @property
    def words(self) -> str:
        """As it is read: "“30” became “60”"."""
        facts = {"gone": ", ".join(self.gone), "come": ", ".join(self.come)}
        if not self.gone:
            return gettext("“%(come)s” was added") % facts
        if not self.come:
            return gettext("“%(gone)s” is gone") % facts
        return gettext("“%(gone)s” became “%(come)s”") % facts

    @property
    def place(self) -> str:
        """Document and section it stands in."""
        return f"{self.document}, {self.section}" if self.section else self.document


def weighty_changes(documents: Iterable[DocumentDifference], language: str) -> list[WeightyChange]:
    """The changes of numbers, dates, amounts, negations and of kan, skal, bør and må, section by section. A word that
    only stands elsewhere in its section is none. language: what the text is written in."""
    return [
        change
        for document in documents
        for section in document.all_sections
        for change in _of_section(document.name, section, language)
    ]


def _of_section(document: str, section: SectionDifference, language: str) -> Iterator[WeightyChange]:
    heading = _without_number(section)
    gone, come = (_weighing((*heading, *section.text), fate, language) for fate in (Fate.REMOVED, Fate.ADDED))
    for weight in Weight:
        lost, won = _more(gone, come, weight), _more(come, gone, weight)
        if lost or won:
            yield WeightyChange(document, section.title, weight, lost, won)


def _without_number(section: SectionDifference) -> tuple[Words, ...]:
    """The words of a heading. That sections are numbered otherwise weighs nothing."""
    if not section.is_renamed:
        return ()
    return tuple(run for run in section.heading if not (section.is_renumbered and run.is_figure))


def _weighing(runs: Sequence[Words], fate: Fate, language: str) -> list[tuple[Weight, str]]:
    words = [token.strip() for run in runs if run.fate is fate for token in tokens(run.text)]
    return [(weight, word) for word in words if (weight := _weight(word, language)) is not None]


def _weight(word: str, language: str) -> Weight | None:
    folded = word.casefold()
    if is_figure(word, language):
        return Weight.FIGURE
    if folded in NEGATIONS.get(language, ()) or (language == "en" and folded.endswith(("n't", "n’t"))):
        return Weight.NEGATION
    return Weight.DUTY if folded in DUTIES.get(language, ()) else None


def _more(these: Sequence[tuple[Weight, str]], those: Sequence[tuple[Weight, str]], weight: Weight) -> tuple[str, ...]:
    """The words of a weight that stand here more often than there."""
    over = Counter(word.casefold() for of, word in those if of is weight)
    found = []
    for of, word in these:
        if of is not weight:
            continue
        if over[word.casefold()]:
            over[word.casefold()] -= 1
        else:
            found.append(word)
    return tuple(found)


def may_be_editorial(changes: Sequence[WeightyChange], reason: str) -> Refusal | None:
    """A change in which a number, date, amount, negation or duty changed is called editorial with a reason only."""
    if not changes or reason.strip():
        return None
    named = "; ".join(f"{change.place}: {change.words}" for change in changes[:_NAMED])
    more = len(changes) - _NAMED
    if more > 0:
        named += " " + ngettext("(and %(count)d more)", "(and %(count)d more)", more) % {"count": more}
    return Refusal(
        "weighty_change_needs_reason",
        _("Write why the change is editorial all the same, or call it material. Changed: %(changes)s.")
        % {"changes": named},
    )
