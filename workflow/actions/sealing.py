"""Sealing the record and proving it: sweeps, commands, packages and the auditor's page come in."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications import postponed
from notifications.statements import Given, Read
from workflow.actors import Actor
from workflow.audit import record
from workflow.audit.anchor import Anchor, AnchorUnreadable, read_anchor, write_anchor
from workflow.audit.chain import Fault, Proof, anchor_fault, entry_line, last_seal, prove_chain, seal_digest
from workflow.audit.files import prove_files
from workflow.audit.rows import prove_rows
from workflow.models import AuditEntry, AuditSeal, Office
from workflow.models.guards import ENTRY_LOCK, Breach, breaches
from workflow.rules import Refusal, Refused
from workflow.states import Verb

log = logging.getLogger(__name__)

SEAL_EVERY = timedelta(seconds=10)
ENTRIES_PER_SEAL = 10_000
# Known to all workers, those of the former version too while it is replaced: not to be changed.
SEAL_LOCK = 0x53414D52_02
LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"  # PostgreSQL's codes
LONGEST_WAIT = 500  # milliseconds that deeds may have to wait behind the sealer


class RecordBroken(Exception):
    """The record contradicts what is known outside; nothing was sealed, so that the trace is not covered."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Sealed:
    """entries: how many were sealed now. head: digest of the last seal, "" without one.

    sealed_to: number up to which every entry is sealed; None when deeds under way kept the sealer from looking.
    """

    entries: int
    head: str
    sealed_to: int | None


@transaction.atomic
def seal_audit(*, now: datetime) -> Sealed:
    """Chain the entries written since the last seal into new seals, and anchor the head outside after the commit.

    One sealer at a time. Refuses, with `RecordBroken`, to seal anything on top of a chain whose end is not the one
    anchored outside. Entries of deeds still under way wait for the next time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
    # Only under the lock: another sealer may just have added a seal.
    last = last_seal()
    fault = anchor_fault(last) or _end_fault(last)
    if fault is not None:
        raise RecordBroken(fault)
    if last is None and read_anchor() is None:
        # Before the first seal, so that from then on a missing anchor means something.
        write_anchor(Anchor(0, ""))
    before = last
    sealed_to, count = _settled_to(), 0
    while sealed_to is not None and (last is None or last.last_entry_id < sealed_to):
        seal = _next_seal(last, sealed_to, now)
        if seal is None:
            break
        last, count = seal, count + seal.count
    if last is not None:
        head = Anchor(last.number, last.digest)
        if last is not before or read_anchor() != head:
            # Not before the commit: the anchor would know a seal that was
            # undone, and the record count as broken for ever.
            transaction.on_commit(lambda: _anchor(head))
    return Sealed(count, last.digest if last else "", sealed_to)


def verify_audit(*, kept: str = "", with_files: bool = False, now: datetime) -> Proof:
    """Prove the whole record: compare, seal what is newer, and compare that too.

    The first entry or seal that is altered, missing, inserted or left unsealed is named in the proof's `fault`.
    Existing seals are compared with entries and anchor before anything is sealed on top of them. kept: a head that
    somebody has kept elsewhere, which has to be among the seals. with_files: read every byte of every file as well.
    """
    proof = prove_chain(kept=kept)
    if not proof.ok:
        return proof
    try:
        sealed = seal_audit(now=now)
    except RecordBroken as broken:
        return replace(proof, fault=broken.fault)
    newer = prove_chain(proof) if proof.unsealed or sealed.entries else proof
    if newer.ok and (fault := prove_rows(newer.sealed_to)):
        return replace(newer, fault=fault)
    if newer.ok and with_files and (fault := prove_files()):
        return replace(newer, fault=fault)
    if newer.ok and (breach := next(iter(breaches(connection)), None)):
        return replace(newer, fault=_breached(breach))
    first = newer.first_unsealed
    if newer.ok and first is not None and (sealed.sealed_to is None or first <= sealed.sealed_to):
        text = _("Entry %(number)d is not sealed yet. Try again in a moment.") % {"number": first}
        return replace(newer, fault=Fault("entry_unsealed", text, entry=newer.first_unsealed_id))
    return newer


def _breached(breach: Breach) -> Fault:
    words = {"name": breach.name, "table": breach.table}
    texts = {
        "missing": _("The trigger %(name)s, which keeps the table %(table)s from being rewritten, is not there."),
        "altered": _("The trigger %(name)s on the table %(table)s holds something else than what was installed."),
        "foreign": _("The trigger %(name)s on the table %(table)s is none that was installed."),
    }
    return Fault(f"guard_{breach.problem}", texts[breach.problem] % words)


@transaction.atomic
def accept_head(digest: str, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Anchor the last seal anew, after a person has compared its digest with one kept elsewhere; recorded.

    For a database restored where no anchor stands, or under another AUDIT_KEY. Refuses a digest that is not the last
    seal's, and, without a reason, to replace an anchor that knows a later seal: after last night's database has been
    brought back the record is shorter by what was done since, and says so.
    """
    last = last_seal()
    if last is None or last.digest != digest:
        raise Refused(
            Refusal("head_differs", gettext_lazy("The last seal has another digest. Compare it with the one kept."))
        )
    try:
        anchor = read_anchor()
    except AnchorUnreadable:
        anchor = None
    if anchor is not None and anchor.number > last.number and not reason.strip():
        raise Refused(
            Refusal(
                "anchor_is_newer",
                gettext_lazy(
                    "A later seal is known outside the database: seals have been removed from it, or it is an earlier "
                    "state that was restored. In that case say so with --reason; it stands in the record."
                ),
            )
        )
    office = Office.objects.order_by("pk").first()
    if office is not None:
        codes: dict[str, object] = {"seal": last.number, "head": last.digest}
        if anchor is not None:
            codes["known"] = {"seal": anchor.number, "head": anchor.digest}
        detail = {"reason": reason.strip()} if reason.strip() else None
        record(Verb.ACCEPT_HEAD, office, actor=actor, now=now, codes=codes, detail=detail)
    write_anchor(Anchor(last.number, last.digest))


def seal_when_due(now: datetime) -> int:
    """The sweep: seal, and say loudly in the log when the record is broken. Returns how many entries were sealed."""
    if next_seal_due(now) is None and not _anchor_is_behind():
        return 0
    try:
        sealed = seal_audit(now=now)
    except RecordBroken as broken:
        log.error("the record is broken: %s", broken.fault.text)
        postponed.put_off("seal_audit", "record", broken, now)
        return 0
    postponed.settle("seal_audit", "record")
    return sealed.entries


def next_seal_due(now: datetime) -> datetime | None:
    """Ten seconds after the first entry that no seal covers; None when all are sealed."""
    last = last_seal()
    after = AuditEntry.objects.filter(id__gt=last.last_entry_id if last else 0)
    first = after.order_by("id").values_list("at", flat=True).first()
    return first + SEAL_EVERY if first else None


def _anchor_is_behind() -> bool:
    last = last_seal()
    try:
        anchor = read_anchor()
    except AnchorUnreadable:
        return True
    return (anchor.number if anchor else 0) != (last.number if last else 0)


def _anchor(head: Anchor) -> None:
    """Never steps back: of two sealers that finish together, the later seal stays anchored."""
    try:
        anchor = read_anchor()
    except AnchorUnreadable:
        return
    if anchor is None or anchor.number < head.number:
        write_anchor(head)


def _end_fault(last: AuditSeal | None) -> Fault | None:
    if last is not None and seal_digest(last) != last.digest:
        text = _("Seal %(number)d has been changed since it was made.") % {"number": last.number}
        return Fault("seal_altered", text, seal=last.number)
    return None


def _settled_to() -> int | None:
    """The highest number below which no entry can appear any more; None when deeds under way left no gap to look.

    SQLite writes one transaction at a time. On PostgreSQL every writer of an entry holds a shared lock before it
    takes its number: once this has had the lock alone, all smaller numbers are committed or gone.
    """
    with _alone_with_the_entries() as is_alone:
        if not is_alone:
            return None
        return AuditEntry.objects.order_by("-id").values_list("id", flat=True).first() or 0


@contextmanager
def _alone_with_the_entries() -> Iterator[bool]:
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        usual = cursor.fetchone()[0]
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LONGEST_WAIT}ms"])
                # Of the session and for a moment: whoever writes an entry waits
                # meanwhile. The transaction around it ends at once.
                cursor.execute("SELECT pg_advisory_lock(%s)", [ENTRY_LOCK])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") not in (LOCK_NOT_AVAILABLE, DEADLOCK):
                raise
            # Granted in the very instant in which the wait was given up, it would stay with the session: whoever then
            # waits for another lock, as for a process, would stand against everybody who writes an entry.
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ENTRY_LOCK])
            yield False
            return
        try:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [usual])
            yield True
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ENTRY_LOCK])


@cache
def _next_entries(most: int) -> Read[tuple[int, str]]:
    return Read(
        lambda: (
            AuditEntry.objects.filter(id__gt=Given("after"), id__lte=Given("sealed_to"))
            .order_by("id")
            .values_list("id", "digest")[:most]
        )
    )


def _next_seal(last: AuditSeal | None, sealed_to: int, now: datetime) -> AuditSeal | None:
    """Seal at most `ENTRIES_PER_SEAL` entries after `last`; None when there are none."""
    digest, first, number, count = hashlib.sha256(), 0, 0, 0
    after = last.last_entry_id if last else 0
    for number, entry_digest in _next_entries(ENTRIES_PER_SEAL)(after=after, sealed_to=sealed_to):
        first = first or number
        count += 1
        # What is hashed, and in which order, is for good: changed, every seal made so far would count as altered.
        digest.update(entry_line(number, entry_digest))
    if not count:
        return None
    seal = AuditSeal(
        number=last.number + 1 if last else 1,
        first_entry_id=first,
        last_entry_id=number,
        count=count,
        entries_digest=digest.hexdigest(),
        previous_digest=last.digest if last else "",
        sealed_at=now,
    )
    seal.digest = seal_digest(seal)
    seal.save(force_insert=True)
    return seal
