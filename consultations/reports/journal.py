"""What consultations bring into the journal: answers in each version with their files, oral input, letters, and the
texts that were sent out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import Answer, HearingRound, InputNote
from consultations.queries.answers import with_words
from consultations.reports.hearing import name_of
from consultations.reports.papers import ANSWER, LETTER
from consultations.states import AnswerState, RoundForm
from workflow.dates import local_day
from workflow.reports.journal.incoming import file_row, noted
from workflow.reports.journal.outgoing import sets_out
from workflow.reports.journal.rows import Ground, JournalRow, key_of, laid_out
from workflow.states import Direction


def answers_in(ground: Ground) -> Iterator[JournalRow]:
    """Each version of each answer that was sent, its files once, and what the office had it from. Three queries."""
    answers = (
        Answer.objects.filter(invitation__round__stage__process=ground.process)
        .exclude(state=AnswerState.DRAFT)
        .select_related("invitation__round__stage", "invitation__body", "source")
        .order_by("id")
    )
    for answer in with_words(answers):
        party = answer.invitation
        party.round.stage.process = ground.process
        assert answer.received_at is not None
        at, name = answer.recorded_at or answer.received_at, name_of(party)
        is_confidential = bool(answer.confidential_note)
        row = ground.row(
            key_of("answer", answer.public_id),
            at,
            Direction.IN,
            name,
            _("Answer %(number)s") % {"number": answer.receipt_number},
            laid_out(ANSWER, answer),
            is_confidential=is_confidential,
        )
        # What came by another road is dated by the day it came.
        yield replace(row, on=local_day(answer.received_at, ground.process.time_zone))
        for each in answer.files.all():
            subject = _("Attachment to %(number)s") % {"number": answer.receipt_number}
            yield from file_row(ground, each.file, at, name, subject, is_confidential=is_confidential)
        yield from file_row(
            ground, answer.source, at, name, _("What it was recorded from"), is_confidential=is_confidential
        )


def notes_in(ground: Ground) -> Iterator[JournalRow]:
    """What was said and noted, with its file. One query."""
    notes = InputNote.objects.filter(round__stage__process=ground.process)
    for note in notes.select_related("file", "invitation").order_by("id"):
        name = name_of(note.invitation) if note.invitation else note.participants or note.occasion
        subject = _("Oral input: %(occasion)s") % {"occasion": note.occasion}
        texts = [(_("Present"), note.participants), ("", note.text)]
        content = noted(ground.process, subject, texts, note.recorded_at)
        row = ground.row(key_of("note", note.public_id), note.recorded_at, Direction.IN, name, subject, content)
        yield replace(row, on=note.held_on)
        yield from file_row(ground, note.file, note.recorded_at, name, subject)


def letters_out(ground: Ground) -> Iterator[JournalRow]:
    """The letter of each round that was sent, and the texts it sent out. Four queries."""
    rounds = list(
        HearingRound.objects.filter(stage__process=ground.process, opened_at__isnull=False)
        .select_related("stage", "bundle__line")
        .order_by("opened_at", "id")
    )
    sent: dict[int, tuple[str, datetime]] = {}
    for hearing_round in rounds:
        hearing_round.stage.process = ground.process
        assert hearing_round.opened_at is not None
        is_full = hearing_round.form == RoundForm.FULL
        to = _("The parties consulted") if is_full else _("Those who are asked")
        name = _("Consultation letter") if is_full else _("Letter")
        subject = f"{name}: {hearing_round.title}"
        content = laid_out(LETTER, hearing_round)
        key = key_of("letter", hearing_round.public_id)
        yield ground.row(key, hearing_round.opened_at, Direction.OUT, to, subject, content)
        # A set that was only shown leaves with its round.
        if hearing_round.bundle_id is not None:
            sent.setdefault(hearing_round.bundle_id, (to, hearing_round.opened_at))
    yield from sets_out(ground, sent)
