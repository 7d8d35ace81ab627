"""The chapters of a package with what was heard: each consultation with letter, list and answers (the record's copies,
not the public's), and what became of the remarks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from consultations.models import Answer, HearingRound, InputNote, Invitation, RoundMessage
from consultations.queries.answers import with_words
from consultations.queries.rounds import COUNTING
from consultations.rules.rounds import days_words
from consultations.states import ANSWER_STANDING, AnswerKind, AnswerState, InvitationState, RoundForm, RoundState
from workflow.dates import short_date
from workflow.definitions import ancestors
from workflow.models.guards import ERASED_MARK
from workflow.queries.processes import definition_of, live_stages, stage_spec
from workflow.reports.package.chapters import (
    CONSULTATION,
    WHITE_BOOK,
    Chapter,
    Contents,
    Gathering,
    Paper,
    Part,
    Row,
    moment,
    written,
)
from workflow.states import StageKindName, StageState

_LATE: Final = (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED)


def hearing_chapters(contents: Contents) -> list[Chapter]:
    """Every consultation that was sent on the same text, in order, and the white book's place. Nine queries, however
    many answered. No chapter where nobody was to be heard."""
    rounds = list(
        HearingRound.objects.filter(
            stage__process=contents.process, stage__line=contents.stage.line_id, opened_at__isnull=False
        )
        .select_related("stage", "bundle")
        .order_by("stage__position", "stage__attempt", "number", "id")
    )
    for hearing_round in rounds:
        hearing_round.stage.process = contents.process
    gathering = Gathering()
    _tell_what_was_not_heard(contents, rounds, gathering)
    if not rounds:
        chapter = Chapter(CONSULTATION, _("Consultation"), (), tuple(gathering.missing))
        return [chapter] if chapter.missing else []
    parties, answers, earlier = _parties(rounds), _answers(rounds), _earlier(rounds)
    messages, notes = _messages(rounds), _notes(rounds)
    parts = [
        _part(hearing_round, parties[hearing_round.pk], answers, earlier, messages, notes, gathering)
        for hearing_round in rounds
    ]
    missing, left_out = tuple(gathering.missing), tuple(gathering.left_out)
    heard = Chapter(CONSULTATION, _("Consultation"), tuple(parts), missing, left_out)
    return [heard, _white_book(rounds, parties, answers)]


def _tell_what_was_not_heard(contents: Contents, rounds: Sequence[HearingRound], gathering: Gathering) -> None:
    before = ancestors(definition_of(contents.process), contents.stage.key)
    heard = {hearing_round.stage.key for hearing_round in rounds}
    for stage in live_stages(contents.process):
        if stage.kind != StageKindName.CONSULTATION or stage.key not in before or stage.done_on is not None:
            continue
        words = {"stage": str(stage_spec(stage).title)}
        if stage.line_id == contents.stage.line_id and stage.state == StageState.COMPLETED and stage.key not in heard:
            gathering.missing.append(_("Nobody was consulted in “%(stage)s”.") % words)


# ── Rows, for all rounds at once ──────────────────────────────────────────────────────────────────────────────
def _parties(rounds: Sequence[HearingRound]) -> dict[int, list[Invitation]]:
    parties = defaultdict[int, list[Invitation]](list)
    rows = Invitation.objects.filter(round__in=rounds, invited_at__isnull=False).select_related("body")
    for party in rows.order_by("sort_key", "id"):
        parties[party.round_id].append(party)
    return parties


def _answers(rounds: Sequence[HearingRound]) -> dict[int, Answer]:
    """By invitation, the answer that stands."""
    rows = Answer.objects.filter(invitation__round__in=rounds, state__in=ANSWER_STANDING)
    return {answer.invitation_id: answer for answer in with_words(rows).order_by("id")}


def _earlier(rounds: Sequence[HearingRound]) -> dict[int, int]:
    """By invitation, how many answers a later one has replaced."""
    earlier = defaultdict[int, int](int)
    rows = Answer.objects.filter(invitation__round__in=rounds, state=AnswerState.REPLACED)
    for invitation_id in rows.values_list("invitation_id", flat=True):
        earlier[invitation_id] += 1
    return earlier


def _messages(rounds: Sequence[HearingRound]) -> dict[int, list[RoundMessage]]:
    messages = defaultdict[int, list[RoundMessage]](list)
    for message in RoundMessage.objects.filter(round__in=rounds).order_by("at", "id"):
        messages[message.round_id].append(message)
    return messages


def _notes(rounds: Sequence[HearingRound]) -> dict[int, list[InputNote]]:
    notes = defaultdict[int, list[InputNote]](list)
    for note in InputNote.objects.filter(round__in=rounds).select_related("file").order_by("held_on", "id"):
        notes[note.round_id].append(note)
    return notes


# ── One round ─────────────────────────────────────────────────────────────────────────────────────────────────
def _part(
    hearing_round: HearingRound,
    parties: Sequence[Invitation],
    answers: dict[int, Answer],
    earlier: dict[int, int],
    messages: dict[int, list[RoundMessage]],
    notes: dict[int, list[InputNote]],
    gathering: Gathering,
) -> Part:
    zone = hearing_round.stage.process.time_zone
    rows = [
        *_letters(hearing_round, messages[hearing_round.pk], zone),
        _list_of_parties(hearing_round, parties, answers),
        *(_party(party, answers.get(party.pk), earlier, zone, gathering) for party in parties),
        *(_note(note, gathering) for note in notes[hearing_round.pk]),
    ]
    if hearing_round.summary.strip():
        texts = [("", hearing_round.summary)]
        said = written(_("Summary"), "", hearing_round.title, texts, at=_opened(hearing_round))
        rows.append(Row(_("Summary of the input"), papers=said))
    return Part(hearing_round.title, tuple(rows), tuple(_facts(hearing_round, parties, answers, zone)))


def _facts(
    hearing_round: HearingRound, parties: Sequence[Invitation], answers: dict[int, Answer], zone: str
) -> Iterator[tuple[str, str]]:
    assert hearing_round.opened_at is not None
    if hearing_round.form == RoundForm.FULL and hearing_round.closes_at is not None:
        words = {
            "from": short_date(hearing_round.opened_at, zone),
            "until": moment(hearing_round.closes_at, zone),
            "days": days_words(hearing_round),
        }
        yield _("Period"), _("%(from)s to %(until)s (%(days)s)") % words
    else:
        yield _("Sent"), short_date(hearing_round.opened_at, zone)
    if hearing_round.bundle is not None:
        words = {"number": str(hearing_round.bundle.number), "sha256": hearing_round.bundle.sha256}
        yield _("Version consulted on"), _("%(number)s (SHA-256 %(sha256)s)") % words
    if hearing_round.state == RoundState.CANCELLED:
        yield _("State"), str(RoundState.CANCELLED.label)
    if hearing_round.launch_reason.strip():
        yield _("Why it was sent in spite of warnings"), hearing_round.launch_reason
    heard = [party for party in parties if not party.for_information]
    answered = sum(party.pk in answers for party in heard)
    yield _("Asked and answered"), _("%(answered)d of %(asked)d") % {"answered": answered, "asked": len(heard)}


def _letters(hearing_round: HearingRound, messages: Sequence[RoundMessage], zone: str) -> Iterator[Row]:
    if hearing_round.letter.strip():
        at = _opened(hearing_round)
        papers = written(_("The letter"), "", hearing_round.title, [("", hearing_round.letter)], at=at)
        name = _("Consultation letter") if hearing_round.form == RoundForm.FULL else _("Letter")
        yield Row(name, (short_date(at, zone),), papers=papers)
    for message in messages:
        says = (short_date(message.at, zone), str(message.get_to_display()))
        papers = written(_("The letter"), message.subject, message.subject, [("", message.text)], at=message.at)
        yield Row(_("Letter under way"), (*says, message.subject), papers=papers)


def _list_of_parties(hearing_round: HearingRound, parties: Sequence[Invitation], answers: dict[int, Answer]) -> Row:
    lines = [f"{'✓' if party.pk in answers else '–'} {name_of(party)}" for party in parties]
    name = _("Consultation list") if hearing_round.form == RoundForm.FULL else _("List of those asked")
    parts = [("", "\n".join(lines))]
    papers = written(_("The list"), "", f"{name}: {hearing_round.title}", parts, at=_opened(hearing_round))
    return Row(name, (_("ticked: has answered"),), papers=papers)


def _opened(hearing_round: HearingRound) -> datetime:
    assert hearing_round.opened_at is not None
    return hearing_round.opened_at


def _received(answer: Answer) -> datetime:
    assert answer.received_at is not None
    return answer.received_at


def name_of(party: Invitation) -> str:
    """A citizen who has been erased keeps a place on the list and no name."""
    return _("Name erased") if party.name == ERASED_MARK else party.name


def _party(party: Invitation, answer: Answer | None, earlier: dict[int, int], zone: str, gathering: Gathering) -> Row:
    name = name_of(party)
    if answer is None:
        return Row(name, tuple(_says_without_answer(party, zone)), tick=None if party.for_information else False)
    texts = list(texts_of(party, answer, zone))
    papers: list[Paper] = [
        *written(_("Answer"), _("Answer"), f"{name}: {answer.receipt_number}", texts, at=_received(answer)),
        *(
            paper
            for each in answer.files.all()
            for paper in gathering.stored(
                _("Attachment %(name)s") % {"name": each.file.name},
                _("Attachment %(name)s") % {"name": each.file.name.rpartition(".")[0] or each.file.name},
                each.file,
                name,
            )
        ),
    ]
    if answer.state == AnswerState.LATE:
        gathering.missing.append(_("%(party)s: nobody has decided on the late answer.") % {"party": name})
    if party.erased_at is not None or answer.erased_at is not None:
        gathering.tell_erased(f"{name} ({answer.receipt_number})")
    says = [str(answer.get_kind_display()), answer.receipt_number]
    if answer.received_at is not None:
        says.append(moment(answer.received_at, zone))
    if answer.provisional_on is not None and answer.confirmed_at is None:
        says.append(_("to be made final by %(day)s") % {"day": short_date(answer.provisional_on)})
    elif answer.confirmed_at is not None:
        says.append(_("made final on %(day)s") % {"day": short_date(answer.confirmed_at, zone)})
    if number := earlier.get(party.pk):
        says.append(_("replaces %(number)d earlier answers") % {"number": number})
    marks = [str(answer.get_state_display())] if answer.state in _LATE else []
    if answer.is_provisional:
        marks.append(_("Provisional"))
    if answer.confidential_note:
        marks.append(_("Confidential in part"))
    return Row(name, tuple(filter(None, says)), tuple(marks), tuple(papers), tick=True)


def _says_without_answer(party: Invitation, zone: str) -> Iterator[str]:
    if party.for_information:
        yield _("Got it for information")
    elif party.state == InvitationState.DECLINED:
        yield _("Will not answer")
        yield from filter(None, (party.declined_reason,))
    elif party.released_at is not None:
        yield _("Asked no longer since %(day)s") % {"day": short_date(party.released_at, zone)}
        yield from filter(None, (party.released_reason,))
    else:
        yield _("No answer")


def texts_of(party: Invitation, answer: Answer, zone: str) -> Iterator[tuple[str, str]]:
    """An answer as headings and texts: what the record says of it, and its words section by section."""
    yield _("Receipt number"), answer.receipt_number
    if answer.received_at is not None:
        yield _("Received"), moment(answer.received_at, zone)
    if party.reply_by_at is not None:
        yield _("Deadline"), moment(party.reply_by_at, zone)
    yield _("In time"), str(answer.get_state_display())
    yield _("Why it was decided so"), answer.late_reason
    yield _("How it came"), str(answer.get_road_display())
    yield _("Signed by"), answer.signed_by
    yield _("What is confidential"), answer.confidential_note
    yield _("Answer"), answer.text or (str(answer.get_kind_display()) if answer.kind == AnswerKind.NO_REMARKS else "")
    for comment in answer.comments.all():
        section = comment.section
        heading = " ".join(filter(None, [section.number, section.heading]))
        yield _("To section %(section)s") % {"section": heading}, comment.text


def _note(note: InputNote, gathering: Gathering) -> Row:
    title = f"{note.occasion}, {short_date(note.held_on)}"
    texts = [(_("Present"), note.participants), ("", note.text)]
    papers = (
        *written(_("Note"), "", title, texts, at=note.held_on),
        *gathering.stored(_("Attachment"), _("Attachment"), note.file, note.occasion),
    )
    return Row(_("Oral input: %(occasion)s") % {"occasion": note.occasion}, (short_date(note.held_on),), papers=papers)


# ── The white book's place ────────────────────────────────────────────────────────────────────────────────────
def _white_book(
    rounds: Sequence[HearingRound], parties: dict[int, list[Invitation]], answers: dict[int, Answer]
) -> Chapter:
    """What became of the remarks, party by party, as far as it has been written down."""
    parts, lacking = [], 0
    for hearing_round in rounds:
        dealt_with = []
        for party in parties[hearing_round.pk]:
            answer = answers.get(party.pk)
            if answer is None or answer.kind != AnswerKind.REMARKS or answer.state not in COUNTING:
                continue
            if answer.disposition.strip():
                dealt_with.append((f"{name_of(party)} ({answer.receipt_number})", answer.disposition))
            else:
                lacking += 1
        if dealt_with:
            title = _("What became of the remarks")
            said = f"{title}: {hearing_round.title}"
            papers = written(title, "", said, dealt_with, at=_opened(hearing_round))
            parts.append(Part(hearing_round.title, (Row(hearing_round.title, papers=papers),)))
    left_out = [_("A white book is not made here yet.")] if not parts else []
    if parts and lacking:
        left_out.append(
            _("Of %(number)d answers it is not written down what became of the remarks.") % {"number": lacking}
        )
    return Chapter(WHITE_BOOK, _("White book"), tuple(parts), left_out=tuple(left_out))
