"""The record is verified: whatever was done to it by hand is found and named."""

import json
import tracemalloc
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.workflow.record_factories import an_office, by_hand, make_the_chain_anew, record_deeds, sealed_record
from workflow import audit
from workflow.actions.erasure import erase_person
from workflow.actions.sealing import RecordBroken, accept_head, seal_audit, seal_when_due, verify_audit
from workflow.actors import SYSTEM, Actor
from workflow.audit.anchor import Anchor, anchor_path, write_anchor
from workflow.audit.chain import prove_chain
from workflow.models import AuditDetail, AuditEntry, AuditSeal
from workflow.rules import Refused
from workflow.states import Verb

pytestmark = pytest.mark.django_db


def record_many_like_one(number: int, now: datetime) -> None:
    """That many deeds, each as the first but for its name and instant, put in together."""
    (first,) = record_deeds(1, now)
    known = {name: getattr(first, name) for name in audit.DIGESTED if name != "public_id"}
    entries = [AuditEntry(**{**known, "at": now + timedelta(seconds=n)}) for n in range(1, number)]
    for entry in entries:
        entry.digest = audit.entry_digest(entry)
    detail = AuditDetail.objects.get(entry=first)
    made = AuditEntry.objects.bulk_create(entries)
    AuditDetail.objects.bulk_create([AuditDetail(entry=entry, salt=detail.salt, body=detail.body) for entry in made])


def forget(entry: AuditEntry) -> None:
    by_hand("DELETE FROM workflow_auditdetail WHERE entry_id = %s", entry.pk)
    by_hand("DELETE FROM workflow_auditentry WHERE id = %s", entry.pk)


# ── Proving ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_verify_audit_of_an_untouched_record_passes_and_seals_the_rest(now: datetime) -> None:
    sealed_record(now, 3, 2)
    record_deeds(1, now)

    proof = verify_audit(now=now)

    assert proof.ok
    assert (proof.entries, proof.seals, proof.details, proof.erased, proof.unsealed) == (6, 3, 6, 0, 0)


def test_verify_audit_of_an_empty_record_passes(now: datetime) -> None:
    assert verify_audit(now=now).ok


def test_verify_audit_after_details_were_erased_by_deeds_still_passes(now: datetime) -> None:
    entries = sealed_record(now, 2)
    erase_person("anna@region.example", reason="Bedt om det", actor=SYSTEM, now=now)

    proof = verify_audit(now=now)

    assert proof.ok
    assert (proof.details, proof.erased) == (1, 2)
    erased = AuditEntry.objects.get(verb=Verb.ERASE_PERSON)
    assert erased.codes["details"] == [entries[0].pk, entries[1].pk]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("when", ["before a deed of erasure", "after it"])
def test_verify_audit_after_a_detail_was_deleted_without_a_deed_of_erasure_names_the_entry(
    now: datetime, which: int, when: str
) -> None:
    """The database lets details go, for erasing needs it; the record says which went by a deed."""
    entries = record_deeds(2, now)
    an_entry_of_bent = audit.record(Verb.SETTLE_MATTER, an_office(), actor=SYSTEM, now=now, detail={"note": "Set"})
    seal_audit(now=now)
    deleted = (entries[0], an_entry_of_bent)[which]
    if when == "after it":
        erase_person("anna@region.example", reason="Bedt om det", actor=SYSTEM, now=now)
    AuditDetail.objects.filter(entry=deleted).delete()
    if when != "after it":
        erase_person("anna@region.example", reason="Bedt om det", actor=SYSTEM, now=now)

    fault = verify_audit(now=now).fault

    if when == "after it" and which == 0:
        assert fault is None, "it had gone by the deed"
        return
    assert fault is not None
    assert (fault.code, fault.entry) == ("detail_missing", deleted.public_id)


def test_verify_audit_after_one_byte_changed_names_the_entry(now: datetime) -> None:
    entries = sealed_record(now, 3, 2)
    by_hand("UPDATE workflow_auditentry SET verb = 'open_stagf' WHERE id = %s", entries[1].pk)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.entry) == ("entry_altered", entries[1].public_id)


@pytest.mark.parametrize(
    "change",
    ["at = at + 1", "subject_id = actor_id", "actor_kind = 'link'", "detail_digest = ''", "codes = '{}'"],
)
def test_verify_audit_after_any_column_changed_names_the_entry(now: datetime, change: str) -> None:
    entries = sealed_record(now, 2)
    if change.startswith("at"):
        change = (
            "at = at + interval '1 microsecond'"
            if connection.vendor == "postgresql"
            else "at = '2019-03-01 09:00:00.000001'"
        )
    by_hand(f"UPDATE workflow_auditentry SET {change} WHERE id = %s", entries[0].pk)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.entry) == ("entry_altered", entries[0].public_id)


def test_verify_audit_after_entry_and_digest_were_changed_together_names_the_seal(now: datetime) -> None:
    entries = sealed_record(now, 3)
    entries[1].verb = "skip_stage"
    by_hand(
        "UPDATE workflow_auditentry SET verb = %s, digest = %s WHERE id = %s",
        "skip_stage",
        audit.entry_digest(entries[1]),
        entries[1].pk,
    )

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("entries_altered", 1)


def test_verify_audit_after_a_kept_detail_was_changed_names_the_entry(now: datetime) -> None:
    entries = sealed_record(now, 2)
    by_hand("UPDATE workflow_auditdetail SET body = %s WHERE entry_id = %s", json.dumps({"by": "Bent"}), entries[1].pk)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.entry) == ("detail_altered", entries[1].public_id)


@pytest.mark.parametrize("which", [0, 2, -1])
def test_verify_audit_after_an_entry_was_deleted_names_its_seal(now: datetime, which: int) -> None:
    entries = sealed_record(now, 3, 2)
    forget(entries[which])

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("entry_missing", 2 if which == -1 else 1)


def test_verify_audit_after_the_last_entry_was_deleted_and_another_written_names_its_seal(now: datetime) -> None:
    entries = sealed_record(now, 3)
    forget(entries[-1])
    record_deeds(1, now)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("entry_missing", 1)
    assert AuditSeal.objects.count() == 1, "nothing is sealed on top of a broken record"


@pytest.mark.parametrize("place", ["under a seal", "between seals"])
def test_verify_audit_after_an_entry_was_inserted_names_it(now: datetime, place: str) -> None:
    sealed_record(now, 2)
    gone = record_deeds(3, now)
    for entry in gone[:2] if place == "between seals" else gone[1:2]:
        forget(entry)  # leaves free numbers, as rolled back deeds do on PostgreSQL
    sealed_record(now, 1)
    assert prove_chain().ok
    number = gone[0].pk if place == "between seals" else gone[1].pk
    forged = audit.record(Verb.SKIP_STAGE, an_office(), actor=Actor("system", None, ""), now=now)
    by_hand("UPDATE workflow_auditentry SET id = %s WHERE id = %s", number, forged.pk)

    fault = verify_audit(now=now).fault

    assert fault is not None
    named = forged.public_id if place == "between seals" else None
    assert (fault.code, fault.seal, fault.entry) == ("entry_inserted", 2, named)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_verify_audit_after_a_seal_was_removed_names_it(now: datetime, number: int) -> None:
    sealed_record(now, 2, 1, 1)
    by_hand("DELETE FROM workflow_auditseal WHERE number = %s", number)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("seal_missing", number)
    assert prove_chain().fault == fault, "reading alone finds it as well"


def test_verify_audit_after_the_only_seal_was_removed_names_it_and_seals_nothing(now: datetime) -> None:
    sealed_record(now, 2)
    by_hand("DELETE FROM workflow_auditseal")

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("seal_missing", 1)
    assert seal_when_due(now + timedelta(minutes=1)) == 0
    assert not AuditSeal.objects.exists()


def test_verify_audit_after_the_end_was_cut_off_and_sealed_anew_names_the_seal(now: datetime) -> None:
    """Entry and seal gone, and the rest sealed by somebody who knows how: only the anchor outside knows better."""
    entries = sealed_record(now, 2, 2)
    by_hand("DELETE FROM workflow_auditseal WHERE number = 2")
    forget(entries[-1])
    kept = anchor_path().read_bytes()
    anchor_path().unlink()
    write_anchor(Anchor(1, AuditSeal.objects.get().digest))
    seal_audit(now=now)
    anchor_path().write_bytes(kept)

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("seal_altered", 2)


@pytest.mark.parametrize("change", ["count = 9", "sealed_at = sealed_at", "entries_digest = previous_digest"])
def test_verify_audit_after_a_seal_was_changed_names_it(now: datetime, change: str) -> None:
    sealed_record(now, 2, 2)
    if change == "sealed_at = sealed_at":
        change = (
            "sealed_at = sealed_at + interval '1 second'"
            if connection.vendor == "postgresql"
            else "sealed_at = '2019-03-01 09:00:01'"
        )
    by_hand(f"UPDATE workflow_auditseal SET {change} WHERE number = 2")

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert (fault.code, fault.seal) == ("seal_altered", 2)


def test_verify_audit_where_the_anchor_is_gone_asks_for_it(now: datetime) -> None:
    sealed_record(now, 2)
    anchor_path().unlink()

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert fault.code == "anchor_missing"
    with pytest.raises(RecordBroken):
        seal_audit(now=now)


def test_accept_head_after_a_restore_anchors_the_head_a_person_compared(now: datetime) -> None:
    sealed_record(now, 2)
    anchor_path().unlink()
    head = AuditSeal.objects.get().digest

    with pytest.raises(Refused) as refused:
        accept_head("0" * 64, actor=SYSTEM, now=now)
    assert refused.value.refusal.code == "head_differs"
    accept_head(head, actor=SYSTEM, now=now)

    assert verify_audit(now=now).ok


def test_accept_head_when_a_later_seal_is_known_asks_why_and_writes_it_down(now: datetime) -> None:
    """Last night's database has been brought back: the record is shorter, and says so from then on."""
    sealed_record(now, 1, 1)
    first, second = AuditSeal.objects.all()
    by_hand("DELETE FROM workflow_auditseal WHERE number = 2")
    forget(AuditEntry.objects.latest("id"))

    with pytest.raises(Refused) as refused:
        accept_head(first.digest, actor=SYSTEM, now=now)
    assert refused.value.refusal.code == "anchor_is_newer"
    assert verify_audit(now=now).fault is not None
    accept_head(first.digest, reason="Sikkerhedskopien fra i nat", actor=SYSTEM, now=now)

    assert verify_audit(now=now).ok
    entry = AuditEntry.objects.get(verb=Verb.ACCEPT_HEAD)
    assert entry.codes == {
        "seal": 1,
        "head": first.digest,
        "known": {"seal": 2, "head": second.digest},
    }
    assert AuditDetail.objects.get(entry=entry).body["reason"] == "Sikkerhedskopien fra i nat"


@pytest.mark.parametrize("anchor", ["left", "without a signature", "under another key", "of another database"])
def test_verify_audit_after_the_whole_chain_was_made_anew_finds_it_by_the_anchor(
    now: datetime, settings: Any, anchor: str
) -> None:
    entries = sealed_record(now, 2, 2)
    by_hand("UPDATE workflow_auditentry SET verb = 'skip_stage' WHERE id = %s", entries[1].pk)
    head = make_the_chain_anew()
    values = {"number": 2, "digest": head, "installation": settings.INSTALLATION_ID}
    if anchor == "without a signature":
        anchor_path().write_text(json.dumps(values))
    elif anchor == "under another key":
        own, settings.AUDIT_KEY = settings.AUDIT_KEY, "somebody-elses-0123456789abcdefghij"
        write_anchor(Anchor(2, head))
        settings.AUDIT_KEY = own
    elif anchor == "of another database":
        write_anchor(Anchor(2, "0" * 64))

    fault = verify_audit(now=now).fault

    assert fault is not None
    is_signed = anchor in ("left", "of another database")
    assert fault.code == ("seal_altered" if is_signed else "anchor_forged")
    with pytest.raises(RecordBroken):
        seal_audit(now=now)


def test_verify_audit_against_a_head_that_was_kept_finds_it_or_says_so(now: datetime) -> None:
    sealed_record(now, 1)
    kept = AuditSeal.objects.get().digest
    sealed_record(now, 1)

    assert verify_audit(kept=kept, now=now).ok
    fault = verify_audit(kept="0" * 64, now=now).fault

    assert fault is not None
    assert fault.code == "head_unknown"


def test_verify_audit_with_a_damaged_anchor_names_the_file(now: datetime) -> None:
    sealed_record(now, 1)
    anchor_path().write_text("{")

    fault = verify_audit(now=now).fault

    assert fault is not None
    assert fault.code == "anchor_unreadable"
    assert anchor_path().name in fault.text


def test_verify_audit_of_a_long_record_holds_little_of_it_in_memory(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflow.audit.chain._CHUNK", 50)

    def peak(entries: int) -> int:
        record_many_like_one(entries, now)
        seal_audit(now=now)
        tracemalloc.start()
        proof = prove_chain()
        _size, top = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert proof.ok
        return top

    peak(10)
    small = peak(200)
    large = peak(600)
    assert large < 1.5 * small


def test_verify_audit_by_command_exits_1_and_names_the_entry(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    entries = sealed_record(now, 2)
    call_command("verify_audit")
    assert "Historikken er ubrudt: 2 poster under 1 segl" in capsys.readouterr().out
    by_hand("UPDATE workflow_auditentry SET verb = 'x' WHERE id = %s", entries[1].pk)

    with pytest.raises(SystemExit) as exit_:
        call_command("verify_audit", "--json")

    assert exit_.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["fault"]["code"], told["fault"]["entry"]) == (
        False,
        "entry_altered",
        str(entries[1].public_id),
    )
