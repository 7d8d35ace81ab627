"""Sends what is due: claims in batches, asks once more what is wanted, writes, sends, records."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from notifications import installation, kinds, postponed, render, rules
from notifications.delivery.claims import claim, renew
from notifications.delivery.playing import Clock
from notifications.delivery.records import DeliveryReport, put_back, record_failed, record_sent
from notifications.delivery.wire import Later, Never, Post, ServerAway, compose
from notifications.models import OutgoingMail
from notifications.rules import folded_address
from notifications.statements import Among, Read
from notifications.states import ADDRESS_CHANGED, MailState

log = logging.getLogger(__name__)

BATCH = 50  # mails claimed at once
WORKING_TIME = timedelta(seconds=45)  # then the drain ends and asks for the next


@dataclass(frozen=True, slots=True)
class _Ready:
    """A claimed mail with what it is written from; `secrets` is None when its subject is gone."""

    mail: OutgoingMail
    kind: kinds.MailKind
    facts: Mapping[str, object]
    secrets: Mapping[str, str] | None

    def write(self) -> render.Written:
        if self.secrets is None:
            raise LookupError("what the mail is about is gone")
        return render.write(self.mail, self.kind, self.facts, self.secrets)


def deliver(now: datetime, clock: Clock, limit: int = 2000) -> DeliveryReport:
    """Send the mails that are due at `now`, at most `limit`, for at most 45 seconds of `clock`.

    `clock` gives the instant of each lease and each record. Any number of workers may drain at once. Sends nothing
    while the installation is held. Refuses, with RuntimeError, to run inside a transaction.
    """
    report = DeliveryReport()
    if installation.is_held(now):
        report.held = True
        return report
    post = Post()
    try:
        while not report.server_away:
            if report.claimed >= limit or clock() - now >= WORKING_TIME:
                report.more = True
                break
            # One for each batch, so that a worker that was taken for lost can
            # record nothing for the one that took over.
            token = uuid4()
            batch = claim(now, clock(), token, min(BATCH, limit - report.claimed))
            if not batch:
                break
            report.claimed += len(batch)
            ready = _still_wanted(batch, token, clock(), report)
            _find_threads([entry.mail for entry in ready])
            _send_batch(ready, token, clock, post, report)
    finally:
        post.close()
    if report.claimed:
        postponed.Run("deliver_mail", now).end()
    return report


def _still_wanted(batch: Sequence[OutgoingMail], token: UUID, now: datetime, report: DeliveryReport) -> list[_Ready]:
    """The mails of the batch that are still wanted at `now`, each with all that it is written from, in their order."""
    ready: dict[int, _Ready] = {}
    by_kind: dict[str, list[OutgoingMail]] = {}
    for mail in batch:
        by_kind.setdefault(mail.kind, []).append(mail)
    groups = list(by_kind.items())
    for key, mails in groups:
        try:
            kind = kinds.kind(key)
            unwanted = kind.still_wanted(mails, now)
            wanted_mails = [mail for mail in mails if mail.id not in unwanted]
            elsewhere = _redirect(kind, wanted_mails, token, now) if wanted_mails else {}
            facts = kind.facts(wanted_mails, now) if wanted_mails else {}
            secrets = kind.secrets(wanted_mails) if wanted_mails else {}
            withheld = [mail.id for mail in wanted_mails if mail.id in secrets and secrets[mail.id] is None]
        except Exception as error:
            log.exception("mails of kind %s cannot be prepared", key)
            if len(mails) > 1:  # one mail's mistake must not stop the others of its kind: each by itself
                groups += [(key, [mail]) for mail in mails]
            else:
                _put_aside(mails[0], error, token, now, report)
            continue
        by_reason: dict[str, list[int]] = {}
        for mail_id, reason in unwanted.items():
            by_reason.setdefault(reason, []).append(mail_id)
        # Its days may have ended since it was asked: it is tried again, and then goes where it is to go.
        again = [mail for mail in wanted_mails if mail.id in withheld and mail.id in elsewhere]
        if again:
            put_back(again, token, now, "the address was to be another", report)
        withheld = [mail_id for mail_id in withheld if mail_id not in elsewhere]
        if withheld:
            by_reason.setdefault(ADDRESS_CHANGED, []).extend(withheld)
        for reason, ids in by_reason.items():
            report.withdrawn += OutgoingMail.objects.filter(id__in=ids, claim_token=token).move(
                "withdraw", withdrawn_at=now, withdrawn_reason=reason
            )
        ready.update(
            {
                mail.id: _Ready(
                    mail, kind, {**facts.get(mail.id, {}), **elsewhere.get(mail.id, {})}, secrets.get(mail.id)
                )
                for mail in wanted_mails
                if mail.id not in withheld and mail not in again
            }
        )
    return [ready[mail.id] for mail in batch if mail.id in ready]


def _redirect(
    kind: kinds.MailKind, mails: Sequence[OutgoingMail], token: UUID, now: datetime
) -> dict[int, Mapping[str, object]]:
    """Let each mail of a kind go where it is to go at `now`; what those say of it that go elsewhere. One statement for
    each of these whose address changes."""
    elsewhere = kind.redirected(mails, now)
    for mail in mails:
        to = elsewhere.get(mail.id)
        if to is None or mail.to_address == to.address:
            continue
        mail.to_address, mail.to_name = to.address, rules.one_line(to.name)[:200]
        mail.domain = to.address.rpartition("@")[2].lower()
        # Of a mail that is ours no longer nothing is written; it is found out just before it would be sent.
        OutgoingMail.objects.filter(id=mail.id, claim_token=token).update(
            to_address=mail.to_address, to_name=mail.to_name, domain=mail.domain
        )
    return {mail_id: to.facts for mail_id, to in elsewhere.items()}


def _put_aside(
    mail: OutgoingMail,
    error: Exception,
    token: UUID,
    now: datetime,
    report: DeliveryReport,
    *,
    maybe_sent: bool = False,
) -> None:
    """A mail that cannot be made or handed over goes back alone; it is tried again when its row says, and shown till it
    leaves or is given up."""
    why = f"{type(error).__name__}: {error}".replace("\x00", "")
    put_back([mail], token, now, why, report, maybe_sent=maybe_sent)
    postponed.put_off(
        "deliver_mail",
        str(mail.public_id),
        error,
        now,
        whose=postponed.Whose(mail.office_id, mail.process_id),
        next_try_at=rules.next_attempt(mail.attempts, now),
    )


_ASKED: Final = Read(
    lambda: (
        OutgoingMail.objects.filter(Among("subject_id", "subjects"), Among("kind", "asking"))
        .exclude(state__in=(MailState.WITHDRAWN, MailState.FAILED))
        .order_by("id")
        .values_list("subject_id", "id", "to_address", "message_id")
    )
)


def _find_threads(mails: Sequence[OutgoingMail]) -> None:
    """Tell each mail which earlier one asked about its subject, at its own address if one did. One query."""
    threaded = [mail for mail in mails if not kinds.kind(mail.kind).to_others]
    if not threaded:
        return
    asking = [kind.key for kind in kinds.kinds() if kind.asks]
    questions_by_subject: dict[UUID, list[tuple[int, str, str]]] = {}
    for subject_id, mail_id, address, message_id in _ASKED(subjects={mail.subject_id for mail in mails}, asking=asking):
        questions_by_subject.setdefault(subject_id, []).append((mail_id, folded_address(address), message_id))
    for mail in threaded:
        earlier = [row for row in questions_by_subject.get(mail.subject_id, ()) if row[0] < mail.id]
        at_same_address = [row for row in earlier if row[1] == folded_address(mail.to_address)]
        mail.in_reply_to = (at_same_address or earlier)[0][2] if earlier else ""


def _send_batch(
    batch: Sequence[_Ready],
    token: UUID,
    clock: Clock,
    post: Post,
    report: DeliveryReport,
) -> None:
    for place, ready in enumerate(batch):
        mail = ready.mail
        try:
            # Written before the claim is renewed, so that as little as possible lies between that and the sending.
            written = ready.write()
            message = compose(mail, *written.to_send(), clock())
        except Exception as error:  # one mail's mistake must not stop the others
            log.exception("mail %s cannot be written", mail.public_id)
            _put_aside(mail, error, token, clock(), report)
            continue
        try:
            post.open()
            if not renew(mail, token, clock()):
                report.lost += 1
                continue
            service_message_id = post.send(message)
        except ServerAway as away:
            report.server_away = str(away)
            log.warning("the mail server is away: %s", away)
            mails_left = [ready.mail for ready in batch[place:]]
            put_back(mails_left, token, clock(), str(away), report, server_is_away=True)
            return
        except Later as later:
            if not later.maybe_sent and rules.is_given_up(mail.first_attempt_at, clock()):
                record_failed(mail, token, clock(), str(later), report)
            else:
                put_back([mail], token, clock(), str(later), report, maybe_sent=later.maybe_sent)
        except Never as never:
            record_failed(mail, token, clock(), str(never), report)
        except Exception as error:  # nor one that nobody foresaw while it was handed over
            log.exception("mail %s cannot be sent", mail.public_id)
            post.close()  # what the connection has heard so far belongs to this mail
            # Mail software says so of what it cannot write, before anything goes over the wire.
            _put_aside(mail, error, token, clock(), report, maybe_sent=not isinstance(error, ValueError))
        else:
            record_sent(mail, token, clock(), written, service_message_id, report)
