"""What belongs to a consultation, as papers: its letter, an answer with its receipt, and all a party is to read in one
file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.models import Answer, HearingRound
from consultations.queries.answers import with_words
from consultations.reports.hearing import name_of, texts_of
from consultations.rules.rounds import days_words
from consultations.states import AnswerState, InvitationState, RoundForm, RoundState
from workflow.dates import deadline_words, local_day, short_date
from workflow.models import Stage, StoredFile
from workflow.reports.papers.course import Step
from workflow.reports.papers.facts import Fact, Template, Value
from workflow.reports.papers.heads import paper_of, said, signature_of
from workflow.reports.papers.kit import original_name
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Block, Facts, Heading, ItemList, Paper, Paragraph, Words, line
from workflow.reports.papers.naming import file_name
from workflow.reports.papers.registry import DOCX, PDF, PaperFile, PaperKind, make_paper, may_make, paper_kind
from workflow.reports.papers.texts import TEXT, Text, may_make_text

LETTER: Final = "hearing_letter"
ANSWER: Final = "answer"
PARTIES: Final = "party_list"
ANSWERS: Final = "answer_list"


# ── The letter ────────────────────────────────────────────────────────────────────────────────────────────────
def find_round(public_id: UUID) -> HearingRound | None:
    """A round with its process and set."""
    rounds = HearingRound.objects.select_related("stage__process__office", "stage__process__definition", "bundle__line")
    return rounds.filter(public_id=public_id).first()


def _letter(hearing_round: HearingRound) -> Paper:
    """The letter to all who are heard. Each party's own link and code are in its mail, never here."""
    process = hearing_round.stage.process
    is_full = hearing_round.form == RoundForm.FULL
    blocks: list[Block] = []
    if hearing_round.closes_at is not None and is_full:
        by = deadline_words(hearing_round.closes_at, process.time_zone)
        blocks.append(Paragraph((Words(_("Reply deadline: %(deadline)s") % {"deadline": by}, is_strong=True),)))
    blocks += blocks_of(hearing_round.letter)
    if hearing_round.opened_at is not None and hearing_round.closes_at is not None and is_full:
        lasts = _("The consultation lasts %(days)s, both ends counted.") % {"days": days_words(hearing_round)}
        blocks.append(Paragraph(line(lasts)))
    how = _(
        "You answer by the personal link in the mail from the secretariat; you need no account. You may also answer on "
        "paper, or by mail to %(address)s."
    )
    blocks += [Heading(1, line(_("How you answer"))), Paragraph(line(how % {"address": process.office.reply_to}))]
    if hearing_round.bundle is not None:
        items = hearing_round.bundle.items.select_related("version").order_by("position")
        documents = tuple((Paragraph(line(item.version.title)),) for item in items)
        blocks += [Heading(1, line(_("The documents"))), ItemList(documents, is_numbered=True)]
    blocks.append(signature_of(process))
    name = _("Consultation letter") if is_full else _("Letter")
    return paper_of(
        process,
        LETTER,
        hearing_round.title,
        blocks,
        at=hearing_round.opened_at or process.started_at,
        named=(name, hearing_round.title),
        recipient=(_("To the parties consulted") if is_full else _("To those who are asked"),),
        mark=_("Draft, not sent") if hearing_round.state == RoundState.DRAFT else "",
    )


# ── An answer ─────────────────────────────────────────────────────────────────────────────────────────────────
def find_answer(public_id: UUID) -> Answer | None:
    """An answer that was sent, with its words and files."""
    answers = Answer.objects.exclude(state=AnswerState.DRAFT).filter(public_id=public_id)
    below = "invitation__round__stage__process"
    return with_words(answers.select_related(f"{below}__office", f"{below}__definition", "invitation__body")).first()


def _answer(answer: Answer) -> Paper:
    """The receipt and the words, as its party sent them: also what it marked as confidential. For the party itself and
    the office."""
    party = answer.invitation
    process = party.round.stage.process
    title = _("Answer: %(party)s") % {"party": name_of(party)}
    about = Facts(((_("Consultation"), party.round.title), (_("Party"), name_of(party))))
    blocks: list[Block] = [about, *said(texts_of(party, answer, process.time_zone)), *_files(answer)]
    assert answer.received_at is not None
    return paper_of(
        process,
        ANSWER,
        title,
        blocks,
        at=answer.recorded_at or answer.received_at,
        named=(_("Answer"), name_of(party), answer.receipt_number),
        mark=_("Holds confidential parts") if answer.confidential_note else "",
    )


def _files(answer: Answer) -> Iterator[Block]:
    names = [each.file.name if each.file.erased_at is None else _("Erased") for each in answer.files.all()]
    if names:
        yield Heading(1, line(_("Files")))
        yield ItemList(tuple((Paragraph(line(name)),) for name in names))


# ── All in one file ───────────────────────────────────────────────────────────────────────────────────────────
def papers_of_round(hearing_round: HearingRound) -> tuple[str, list[tuple[str, PaperFile | StoredFile]]]:
    """The name of a ZIP with all that the parties of a round are to read, and its files in order, by their names: the
    letter, each document as a PDF (as Word where none can be made), and its original. To be asked in the process's
    language."""
    process = hearing_round.stage.process
    at = hearing_round.opened_at or process.started_at
    files: list[tuple[str, PaperFile | StoredFile]] = []
    if hearing_round.letter.strip():
        files.append(_numbered(0, make_paper(LETTER, hearing_round, _best(LETTER))))
    items = hearing_round.bundle.items.order_by("position") if hearing_round.bundle else None
    for place, item in enumerate(items.select_related("version__file") if items else (), start=1):
        if may_make_text(item.version) is None:
            files.append(_numbered(place, make_paper(TEXT, Text(item.version, hearing_round.bundle), _best(TEXT))))
        stored = item.version.file
        if stored is not None and stored.erased_at is None:
            files.append((f"{place} {original_name(stored)}", stored))
    return f"{file_name(local_day(at, process.time_zone), hearing_round.title)}.zip", files


def _best(key: str) -> str:
    return PDF if may_make(paper_kind(key), PDF) is None else DOCX


def _numbered(place: int, paper: PaperFile) -> tuple[str, PaperFile]:
    return f"{place} {paper.name}", paper


# ── What others tell of it ────────────────────────────────────────────────────────────────────────────────────
def rounds_on_the_way(stage: Stage) -> list[Step]:
    """The consultations held on a stage's text before it, each with its period and how many answered. One query, and
    two for each round."""
    rounds = (
        HearingRound.objects.filter(stage__process=stage.process, stage__line=stage.line_id, opened_at__isnull=False)
        .exclude(state=RoundState.CANCELLED)
        .filter(stage__position__lt=stage.position)
        .order_by("opened_at", "id")
    )
    steps = []
    for hearing_round in rounds:
        assert hearing_round.opened_at is not None
        asked = hearing_round.invitations.filter(for_information=False).exclude(state=InvitationState.LISTED)
        words = {
            "title": hearing_round.title,
            "from": short_date(hearing_round.opened_at, stage.process.time_zone),
            "asked": asked.count(),
            "answered": asked.filter(state=InvitationState.ANSWERED).count(),
        }
        if hearing_round.closes_at is not None and hearing_round.form == RoundForm.FULL:
            words["until"] = short_date(hearing_round.closes_at, stage.process.time_zone)
            text = _("%(title)s: %(from)s to %(until)s, %(answered)d of %(asked)d answered.")
        else:
            text = _("%(title)s: sent on %(from)s to %(asked)d.")
        steps.append(Step(local_day(hearing_round.opened_at, stage.process.time_zone), text % words))
    return steps


# ── What an office's own template may say ─────────────────────────────────────────────────────────────────────
def _letter_values(hearing_round: HearingRound, paper: Paper) -> dict[str, Value]:
    process = hearing_round.stage.process
    is_full = hearing_round.form == RoundForm.FULL
    closes_at = hearing_round.closes_at if is_full else None
    items = hearing_round.bundle.items.select_related("version").order_by("position") if hearing_round.bundle else ()
    return {
        "frist": deadline_words(closes_at, process.time_zone) if closes_at else "",
        "varighed": days_words(hearing_round) if closes_at and hearing_round.opened_at else "",
        "brev": tuple(blocks_of(hearing_round.letter)),
        "dokumenter": tuple(item.version.title for item in items),
    }


_LETTER_FACTS: Final = (
    Fact(
        "frist",
        gettext_lazy("by when an answer is asked for; empty where there is no deadline"),
        "29. marts 2026 kl. 12.00",
    ),
    Fact("varighed", gettext_lazy("how long the consultation lasts; empty before it is sent"), "28 dage"),
    Fact(
        "brev",
        gettext_lazy("the letter as the secretariat has written it, without what Samråd adds"),
        "Vi beder om **jeres** bemærkninger.\n\nSærligt om:\n\n- mål\n- økonomi",
        is_long=True,
    ),
    Fact(
        "dokumenter",
        gettext_lazy("the titles of the documents, one by one"),
        ("Sundhedsaftale 2027–2030", "Bilag om økonomi"),
    ),
)


KINDS: Final = (
    PaperKind(
        LETTER,
        gettext_lazy("Consultation letter"),
        "a round of a consultation",
        find_round,
        lambda hearing_round: hearing_round.stage.process.language,
        _letter,
        template=Template(_LETTER_FACTS, lambda hearing_round: hearing_round.stage.process.office, _letter_values),
    ),
    PaperKind(
        ANSWER,
        gettext_lazy("Answer with receipt"),
        "an answer that was sent",
        find_answer,
        lambda answer: answer.invitation.round.stage.process.language,
        _answer,
    ),
)
