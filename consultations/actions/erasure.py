"""What hearings keep about people, and how it is erased: invitations, answers, forwards, notes of what was said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, Min, Q, QuerySet

from consultations.actions.parties import correct_address, return_to_own_mailbox
from consultations.models import Answer, Forward, InputNote, Invitation, SectionComment
from consultations.queries.parties import forwards_in_force
from consultations.rules.parties import may_write_to, own_mailbox
from consultations.states import AnswerState, RoundState
from notifications.queries import least, mails_of
from notifications.rules import folded_address, may_mail
from workflow.actions.erasure.striking import strike_names
from workflow.actions.erasure.tables import (
    NOBODY_ASKED,
    add_person,
    add_typed,
    asked_rows,
    forget_calls,
    of_office,
    with_address,
)
from workflow.actions.erasure.words import note_words
from workflow.actions.files import erase_file
from workflow.actions.links import renew
from workflow.actors import SYSTEM
from workflow.erasure_kinds import ErasureKind, Traces, register
from workflow.models import PersonalLink, Process, StoredFile
from workflow.models.guards import ERASED_MARK


# ── Invitations and answers ───────────────────────────────────────────────────────────────────────────────────
def _find_invitations(traces: Traces) -> None:
    """What is kept about a task that somebody else has for a party is the party's, but for their own words in it."""
    invitations = list(asked_rows(Invitation, traces).select_related("link"))
    with_others = _with_others(traces, invitations)
    for invitation in invitations:
        if invitation.pk in with_others:
            traces.add(email=invitation.email)
            add_typed(traces, invitation.public_id, invitation.contact_name)
            for public_id, name in _since_passed_on(traces, invitation).values_list("public_id", "signed_by"):
                traces.wrote.add(public_id)
                add_typed(traces, invitation.public_id, name)
        else:
            _add_invitation(traces, invitation)


def _with_others(traces: Traces, invitations: Sequence[Invitation]) -> set[int]:
    """Which of these are with the person only because the task was passed on: the party has a mailbox of its own."""
    forwards = forwards_in_force([invitation.pk for invitation in invitations])
    return {
        invitation.pk
        for invitation in invitations
        if invitation.public_id not in traces.subjects
        and folded_address(own := own_mailbox(invitation, forwards.get(invitation.pk, []))) not in traces.emails
        and may_mail(own) is None
    }


def _since_passed_on(traces: Traces, invitation: Invitation) -> QuerySet[Answer]:
    """The party's answers that the person may have signed: those since the task first came to them."""
    came = with_address(Forward.objects.filter(invitation=invitation), traces.emails, "to_email")
    since = came.aggregate(since=Min("at"))["since"]
    answers = Answer.objects.filter(invitation=invitation)
    return answers.filter(Q(received_at=None) | Q(received_at__gte=since)) if since else answers


def _add_invitation(traces: Traces, invitation: Invitation) -> None:
    ids = {"actor": invitation.link.public_id, "subject": invitation.public_id}
    if _is_typed(invitation):
        add_person(traces, email=invitation.email, name="", **ids)
        add_typed(traces, invitation.public_id, invitation.contact_name)
    else:
        add_person(traces, email=invitation.email, name=invitation.contact_name, **ids)
    if _is_person(invitation):
        traces.add(name=invitation.name)
    answers = Answer.objects.filter(invitation=invitation)
    for public_id, signed_by in answers.values_list("public_id", "signed_by"):
        traces.add(subject=public_id)
        add_typed(traces, invitation.public_id, signed_by)


def _find_invitations_of_process(process: Process, traces: Traces) -> None:
    rows = Invitation.objects.filter(round__stage__process=process, erased_at=None)
    for invitation in rows.select_related("link"):
        _add_invitation(traces, invitation)


def _is_typed(invitation: Invitation) -> bool:
    """Whether the name beside the address came from a guest who passed the task on, and not from the office."""
    return Forward.objects.filter(invitation=invitation, to_name=invitation.contact_name).exists()


def _is_person(invitation: Invitation) -> bool:
    """A party of no known body stands for itself, such as a citizen who answered a public hearing."""
    return invitation.body_id is None


def _erase_invitations(traces: Traces, now: datetime) -> int:
    """A body's answer is the body's and stays, unsigned; that of somebody who answered for themselves goes whole.

    What is marked as confidential stays marked. Every link stops working. A body may still be heard: the office gives
    it another address and with it a new link. A task that was only passed on to the person goes back to the party's
    own mailbox.
    """
    all_invitations = list(asked_rows(Invitation, traces).select_related("link"))
    with_others = _with_others(traces, all_invitations)
    invitations = [invitation for invitation in all_invitations if invitation.pk not in with_others]
    for invitation in all_invitations:
        if invitation.pk in with_others:
            _give_back(traces, invitation, now)
    for invitation in invitations:
        answers = Answer.objects.filter(invitation=invitation)
        note_words(answers, ["signed_by"], traces.struck)
        answers.update(signed_by="", erased_at=now)
        if _is_person(invitation):
            _erase_words_of(invitation, traces, now)
        else:
            renew(invitation.link, now)
    ids = [invitation.pk for invitation in invitations]
    words = {"declined_reason": "", "refused_reason": "", "released_reason": ""}
    Invitation.objects.filter(pk__in=ids).update(**NOBODY_ASKED, **words, next_check_at=None, erase_on=None)
    Forward.objects.filter(invitation__in=ids).update(from_email="", to_email="", to_name="", note="")
    forget_calls([invitation.link_id for invitation in invitations])
    return len(all_invitations)


def _give_back(traces: Traces, invitation: Invitation, now: datetime) -> None:
    """The party goes on: its draft, its answers and its mails stay, without the person."""
    since = _since_passed_on(traces, invitation)
    since.filter(state=AnswerState.DRAFT).update(signed_by="")
    given = since.exclude(state=AnswerState.DRAFT)
    note_words(given, ["signed_by"], traces.struck)
    given.update(signed_by="", erased_at=now)
    return_to_own_mailbox(invitation, now=now)


def _erase_words_of(invitation: Invitation, traces: Traces, now: datetime) -> None:
    """Everything somebody wrote for themselves, with comments, attachments and what it was entered from."""
    answers = Answer.objects.filter(invitation=invitation)
    for file in StoredFile.objects.filter(
        Q(answer_files__answer__in=answers) | Q(pk__in=answers.exclude(source=None).values("source"))
    ).distinct():
        erase_file(file, now=now)
    SectionComment.objects.filter(answer__in=answers).update(text="")
    note_words(answers, ["text", "comments", "confidential_note"], traces.struck)
    # Its words go; that something is confidential stays.
    answers.exclude(confidential_note="").update(confidential_note=ERASED_MARK)
    answers.update(text="", late_reason="", disposition="", by_on_behalf_of="")
    Invitation.objects.filter(pk=invitation.pk).update(name=ERASED_MARK, sort_key="", erased_at=now)
    PersonalLink.objects.filter(pk=invitation.link_id, revoked_at=None).update(revoked_at=now)


def _with_a_day() -> QuerySet[Invitation]:
    """A body that is being heard keeps its address and link till the round is over."""
    return Invitation.objects.filter(erase_on__isnull=False, erased_at=None).exclude(
        body__isnull=False, round__state=RoundState.OPEN
    )


def _due_invitations(today: date) -> Iterable[Traces]:
    for invitation in _with_a_day().filter(erase_on__lte=today).select_related("round__stage__process__office"):
        process = invitation.round.stage.process
        yield Traces(office=process.office, process=process, by_row=True, subjects={invitation.public_id})


# ── Forwards ──────────────────────────────────────────────────────────────────────────────────────────────────
def _forwards(traces: Traces) -> QuerySet[Forward]:
    rows = of_office(Forward.objects.all(), traces, "invitation__round__stage__process__office")
    return (
        with_address(rows, traces.emails, "to_email")
        | with_address(rows, traces.emails, "from_email")
        | rows.filter(Q(by_id__in=traces.actors))
    )


def _find_forwards(traces: Traces) -> None:
    for forward in with_address(_forwards(traces), traces.emails, "to_email").select_related("invitation"):
        traces.add(email=forward.to_email)
        add_typed(traces, forward.invitation.public_id, forward.to_name)


def _renew_past(traces: Traces, now: datetime) -> None:
    """Whoever is erased has passed a task on that goes on: the link they were sent opens nothing any more, and whoever
    has the task, and the party's own mailbox, get the new one."""
    between = with_address(_forwards(traces), traces.emails, "to_email").filter(
        ended_at=None, link_version=F("invitation__link__version"), invitation__erased_at=None
    )
    passed_by = Invitation.objects.filter(pk__in=between.values("invitation")).exclude(public_id__in=traces.subjects)
    for party in passed_by.select_related("link", "round"):
        # The task is with whoever is erased: `_give_back` has dealt with it.
        if folded_address(party.email) in {folded_address(email) for email in traces.emails}:
            continue
        if may_write_to(party.round, party, party.email, SYSTEM) is None:
            correct_address(party, email=party.email, stop_old_link=True, for_later=False, actor=SYSTEM, now=now)
        else:
            renew(party.link, now)


def _erase_forwards(traces: Traces, now: datetime) -> int:
    rows = _forwards(traces)
    erased = rows.count()
    # Read before the addresses go, for the addresses find the rows.
    ids = list(rows.values_list("pk", flat=True))
    _renew_past(traces, now)
    with_address(Forward.objects.filter(pk__in=ids), traces.emails, "to_email").update(to_email="", to_name="")
    with_address(Forward.objects.filter(pk__in=ids), traces.emails, "from_email").update(from_email="")
    Forward.objects.filter(pk__in=ids).update(note="")
    return erased


# ── Names that guests typed ───────────────────────────────────────────────────────────────────────────────────
def _erase_typed_names(traces: Traces, _now: datetime) -> int:
    """Strike a name from a guest's free field out of what belongs to that very party. Elsewhere the same words are a
    namesake's, or no name at all. A name beside an address is its owner's and goes with that row."""
    if traces.by_row and not traces.process:
        return 0
    return sum(_strike_of_party(about, names, traces) for about, names in traces.typed.items())


def _strike_of_party(invitation_id: UUID, names: set[str], traces: Traces) -> int:
    answers = Answer.objects.filter(invitation__public_id=invitation_id)
    belongings: tuple[tuple[QuerySet[Any], tuple[str, ...]], ...] = (
        (Invitation.objects.filter(public_id=invitation_id), ("name", "contact_name", "sort_key")),
        (Forward.objects.filter(invitation__public_id=invitation_id), ("to_name",)),
        (InputNote.objects.filter(invitation__public_id=invitation_id), ()),
        (answers, ()),
        (SectionComment.objects.filter(answer__in=answers), ()),
        (StoredFile.objects.filter(Q(answer_files__answer__in=answers) | Q(pk__in=answers.values("source"))), ()),
        (mails_of([invitation_id]), ("to_name",)),
    )
    return sum(
        strike_names(rows, names, traces.struck, spared_columns=spared_columns) for rows, spared_columns in belongings
    )


# ── Notes of what was said ────────────────────────────────────────────────────────────────────────────────────
def _notes(traces: Traces) -> QuerySet[InputNote]:
    """What an erased party said, and by row the notes named themselves."""
    rows = of_office(InputNote.objects.all(), traces, "round__stage__process__office")
    return rows.filter(Q(public_id__in=traces.subjects) | Q(invitation__public_id__in=traces.subjects))


def _find_notes_of_process(process: Process, traces: Traces) -> None:
    for note in InputNote.objects.filter(round__stage__process=process):
        traces.add(subject=note.public_id)
        for name in re.split(r"[,;/&\n]|\b(?:og|and)\b", note.participants):
            add_person(traces, email="", name=name)


def _erase_notes(traces: Traces, now: datetime) -> int:
    """What a body's people said stays, without their names; what anybody else said goes, with its file."""
    notes = list(_notes(traces).select_related("invitation", "file"))
    for note in notes:
        note.participants = ""
        if note.invitation is None or _is_person(note.invitation):
            note.text = ERASED_MARK
            if note.file is not None:
                erase_file(note.file, now=now)
        note.save(update_fields=["participants", "text"])
    return len(notes)


def register_kinds() -> None:
    """Make this floor's tables known; called from `apps.py`."""
    register(
        ErasureKind(
            "invitations",
            _erase_invitations,
            find=_find_invitations,
            find_process=_find_invitations_of_process,
            due=_due_invitations,
            next_day=lambda: least(_with_a_day(), "erase_on"),
        )
    )
    # After the invitations, which are given back to whom they were passed on by.
    register(ErasureKind("forwards", _erase_forwards, find=_find_forwards))
    register(ErasureKind("typed_names", _erase_typed_names))
    register(ErasureKind("notes", _erase_notes, find_process=_find_notes_of_process))
