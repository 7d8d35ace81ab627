"""Forgetting people: on request, and on the dates set for it. The record's proof stays, without the person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import partial
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from notifications import postponed
from notifications.queries import least
from workflow.actions.erasure.files import FileLeft, FilesDecided, deal_with_files, files_that_came_with, still_there
from workflow.actions.erasure.journal import AllReceipted, erase_file_on_its_day, nothing_before_the_journal
from workflow.actions.erasure.striking import blank_labels, pattern, strike_out
from workflow.actions.erasure.tables import delete_details
from workflow.actions.erasure.words import codes_of
from workflow.actions.long_papers import forget_long_papers
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.dates import COPENHAGEN
from workflow.erasure_kinds import Traces, erasure_kinds
from workflow.models import AuditDetail, Contact, Office, Process, PublicModel, StoredFile, User
from workflow.models.guards import ERASED_MARK
from workflow.rules import Refusal, Refused
from workflow.states import ProcessState, Verb

NOTHING_DECIDED: Final = FilesDecided()


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows of each kind were erased; "texts" counts rows in which a name or address was struck out.

    kept: the files that came with what the person did and are kept, the matter's own texts among them.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    kept: Sequence[FileLeft] = ()

    @property
    def total(self) -> int:
        """All of them together."""
        return sum(self.counts.values())


@transaction.atomic
def erase_person(
    subject: User | Contact | str,
    *,
    reason: str,
    files: FilesDecided = NOTHING_DECIDED,
    actor: Actor,
    now: datetime,
    office: Office | None = None,
) -> Erased:
    """Leave nothing readable of a person in database, files and outbox.

    subject: an account, a contact, or an e-mail address that may stand anywhere (requests, invitations, mails).
    Within `office` when it is given, and always for a contact; an account and an address without office are erased in
    the whole installation. What the person did stays as the deed of nobody named; personal links stop working.
    files: what becomes of those that came with what the person did; what a citizen sent goes in any case, and the
    matter's own texts stay.
    Refuses an empty reason, an address nothing is kept about, an office's own mailbox, while there is a file of which
    nothing is said, and what is not in the journal yet of an office that uses one (`NotInTheJournal`).
    """
    if not reason.strip():
        raise Refused(Refusal("reason_missing", _("Write a reason; it stands in the record.")))
    traces = traces_of(subject, office)
    # Taken before they are erased, for the reason is cleaned of them.
    words = traces.emails | traces.names.union(*traces.typed.values())
    left = files_that_came_with(traces)
    with nothing_before_the_journal(traces):
        counts = _erase(traces, now)
        left = still_there(left)
        reasons = deal_with_files(left, files, now)
    if erased := len([one for one in left if not one.is_text]) - len(reasons):
        counts["files"] = erased
    # Whoever erases themselves must not write their name into the record anew.
    if actor.public_id in traces.actors:
        actor = Actor(actor.kind, actor.public_id, "")
    record(
        Verb.ERASE_PERSON,
        whom(subject, office),
        actor=actor,
        now=now,
        office=traces.office,
        codes={"counts": counts, **codes_of(traces.struck), **_kept(left, reasons)},
        detail={
            "reason": _without(words, reason),
            "files_kept": {str(public_id): _without(words, why) for public_id, why in reasons.items()},
        },
    )
    return Erased(counts, [one for one in left if one.is_text or one.file.public_id in reasons])


def traces_of(subject: User | Contact | str, office: Office | None) -> Traces:
    """By what a person is found, all of it. Refuses an address nothing is kept about, and an office's own mailbox."""
    traces = Traces(office=office)
    if isinstance(subject, str):
        traces.add(email=subject)
    else:
        traces.subjects.add(subject.public_id)
        traces.office = subject.office if isinstance(subject, Contact) else None
    found_by = traces.size()
    _gather(traces)
    if isinstance(subject, str) and traces.size() == found_by and not _stands_somewhere(traces):
        raise Refused(Refusal("person_unknown", _("Nothing is kept about this address. Check it for a slip.")))
    own = (Q(reply_to__iexact=email) | Q(journal_address__iexact=email) for email in traces.emails)
    if any(Office.objects.filter(mailboxes).exists() for mailboxes in own):
        raise Refused(
            Refusal("office_mailbox", _("This is the mailbox of an office, not of a person. Change the office first."))
        )
    return traces


def whom(subject: User | Contact | str, office: Office | None) -> PublicModel:
    """What the entry of a deed about a person is about; never the address."""
    return subject if not isinstance(subject, str) else (office or Office.objects.order_by("pk")[0])


def _without(words: Collection[str], text: str) -> str:
    return pattern(words).sub(ERASED_MARK, text) if words else text


def _kept(left: Sequence[FileLeft], reasons: Mapping[UUID, str]) -> dict[str, list[str]]:
    """For the entry: the files that stay, and the matter's own texts among those that came with the person's deeds."""
    kept = {
        "files_kept": sorted(map(str, reasons)),
        "texts_kept": sorted(str(one.file.public_id) for one in left if one.is_text),
    }
    return {name: public_ids for name, public_ids in kept.items() if public_ids}


@transaction.atomic
def erase_traces(traces: Traces, *, now: datetime, known: AllReceipted | None = None) -> Erased:
    """Erase the rows these traces name because the day set on them has come; recorded as done by the system. known:
    what the sweep knows of the journal."""
    _gather(traces)
    left = files_that_came_with(traces)
    with nothing_before_the_journal(traces, known):
        counts = _erase(traces, now)
    # Nobody is there to ask: what lies at a body's answer is the body's and stays, and the entry says which.
    reasons = {one.file.public_id: "" for one in still_there(left) if not one.is_text}
    about = traces.office or Office.objects.order_by("pk").first()
    if about is not None:
        record(
            Verb.PURGE_PERSON,
            about,
            actor=SYSTEM,
            now=now,
            office=traces.office,
            codes={
                "counts": counts,
                "subjects": sorted(map(str, traces.subjects)),
                **codes_of(traces.struck),
                **_kept((), reasons),
            },
        )
    return Erased(counts)


def purge_due(now: datetime) -> int:
    """The sweep: erase what has reached its day (`erase_on`, in Danish days). Returns how many rows were due."""
    today = now.astimezone(ZoneInfo(COPENHAGEN)).date()
    run, known = postponed.Run("purge_due", now), AllReceipted()
    count = 0
    for kind in erasure_kinds():
        for traces in kind.due(today):
            count += run.attempt(
                str(min(traces.subjects)), partial(_erase_on_its_day, traces, known, now), partial(_whose, traces)
            )
    for file in StoredFile.objects.filter(erase_on__lte=today, erased_at=None).select_related("office"):
        whose = postponed.Whose(file.office.public_id)
        deed = partial(erase_file_on_its_day, file, known, now=now, today=today)
        count += run.attempt(str(file.public_id), deed, lambda: whose)  # noqa: B023
    for process in _ended_with_a_day().filter(erase_on__lte=today).select_related("office"):
        whose = postponed.Whose(process.office.public_id, process.public_id)
        count += run.attempt(str(process.public_id), partial(_erase_people_of, process, now), lambda: whose)  # noqa: B023
    run.end()
    return count


def _erase_on_its_day(traces: Traces, known: AllReceipted, now: datetime) -> int:
    erase_traces(traces, now=now, known=known)
    return 1


def _whose(traces: Traces) -> postponed.Whose:
    return postponed.Whose(
        traces.office.public_id if traces.office else None, traces.process.public_id if traces.process else None
    )


def next_purge_due() -> datetime | None:
    """The start of the Danish day on which something is next to be erased; None when no day is set."""
    days = [kind.next_day() for kind in erasure_kinds()]
    days += [least(StoredFile.objects.filter(erased_at=None), "erase_on"), least(_ended_with_a_day(), "erase_on")]
    due = min((day for day in days if day is not None), default=None)
    return datetime.combine(due, time.min, tzinfo=ZoneInfo(COPENHAGEN)) if due else None


def _ended_with_a_day() -> QuerySet[Process]:
    """A matter still under way keeps its people, whatever day was set: the day counts once it has ended."""
    return Process.objects.filter(erase_on__isnull=False, state__in=(ProcessState.COMPLETED, ProcessState.ABANDONED))


@transaction.atomic
def _erase_people_of(process: Process, now: datetime) -> int:
    traces = Traces(office=process.office, process=process, by_row=True)
    for kind in erasure_kinds():
        # All is found before anything is erased: by a blank row nothing else is found.
        kind.find_process(process, traces)
    with nothing_before_the_journal(traces):
        # Only this process forgets them: rows are found by their ids, and no address is followed into other processes.
        for kind in erasure_kinds():
            kind.erase(traces, now)
        details = AuditDetail.objects.filter(entry__process_id=process.public_id)
        delete_details(list(details.values_list("pk", flat=True)), traces)
        blank_labels(traces)
        strike_out(traces)
        forget_long_papers(now)
    Process.objects.filter(pk=process.pk).update(erase_on=None)
    record(Verb.PURGE_PROCESS, process, actor=SYSTEM, now=now, process=process, codes=codes_of(traces.struck))
    return 1


def _gather(traces: Traces) -> None:
    size = -1
    # Until nothing new turns up: an address leads to rows, those to a name, and the name to further addresses.
    while size != traces.size():
        size = traces.size()
        for kind in erasure_kinds():
            kind.find(traces)


def _erase(traces: Traces, now: datetime) -> dict[str, int]:
    counts = {kind.name: kind.erase(traces, now) for kind in erasure_kinds()}
    counts["labels"] = blank_labels(traces)
    # A row erased on its day says nothing of the same person elsewhere; an account's is the person's own day.
    if not traces.by_row or traces.process or not traces.office:
        counts["texts"] = strike_out(traces)
    forget_long_papers(now)
    return {name: count for name, count in counts.items() if count}


def _stands_somewhere(traces: Traces) -> bool:
    """Does the address stand in any text? Asked in a transaction that is undone."""
    with transaction.atomic():
        count = strike_out(traces)
        transaction.set_rollback(True)
    return bool(count)
