"""Proving the record: every entry against its digest, its seal, the seals before it and the anchor outside.

Reads as a stream, so a record of any length takes the same memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from workflow.audit import DIGESTED, canonical, columns_digest, detail_digest
from workflow.audit.anchor import Anchor, AnchorForged, AnchorUnreadable, anchor_path, read_anchor
from workflow.models import AuditEntry, AuditSeal, Package
from workflow.states import ERASING

_CHUNK = 2000  # entries held at a time


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing in the record that is not as it was written.

    code: "entry_altered", "detail_altered", "detail_missing", "entry_inserted", "entry_missing", "entries_altered",
    "entry_unsealed", "seal_missing", "seal_altered"; "anchor_missing", "anchor_unreadable", "anchor_forged",
    "package_head_unknown", "head_unknown"; "row_altered", "row_missing", "row_unrecorded" of a decision, an answer or a
    ruling; "file_altered", "file_missing"; "guard_missing", "guard_altered", "guard_foreign" of a trigger that is to
    keep history.
    entry: public id of the entry, when it is one; seal: number of the seal, when it is one.
    """

    code: str
    text: str
    entry: UUID | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What proving the record came to. `ok` when `fault` is None.

    entries, seals, details: how many sealed entries, seals and kept details stand. erased: sealed entries whose detail
    has been erased.
    head: digest of the last seal, "" when there is none. sealed_to: highest sealed entry, by its number.
    installation: id of the one that anchored the head, "" when none did.
    unsealed: entries newer than the last seal, of which `first_unsealed` is the number of the first.
    """

    entries: int = 0
    seals: int = 0
    details: int = 0
    erased: int = 0
    head: str = ""
    installation: str = ""
    sealed_to: int = 0
    unsealed: int = 0
    first_unsealed: int | None = None
    first_unsealed_id: UUID | None = None
    fault: Fault | None = None

    @property
    def ok(self) -> bool:
        """Nothing in the record contradicts itself or what is known outside."""
        return self.fault is None


class _Broken(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def seal_digest(seal: AuditSeal) -> str:
    """SHA-256 hex over every column of a seal but `id` and `digest`."""
    columns = (
        seal.number,
        seal.first_entry_id,
        seal.last_entry_id,
        seal.count,
        seal.entries_digest,
        seal.previous_digest,
        seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
    )
    # For good, as the digests of entries: every seal that stands was made so.
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def entry_line(number: int, digest: str) -> bytes:
    """What an entry adds to the digest of its seal."""
    return f"{number}:{digest}\n".encode()


def last_seal() -> AuditSeal | None:
    """The newest seal; None before the first."""
    return AuditSeal.objects.order_by("-number").first()


def anchor_fault(last: AuditSeal | None) -> Fault | None:
    """What the anchor outside says against the seals in the database; cheap."""
    try:
        anchor = read_anchor()
    except AnchorForged:
        return _forged(last)
    except AnchorUnreadable:
        return Fault("anchor_unreadable", _("The file %(path)s cannot be read.") % {"path": anchor_path().name})
    if anchor is None:
        return _no_anchor(last) if last is not None else None
    if anchor.number > (last.number if last else 0):
        return _removed(anchor, last.number if last else 0)
    if last is not None and anchor.number == last.number:
        return None if last.digest == anchor.digest else _seal_altered(last.number)
    if anchor.number:
        digest = AuditSeal.objects.filter(number=anchor.number).values_list("digest", flat=True).first()
        if digest is None:
            return _gap(anchor.number)
        if digest != anchor.digest:
            return _seal_altered(anchor.number)
    return None


def prove_chain(after: Proof | None = None, *, kept: str = "") -> Proof:
    """Compare what stands with what was sealed, in order, and stop at the first fault. Seals and changes nothing.

    after: an earlier proof without fault; only what was sealed since is read. kept: a head that somebody has kept, from
    a mail for instance, which then has to be among the seals.
    """
    start = replace(after, unsealed=0, first_unsealed=None, first_unsealed_id=None) if after else Proof()
    last = AuditSeal.objects.order_by("-number").first()
    heads = set() if after else set(Package.objects.exclude(audit_head="").values_list("audit_head", flat=True))
    heads |= {kept} if kept else set()
    walk = _Walk(start)
    try:
        # The seals are fixed before the entries are read: every entry they cover was committed before.
        seals = AuditSeal.objects.filter(number__gt=start.seals, number__lte=last.number if last else 0)
        walk.through(seals.order_by("number").iterator(_CHUNK), heads)
        fault = anchor_fault(last) or walk.detail_gone()
        if fault is None and kept in heads:
            text = _("The head %(digest)s that was kept is not in the record.") % {"digest": kept}
            fault = Fault("head_unknown", text)
        if fault is None and heads:
            fault = Fault(
                "package_head_unknown",
                _("A package names the seal %(digest)s, which is not in the record.") % {"digest": min(heads)},
            )
    except _Broken as broken:
        fault = broken.fault
    return replace(walk.proof, fault=fault, installation=start.installation or _anchored_by())


def _anchored_by() -> str:
    try:
        anchor = read_anchor()
    except AnchorUnreadable:
        return ""
    return anchor.installation if anchor else ""


class _Walk:
    """One reading of the record from `proof` on."""

    def __init__(self, proof: Proof) -> None:
        self.proof = proof
        self._entries = _entries_after(proof.sealed_to)
        self._next = next(self._entries, None)
        self._gone: list[int] = []
        self._struck: set[int] = set()

    def through(self, seals: Iterator[AuditSeal], heads: set[str]) -> None:
        for seal in seals:
            self._seal(seal)
            heads.discard(seal.digest)
        while self._next is not None:
            entry = self._next
            if self.proof.first_unsealed is None:
                self._count(first_unsealed=entry.number, first_unsealed_id=entry.public_id)
            self._check(entry)
            self._count(unsealed=self.proof.unsealed + 1)
            self._next = next(self._entries, None)

    def _seal(self, seal: AuditSeal) -> None:
        if seal.number != self.proof.seals + 1:
            raise _Broken(_gap(self.proof.seals + 1))
        if seal.previous_digest != self.proof.head or seal_digest(seal) != seal.digest:
            raise _Broken(_seal_altered(seal.number))
        digest, count = hashlib.sha256(), 0
        while self._next is not None and self._next.number <= seal.last_entry_id:
            entry = self._next
            if entry.number < seal.first_entry_id:
                raise _Broken(_inserted(entry, seal.number))
            self._check(entry)
            self._count_sealed(entry)
            digest.update(entry_line(entry.number, entry.digest))
            count += 1
            self._next = next(self._entries, None)
        if count != seal.count:
            raise _Broken(_miscounted(seal, count))
        if digest.hexdigest() != seal.entries_digest:
            raise _Broken(_altered_under(seal))
        self._count(seals=seal.number, head=seal.digest, sealed_to=seal.last_entry_id)

    def detail_gone(self) -> Fault | None:
        """The first entry whose detail is not there and that no deed of erasure names."""
        number = next((number for number in self._gone if number not in self._struck), None)
        return _detail_missing(number) if number is not None else None

    def _check(self, entry: _Entry) -> None:
        if columns_digest(entry.columns) != entry.digest:
            raise _Broken(
                Fault(
                    "entry_altered",
                    _("Entry %(number)d (%(verb)s, %(at)s) has been changed since it was written.") % entry.words(),
                    entry=entry.public_id,
                )
            )
        if entry.verb in ERASING:
            # A deed can have erased only what stood before it.
            self._struck.update(number for number in entry.codes.get("details", ()) if number < entry.number)
        if entry.salt is None and entry.detail_digest:
            self._gone.append(entry.number)
        if entry.salt is not None and detail_digest(entry.salt, entry.body) != entry.detail_digest:
            raise _Broken(
                Fault(
                    "detail_altered",
                    _("The kept detail of entry %(number)d (%(verb)s, %(at)s) has been changed.") % entry.words(),
                    entry=entry.public_id,
                )
            )

    def _count_sealed(self, entry: _Entry) -> None:
        has_detail = entry.salt is not None
        self._count(
            entries=self.proof.entries + 1,
            details=self.proof.details + has_detail,
            erased=self.proof.erased + (bool(entry.detail_digest) and not has_detail),
        )

    def _count(self, **values: Any) -> None:
        self.proof = replace(self.proof, **values)


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    digest: str
    columns: tuple[Any, ...]
    salt: str | None
    body: Any

    @property
    def public_id(self) -> UUID:
        # By their places in `DIGESTED`.
        return self.columns[0]

    @property
    def detail_digest(self) -> str:
        return self.columns[-1]

    @property
    def verb(self) -> str:
        return self.columns[4]

    @property
    def codes(self) -> dict[str, Any]:
        return self.columns[-2]

    def words(self) -> dict[str, object]:
        return {"number": self.number, "verb": self.verb, "at": f"{self.columns[3]:%Y-%m-%d %H:%M}Z"}


def _entries_after(number: int) -> Iterator[_Entry]:
    rows = (
        AuditEntry.objects.filter(id__gt=number)
        .order_by("id")
        .values_list("id", "digest", *DIGESTED, "detail__salt", "detail__body")
        .iterator(_CHUNK)
    )
    for row in rows:
        yield _Entry(row[0], row[1], row[2:-2], row[-2], row[-1])


def _gap(number: int) -> Fault:
    return Fault("seal_missing", _("Seal %(number)d is not in the database.") % {"number": number}, seal=number)


def _removed(anchor: Anchor, last: int) -> Fault:
    return Fault(
        "seal_missing",
        _("Seal %(number)d is known outside the database, where the last one is %(last)d.")
        % {"number": anchor.number, "last": last},
        seal=last + 1,
    )


def _no_anchor(last: AuditSeal) -> Fault:
    return Fault(
        "anchor_missing",
        _(
            "The file %(path)s, which knows the last seal outside the database, is not there. Bring it from the "
            "backup, or compare the head %(digest)s with one kept elsewhere and run `seal_audit --accept-head`."
        )
        % {"path": anchor_path().name, "digest": last.digest},
        seal=last.number,
    )


def _forged(last: AuditSeal | None) -> Fault:
    return Fault(
        "anchor_forged",
        _(
            "The file %(path)s, which knows the last seal outside the database, is not signed with this "
            "installation's AUDIT_KEY: it was written by hand, or the key is another. Compare the head %(digest)s "
            "with one that was mailed."
        )
        % {"path": anchor_path().name, "digest": last.digest if last else "–"},
        seal=last.number if last else None,
    )


def _seal_altered(number: int) -> Fault:
    return Fault(
        "seal_altered", _("Seal %(number)d has been changed since it was made.") % {"number": number}, seal=number
    )


def _inserted(entry: _Entry, seal: int) -> Fault:
    return Fault(
        "entry_inserted",
        _("Entry %(number)d (%(verb)s, %(at)s) stands in no seal: it was inserted afterwards.") % entry.words(),
        entry=entry.public_id,
        seal=seal,
    )


def _miscounted(seal: AuditSeal, count: int) -> Fault:
    words = {
        "seal": seal.number,
        "first": seal.first_entry_id,
        "last": seal.last_entry_id,
        "sealed": seal.count,
        "found": count,
    }
    if count < seal.count:
        text = _("Seal %(seal)d covers %(sealed)d entries, %(first)d to %(last)d; only %(found)d are left.") % words
        return Fault("entry_missing", text, seal=seal.number)
    text = _("Seal %(seal)d covers %(sealed)d entries, %(first)d to %(last)d; %(found)d stand there.") % words
    return Fault("entry_inserted", text, seal=seal.number)


def _detail_missing(number: int) -> Fault:
    entry = AuditEntry.objects.get(pk=number)
    words = {"number": number, "verb": entry.verb, "at": f"{entry.at:%Y-%m-%d %H:%M}Z"}
    text = _("The detail of entry %(number)d (%(verb)s, %(at)s) is gone, and no deed of erasure says so.") % words
    return Fault("detail_missing", text, entry=entry.public_id)


def _altered_under(seal: AuditSeal) -> Fault:
    return Fault(
        "entries_altered",
        _("The entries %(first)d to %(last)d are not those that seal %(seal)d was made of.")
        % {"seal": seal.number, "first": seal.first_entry_id, "last": seal.last_entry_id},
        seal=seal.number,
    )
