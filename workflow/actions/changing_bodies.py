"""Bodies put on the list, renamed and ended by an office; all offices of the installation share them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from workflow.actions.once import Once
from workflow.actions.rights import insist_administrator
from workflow.actors import Actor
from workflow.audit import record
from workflow.dates import local_day
from workflow.models import Body, Office
from workflow.rules import insist
from workflow.rules.changing_bodies import may_be_named, may_end
from workflow.rules.overwriting import digest_of_fields, words_changed_since
from workflow.rules.slugs import danish_slug
from workflow.states import BodyKind, Verb


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What a body is called and where it belongs; see `Body`. kind: of `BodyKind`."""

    kind: str
    name: str
    name_en: str = ""
    own_name: str = ""
    region_code: str = ""


@transaction.atomic
def create_body(office: Office, facts: BodyFacts, *, actor: Actor, now: datetime, key: str = "") -> Body:
    """Put a body on the list that all offices share. Refuses everybody but an administrator of the office, and a name
    that is missing, too long, or that of a body which exists."""
    in_turn()
    insist_administrator(actor, office, now)
    once = Once(f"create_body:{office.public_id}", key, facts)
    if once.made is not None:
        return Body.objects.get(public_id=once.made)
    insist(may_be_named(facts.name, _there(office, now)))
    body = Body.objects.create(key=_free_key(facts.name), **asdict(facts))
    codes = {"kind": BodyKind(facts.kind), "key": body.key}
    record(Verb.CREATE_BODY, body, actor=actor, now=now, office=office, codes=codes, detail={"name": body.name})
    once.keep(body.public_id, now)
    return body


@transaction.atomic
def change_body(
    body: Body,
    office: Office,
    facts: BodyFacts,
    *,
    shown_digest: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Body:
    """Call a body otherwise from now on, everywhere it is shown; decisions and mails that were made keep their words.

    shown_digest: of the details the person had before the eyes. Refuses as `create_body` does, and details that a
    colleague has changed since. The record keeps the name of before.
    """
    in_turn()
    body = Body.objects.get(pk=body.pk)
    insist_administrator(actor, office, now)
    once = Once(f"change_body:{body.public_id}", key, facts)
    if once.made is not None:
        return body
    insist(may_be_named(facts.name, [other for other in _there(office, now) if other != body]))
    new = asdict(facts)
    stored = {name: getattr(body, name) for name in new}
    insist(words_changed_since(shown_digest, digest_of_fields(stored), digest_of_fields(new)))
    changed = [name for name, value in new.items() if value != stored[name]]
    for name in changed:
        setattr(body, name, new[name])
    if changed:
        body.save()
        codes, detail = {"changed": changed}, {"before": stored["name"], "name": body.name}
        record(Verb.CHANGE_BODY, body, actor=actor, now=now, office=office, codes=codes, detail=detail)
    once.keep(body.public_id, now)
    return body


@transaction.atomic
def end_body(
    body: Body,
    office: Office,
    *,
    last_on: date | None,
    successor: Body | None,
    shown_digest: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Body:
    """Let a body decide until a last local day, and another take its place from the day after; again changes both, and
    without a day it goes on.

    Nothing that is open moves by it: a question keeps the body it was put to, and what that decides until its last day
    counts. shown_digest: of what the person had before the eyes. Refuses everybody but an administrator of the office,
    a day before the body begins, a successor that is the body itself, comes from it, is not there yet or has ended by
    then, and what a colleague has changed since.
    """
    in_turn()
    # Read anew: who follows whom may have been changed since the page was shown.
    body = Body.objects.get(pk=body.pk)
    successor = Body.objects.get(pk=successor.pk) if successor is not None else None
    insist_administrator(actor, office, now)
    once = Once(f"end_body:{body.public_id}", key, (last_on, successor.key if successor else ""))
    if once.made is not None:
        return body
    insist(may_end(body, last_on, successor))
    if last_on is None or last_on >= local_day(now, office.time_zone):
        insist(may_be_named(body.name, [other for other in _there(office, now) if other != body]))
    stored, new = (
        {"last_on": day, "successor": by} for day, by in ((body.valid_to, body.successor), (last_on, successor))
    )
    insist(words_changed_since(shown_digest, digest_of_fields(stored), digest_of_fields(new)))
    body.valid_to, body.successor = last_on, successor
    body.save(update_fields=["valid_to", "successor", "sort_key"])
    codes = {"last_on": last_on, "successor": successor.public_id if successor else ""}
    record(Verb.END_BODY, body, actor=actor, now=now, office=office, codes=codes)
    once.keep(body.public_id, now)
    return body


def in_turn() -> None:
    """Let whoever changes bodies wait for another who does, at whichever office: names and followers hang together."""
    # One row of the installation orders them all.
    Office.objects.select_for_update().earliest("pk")


def _there(office: Office, now: datetime) -> list[Body]:
    """The bodies that exist today, or will."""
    today = local_day(now, office.time_zone)
    return list(Body.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=today)))


def _free_key(name: str) -> str:
    """A key made of the name that no body has."""
    slug = danish_slug(name)[:70] or "organ"
    taken = set(Body.objects.filter(key__startswith=slug).values_list("key", flat=True))
    return next(
        key for number in range(1, len(taken) + 2) if (key := slug if number == 1 else f"{slug}-{number}") not in taken
    )
