"""The only door into the mail. Actions enqueue, withdraw and erase here, inside their own transaction."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parseaddr
from functools import cache
from typing import TypeVar
from uuid import UUID

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import CharField, DateTimeField, Q, UUIDField, Value
from django.db.models.functions import Coalesce, Greatest
from kombu.exceptions import KombuError
from uuid6 import uuid7

from notifications import kinds, rules
from notifications.models import MailEvent, MailQuerySet, OutgoingMail, arrow
from notifications.statements import Change, Given
from notifications.states import ERASED, MailState, Priority

log = logging.getLogger(__name__)

DRAIN_TASK = "notifications.tasks.drain_outbox"
_CHUNK = 500  # values in one statement

_hints: ContextVar[bool] = ContextVar("mail_hints", default=True)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail that a deed wants sent.

    kind         a registered mail kind
    key          what the mail is about, once: "hearing_reminder:<invitation public id>:7"; public ids and codes only,
                 never an address. A letter under a key that is already in the outbox is not stored again
    to, to_name  one address and the person or body behind it
    from_name    whose name the mail is sent under, such as the office's
    language     "da" or "en"
    subject_id   public id of what the mail is about (invitation, request …): `withdraw` and `erase` find it by this
    facts        names for the templates, as JSON; no secrets. Erased with the mail
    not_before   earliest time of sending; empty: at once
    copy_to      the office's own address that gets a copy of every mail, without link and code; "" for none
    """

    kind: str
    key: str
    to: str
    to_name: str
    language: str
    subject_id: UUID
    process_id: UUID | None = None
    case_number: str = ""
    reply_to: str = ""
    from_name: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    not_before: datetime | None = None
    priority: Priority = Priority.NORMAL
    office_id: UUID | None = None
    copy_to: str = ""


def enqueue(letters: Sequence[Letter], now: datetime) -> None:
    """Put letters into the outbox; they leave after the caller's transaction has been committed, never if it is not.

    A letter whose key is there already changes nothing. `mails_under` finds the mails of letters. Refuses, with
    `rules.ImpossibleLetter` and before anything is stored, an address no mail can reach and a staffed mailbox
    (`reply_to`) of that sort; with `kinds.UnknownKind` a kind nobody registered. The copies that a kind's letters bring
    go in with them.
    """
    if not letters:
        return
    mails = [_mail(letter, now) for letter in (*letters, *_copies_of(letters))]
    # Whatever comes second under a key is left out: by this alone nobody gets a mail twice.
    OutgoingMail.objects.bulk_create(mails, batch_size=_CHUNK, ignore_conflicts=True)
    # robust: a queue that is away must not fail a deed that is committed already.
    transaction.on_commit(hint, robust=True)


def _copies_of(letters: Sequence[Letter]) -> list[Letter]:
    by_kind: dict[str, list[Letter]] = {}
    for letter in letters:
        by_kind.setdefault(letter.kind, []).append(letter)
    copies = [copy for key, some in by_kind.items() for copy in kinds.kind(key).copies(some)]
    return [*copies, *(_copy_to_office(letter) for letter in letters if letter.copy_to)]


def _copy_to_office(letter: Letter) -> Letter:
    return replace(
        letter,
        kind=kinds.COPY_TO_OFFICE,
        key=f"{letter.key}:copy_to_office",
        to=letter.copy_to,
        to_name=letter.from_name,
        facts={"copied": letter.key},
        copy_to="",
    )


def mails_under(letters: Sequence[Letter]) -> list[OutgoingMail]:
    """The mails in the outbox under the keys of these letters, all of which are there, in their order."""
    stored = {
        mail.key: mail
        for keys in _chunks([letter.key for letter in letters])
        for mail in OutgoingMail.objects.filter(key__in=keys)
    }
    return [stored[letter.key] for letter in letters]


def _mail(letter: Letter, now: datetime) -> OutgoingMail:
    kinds.kind(letter.kind)
    refusal = rules.may_mail(letter.to)
    if refusal is None and letter.reply_to:
        refusal = rules.may_mail(letter.reply_to)
    if refusal is not None:
        raise rules.ImpossibleLetter(refusal)
    public_id = uuid7()
    return OutgoingMail(
        public_id=public_id,
        # The same at every attempt, by which mail servers can tell a double.
        message_id=f"<{public_id}@{_domain_of(settings.DEFAULT_FROM_EMAIL)}>",
        kind=letter.kind,
        key=letter.key,
        subject_id=letter.subject_id,
        process_id=letter.process_id,
        office_id=letter.office_id,
        case_number=rules.one_line(letter.case_number),
        to_address=letter.to,
        to_name=rules.one_line(letter.to_name)[:200],
        domain=letter.to.rpartition("@")[2].lower(),
        language=letter.language,
        from_name=rules.one_line(letter.from_name)[:200],
        reply_to=letter.reply_to,
        facts=dict(letter.facts),
        not_before=letter.not_before,
        priority=letter.priority,
        queued_at=now,
        next_attempt_at=max(now, letter.not_before) if letter.not_before else now,
    )


@cache
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]


def withdraw(
    subject_ids: Collection[UUID],
    *,
    kinds: Collection[str] | None = None,
    reason: str,
    now: datetime,
    only_at: str = "",
) -> int:
    """Take back what has not been handed to the mail server, of all kinds or of those named. Returns how many.

    Also takes it from a worker that has claimed it but not begun to send it. `reason` is a code such as "answered".
    only_at: an address, where what goes to others about the same subject stays.
    """
    kind_keys = None if kinds is None else tuple(kinds)
    if len(subject_ids) == 1 and not only_at:
        return _withdrawal(kind_keys)(subject_id=next(iter(subject_ids)), now=now, reason=reason)
    withdrawn = 0
    for ids in _chunks(list(subject_ids)):
        mails = _at(only_at, _not_handed_over(kind_keys).filter(subject_id__in=ids))
        withdrawn += mails.move("withdraw", withdrawn_at=now, withdrawn_reason=reason)
    return withdrawn


def _at(address: str, mails: MailQuerySet) -> MailQuerySet:
    return mails.filter(to_address__iexact=address) if address else mails


def _not_handed_over(kinds: tuple[str, ...] | None) -> MailQuerySet:
    # Once `sending_at` is set the mail may be on the wire: taken back then, it would arrive all the same.
    mails = OutgoingMail.objects.filter(sending_at=None)
    return mails if kinds is None else mails.filter(kind__in=kinds)


@cache
def _withdrawal(kinds: tuple[str, ...] | None) -> Change:
    """What nearly every deed does, about one subject."""
    sources, target = arrow("withdraw")
    return Change(
        lambda: _not_handed_over(kinds).filter(subject_id=Given("subject_id", UUIDField()), state__in=sources),
        state=target,
        withdrawn_at=Given("now", DateTimeField()),
        withdrawn_reason=Given("reason", CharField()),
    )


def hold(subject_ids: Collection[UUID], *, kinds: Collection[str]) -> list[OutgoingMail]:
    """The mails of these kinds about these subjects that are not withdrawn, locked until the transaction ends: no
    worker claims one meanwhile, or begins to send the one it has claimed."""
    # In one order, for two may hold the same.
    return [
        mail
        for ids in _chunks(sorted(subject_ids))
        for mail in OutgoingMail.objects.filter(subject_id__in=ids, kind__in=kinds)
        .exclude(state=MailState.WITHDRAWN)
        .select_for_update()
        .order_by("id")
    ]


def has_left(mail: OutgoingMail) -> bool:
    """Whether a mail has been handed to the server, may have been, or is in a worker's hands."""
    return mail.state != MailState.QUEUED or mail.possible_doubles > 0


def restore(
    subject_ids: Collection[UUID], *, kinds: Collection[str], since: datetime, reasons: Collection[str], now: datetime
) -> int:
    """Put back into the queue what was withdrawn for these reasons from that instant on (UTC), by a deed that is taken
    back; not what was erased since. Returns how many."""
    at, restored = Value(now, DateTimeField()), 0
    for ids in _chunks(list(subject_ids)):
        mails = OutgoingMail.objects.filter(subject_id__in=ids, kind__in=kinds, erased_at=None)
        restored += mails.filter(withdrawn_at__gte=since, withdrawn_reason__in=reasons).move(
            "restore",
            withdrawn_at=None,
            withdrawn_reason="",
            claim_token=None,
            lease_until=None,
            next_attempt_at=Greatest(Coalesce("not_before", at), at),
        )
    if restored:
        transaction.on_commit(hint, robust=True)
    return restored


def readdress(subject_id: UUID, *, to: str, to_name: str, language: str, now: datetime, only_at: str = "") -> int:
    """Let what has not been handed over about a subject follow it to another address. Returns how many mails did.

    A claimed mail goes back into the queue: the worker that has it, with the address and the secrets of before, finds
    its claim gone just before it would send. Kinds that go to others than the one who is asked stay as they are.
    Withdraw first what the new address is not to get. only_at: an address, where what goes to others about the same
    subject stays with them. Refuses an address no mail can reach.
    """
    if refusal := rules.may_mail(to):
        raise rules.ImpossibleLetter(refusal)
    at = Value(now, DateTimeField())
    kinds_to_others = [kind.key for kind in kinds.kinds() if kind.to_others]
    mails = _at(only_at, OutgoingMail.objects.filter(subject_id=subject_id, sending_at=None, erased_at=None))
    followed = mails.exclude(kind__in=kinds_to_others).move(
        "readdress",
        to_address=to,
        to_name=rules.one_line(to_name)[:200],
        domain=to.rpartition("@")[2].lower(),
        language=language,
        claim_token=None,
        lease_until=None,
        attempts=0,
        first_attempt_at=None,
        next_attempt_at=Greatest(Coalesce("not_before", at), at),
        last_error="",
    )
    if followed:
        transaction.on_commit(hint, robust=True)
    return followed


def erase(
    subject_ids: Collection[UUID] = (),
    *,
    addresses: Collection[str] = (),
    now: datetime,
    office_id: UUID | None = None,
) -> int:
    """Leave nothing readable of these mails: no address, name, text, facts or server message. Returns how many.

    By what they are about, and by their address (with `office_id` only among that office's mails).
    That a mail of this kind went out, when, and what became of it stays. What was still waiting is withdrawn.
    """
    erased = 0
    conditions = [Q(subject_id__in=ids) for ids in _chunks(list(subject_ids))]
    of_office = Q() if office_id is None else Q(office_id=office_id)
    conditions += [Q(to_address__iexact=address) & of_office for address in addresses]
    for which in conditions:
        ids = list(OutgoingMail.objects.filter(which, erased_at=None).values_list("id", flat=True))
        for some in _chunks(ids):
            mails = OutgoingMail.objects.filter(id__in=some)
            mails.filter(sending_at=None).move("withdraw", withdrawn_at=now, withdrawn_reason=ERASED)
            erased += mails.update(
                erased_at=now,
                to_address="",
                to_name="",
                domain="",
                facts={},
                subject_sent="",
                text_sent="",
                last_error="",
            )
            MailEvent.objects.filter(mail_id__in=some).update(detail="")
    return erased


def strike_out(subject_id: UUID, words: re.Pattern[str], mark: str) -> int:
    """Put a mark in place of these words in every mail about a subject: recipient's name, facts, what was sent, what a
    server said. Returns how many mails held any. Addresses stay; `erase` takes those of whoever is erased."""
    struck = 0
    for mail in OutgoingMail.objects.filter(subject_id=subject_id, erased_at=None):
        texts = ("to_name", "subject_sent", "text_sent", "last_error")
        news: dict[str, object] = {name: words.sub(mark, getattr(mail, name)) for name in texts}
        news["facts"] = json.loads(words.sub(mark, json.dumps(mail.facts, ensure_ascii=False)))
        if any(getattr(mail, name) != new for name, new in news.items()):
            struck += OutgoingMail.objects.filter(pk=mail.pk).update(**news)
    return struck


@contextmanager
def without_hints() -> Iterator[None]:
    """Publish no task while inside: for a play without live workers."""
    token = _hints.set(False)
    try:
        yield
    finally:
        _hints.reset(token)


def hint() -> None:
    """Tell the workers that there is mail. Lost when the queue is away; the sweep finds the mail anyway."""
    if not _hints.get():
        return
    try:
        # Without arguments: what they look like need not be found out each time.
        current_app.send_task(DRAIN_TASK, ignore_result=True, expires=60, argsrepr="()", kwargsrepr="{}")
    except (KombuError, OSError) as error:
        log.warning("the queue is away, mail waits for the sweep: %s", type(error).__name__)


def _chunks(values: Sequence[_T]) -> Iterable[Sequence[_T]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
