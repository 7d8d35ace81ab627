"""Publication is a deed: nothing is public but what was made so here, and it is taken back here. Officers come in, and
the deeds that publish by the way: starting a process openly, sending a consultation."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import transaction

from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.models import AuditEntry, Process, PublishedItem, by
from workflow.public_kinds import public_kind
from workflow.queries.publication import live_items
from workflow.rules import insist
from workflow.rules.publication import Candidate, may_publish, may_withdraw_publication
from workflow.states import PublicThing, Verb


@transaction.atomic
def publish(
    process: Process,
    thing: PublicThing,
    subject_ids: Collection[UUID],
    *,
    reason: str = "",
    actor: Actor,
    now: datetime,
    key: str = "",
) -> list[PublishedItem]:
    """Let everyone see this of a process: the process itself, the planned dates, documents, decisions, days.

    thing, subject_ids: which kind, and the public ids of those of it. reason: what documents are, such as "Final text";
    everyone reads it. Nobody gets a mail. Done in a suspended and an ended process as well.

    Refuses everybody but an officer, what is not there or is public already, anything but the process itself while
    that has no public page, and documents without a reason. Leaves one entry in the record.
    """
    process = lock_process(process, must_run=False)
    once = Once(f"publish:{process.public_id}", key, (thing, sorted(map(str, subject_ids)), reason))
    if earlier := once.made:
        entry = AuditEntry.objects.get(public_id=earlier)
        return list(PublishedItem.objects.filter(public_id__in=entry.codes["items"]))
    insist_officer(actor, process.office, now)
    by_id = {candidate.subject_id: candidate for candidate in public_kind(thing).candidates(process)}
    chosen = [by_id.get(subject_id) for subject_id in dict.fromkeys(subject_ids)]
    live = set(live_items(process).filter(kind=thing).values_list("subject_id", flat=True))
    insist(may_publish(thing, chosen, live, reason, is_open=process.is_public))
    items = _made(process, thing, [candidate for candidate in chosen if candidate], reason, actor, now)
    if thing == PublicThing.PATH:
        _open(process, is_public=True)
    once.keep(_entered(Verb.PUBLISH, process, items, actor, now), now)
    return items


def publish_along(
    process: Process, subjects: Sequence[tuple[PublicThing, UUID, str]], *, caused_by: AuditEntry, actor: Actor
) -> list[PublishedItem]:
    """Make public what a deed makes public by the way, in its transaction and under its lock: what it says before its
    press. The record names the deed; each item names who pressed.

    subjects: kind, public id, and why it is public in words everyone reads. What is public already stays as it is.
    """
    now = caused_by.at
    live = set(live_items(process).values_list("kind", "subject_id"))
    items: list[PublishedItem] = []
    for (thing, reason), of_kind in groupby(subjects, key=lambda subject: (subject[0], subject[2])):
        ids = {subject_id for _thing, subject_id, _reason in of_kind if (thing, subject_id) not in live}
        candidates = [one for one in public_kind(thing).candidates(process) if one.subject_id in ids] if ids else []
        items += _made(process, thing, candidates, reason, actor, now)
    if any(item.kind == PublicThing.PATH for item in items):
        _open(process, is_public=True)
    if items:
        _entered(Verb.PUBLISH, process, items, following(caused_by), now)
    return items


@transaction.atomic
def withdraw_publication(
    item: PublishedItem, *, reason: str, actor: Actor, now: datetime, key: str = ""
) -> PublishedItem:
    """Take something back from the public page; with the process itself all that is public of it.

    The page says that something was taken back and when, not what or why: the title may be what should not have been
    read. Nobody gets a mail. Refuses everybody but an officer, a reason too short, and what has been taken back.
    """
    process = lock_process(item.process, must_run=False)
    once = Once(f"withdraw_publication:{item.public_id}", key, reason)
    item = PublishedItem.objects.get(pk=item.pk)
    item.process = process
    if once.made:
        return item
    insist_officer(actor, process.office, now)
    insist(may_withdraw_publication(item, reason))
    items = list(live_items(process)) if item.kind == PublicThing.PATH else [item]
    for one in items:
        one.withdrawn_at, one.withdrawn_by, one.withdrawn_reason = now, actor.label[:200], reason.strip()
    PublishedItem.objects.bulk_update(items, ["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    if item.kind == PublicThing.PATH:
        _open(process, is_public=False)
    _entered(Verb.WITHDRAW_PUBLICATION, process, items, actor, now, reason=reason.strip())
    once.keep(_id(item), now)
    return next(one for one in items if one.pk == item.pk)


def _made(
    process: Process, thing: PublicThing, chosen: Sequence[Candidate], reason: str, actor: Actor, now: datetime
) -> list[PublishedItem]:
    length = PublishedItem._meta.get_field("title").max_length
    return PublishedItem.objects.bulk_create(
        PublishedItem(
            process=process,
            kind=thing,
            subject_id=candidate.subject_id,
            title=candidate.title[:length],
            reason=reason.strip(),
            published_at=now,
            **by(actor),
        )
        for candidate in chosen
    )


def _open(process: Process, *, is_public: bool) -> None:
    process.is_public = is_public
    process.save(update_fields=["is_public"])


def _entered(
    verb: Verb, process: Process, items: Sequence[PublishedItem], actor: Actor, now: datetime, *, reason: str = ""
) -> UUID:
    """One entry for one press, whatever it makes public; its public id."""
    codes = {"kinds": sorted({item.kind for item in items}), "items": [item.public_id for item in items]}
    detail = {"reason": reason} if reason else {}
    entry = record(verb, process, actor=actor, now=now, process=process, codes=codes, detail=detail)
    return UUID(str(entry.public_id))


def _id(item: PublishedItem) -> UUID:
    return UUID(str(item.public_id))
