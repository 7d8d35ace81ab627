"""The record: sealed in chains, proven against entries, seals and the anchor outside, and not to be rewritten."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction

from config.checks import history_is_guarded
from tests.workflow.record_factories import an_office, by_hand, hollow_triggers, record_deeds, sealed_record
from workflow.actions.sealing import next_seal_due, seal_audit, seal_when_due, verify_audit
from workflow.audit.anchor import Anchor, read_anchor, write_anchor
from workflow.models import AuditDetail, AuditEntry, AuditSeal, guards

pytestmark = pytest.mark.django_db


# ── Sealing ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_seal_audit_with_new_entries_chains_them_to_the_seal_before(now: datetime) -> None:
    entries = sealed_record(now, 3, 2)

    first, second = AuditSeal.objects.all()
    assert (first.number, first.count, first.first_entry_id, first.last_entry_id) == (
        1,
        3,
        entries[0].pk,
        entries[2].pk,
    )
    assert (second.number, second.count, second.previous_digest) == (2, 2, first.digest)
    assert read_anchor() == Anchor(2, second.digest)


def test_seal_audit_without_new_entries_makes_no_seal(now: datetime) -> None:
    sealed_record(now, 1)

    assert seal_audit(now=now).entries == 0
    assert AuditSeal.objects.count() == 1


def test_seal_audit_of_many_entries_splits_them_over_seals(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.actions.sealing.ENTRIES_PER_SEAL", 2)
    record_deeds(5, now)

    assert seal_audit(now=now).entries == 5
    assert list(AuditSeal.objects.values_list("count", flat=True)) == [2, 2, 1]


def test_sweep_of_seals_is_due_ten_seconds_after_the_first_unsealed_entry(now: datetime) -> None:
    assert next_seal_due(now) is None
    record_deeds(2, now)

    assert next_seal_due(now) == now + timedelta(seconds=10)
    assert seal_when_due(now) == 2
    assert next_seal_due(now) is None


@pytest.mark.django_db(transaction=True)
def test_seal_audit_after_its_commit_anchors_the_head_outside(now: datetime) -> None:
    record_deeds(1, now)

    done = seal_audit(now=now)

    assert read_anchor() == Anchor(1, done.head)
    write_anchor(Anchor(0, ""))  # a crash between commit and anchor
    seal_when_due(now)
    assert read_anchor() == Anchor(1, done.head)


def test_seal_audit_by_command_on_a_broken_record_refuses(now: datetime) -> None:
    sealed_record(now, 1)
    by_hand("DELETE FROM workflow_auditseal")

    with pytest.raises(CommandError):
        call_command("seal_audit")


# ── Guards ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: AuditEntry.objects.update(verb="x"),
        lambda: AuditSeal.objects.update(count=1),
        lambda: AuditDetail.objects.update(salt="x"),
        lambda: AuditSeal.objects.all()._raw_delete("default"),
        lambda: AuditEntry.objects.all()._raw_delete("default"),
    ],
)
def test_rewriting_the_record_by_any_program_is_refused_by_the_database(
    now: datetime, rewrite: Callable[[], object]
) -> None:
    sealed_record(now, 2)

    with pytest.raises(IntegrityError, match="keeps its history"), transaction.atomic():
        rewrite()

    assert verify_audit(now=now).ok


def test_system_check_after_a_trigger_was_removed_names_it() -> None:
    assert history_is_guarded(None, databases=["default"]) == []
    guards.remove(connection)

    messages = history_is_guarded(None, databases=["default"])

    assert any("workflow_auditentry_keeps_columns" in message.msg for message in messages)
    assert {message.id for message in messages} == {"config.E005"}


def test_system_check_and_proof_after_hollow_triggers_of_the_same_names_were_put_in_name_each(now: datetime) -> None:
    sealed_record(now, 1)
    names = {name for name, _table, _statements in guards._triggers(connection)}
    hollow_triggers()
    AuditSeal.objects.update(sealed_at=now)

    breaches = guards.breaches(connection)
    messages = history_is_guarded(None, databases=["default"])
    fault = verify_audit(now=now).fault

    assert {breach.name for breach in breaches if breach.problem == "altered"} == names
    assert {message.id for message in messages} == {"config.E005"}
    assert len(messages) == len(names)
    assert fault is not None
    assert fault.code == "guard_altered"
    assert breaches[0].name in fault.text


def test_system_check_and_proof_after_a_trigger_was_put_beside_ours_names_it(now: datetime) -> None:
    """One that comes after ours may write what it likes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE FUNCTION zz_fn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.verb := 'x'; RETURN NEW; "
                "END $$"
            )
            cursor.execute(
                "CREATE TRIGGER zz BEFORE INSERT ON workflow_auditentry FOR EACH ROW EXECUTE FUNCTION zz_fn()"
            )
        else:
            cursor.execute(
                "CREATE TRIGGER zz AFTER INSERT ON workflow_auditentry BEGIN DELETE FROM workflow_auditdetail; END"
            )

    (message,) = history_is_guarded(None, databases=["default"])
    fault = verify_audit(now=now).fault

    assert "the trigger zz on workflow_auditentry is none that was installed" in message.msg
    assert fault is not None
    assert fault.code == "guard_foreign"


@pytest.mark.postgres
@pytest.mark.parametrize("mode", ["DISABLE", "ENABLE REPLICA"])
def test_system_check_after_a_trigger_was_switched_off_names_it(mode: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE workflow_auditentry {mode} TRIGGER workflow_auditentry_keeps_columns")

    (message,) = history_is_guarded(None, databases=["default"])

    assert "workflow_auditentry_keeps_columns is missing" in message.msg


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_seal_audit_beside_a_deed_that_commits_late_leaves_no_entry_behind(now: datetime) -> None:
    """A deed takes its number, another commits a later number, the sealer looks, then the first commits."""
    an_office()
    record_deeds(1, now)
    has_written, may_commit = threading.Event(), threading.Event()

    def slow_deed() -> None:
        try:
            with transaction.atomic():
                record_deeds(1, now)
                has_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow_deed)
    thread.start()
    assert has_written.wait(10)
    record_deeds(1, now)
    during = seal_audit(now=now)
    is_beside = thread.is_alive()
    may_commit.set()
    thread.join()
    seal_audit(now=now)

    assert (during.entries, during.sealed_to) == (0, None)
    assert is_beside
    proof = verify_audit(now=now)
    assert proof.ok
    assert proof.entries == 3


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_seal_audit_by_many_at_once_beside_writers_keeps_one_unbroken_chain(now: datetime) -> None:
    an_office()
    record_deeds(1, now)
    barrier = threading.Barrier(6)
    errors: list[BaseException] = []

    def run(deed: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            for _ in range(15):
                deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    def write() -> None:
        with transaction.atomic():
            record_deeds(2, now)

    threads = [threading.Thread(target=run, args=(write,)) for _ in range(3)]
    threads += [threading.Thread(target=run, args=(lambda: seal_audit(now=now),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    proof = verify_audit(now=now)
    assert proof.ok, proof.fault
    assert proof.entries == 1 + 3 * 15 * 2


@pytest.mark.postgres
def test_entries_take_their_number_after_the_lock_whatever_number_was_given() -> None:
    """A program that names a number of its own does not get it: no entry slips in below a sealed one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflow_auditentry (id, public_id, at, verb, subject_type, subject_id, actor_kind, codes, "
            "detail_digest, digest) VALUES (-5, gen_random_uuid(), now(), 'x', 'office', gen_random_uuid(), 'system', "
            "'{}', '', '') RETURNING id"
        )
        assert cursor.fetchone()[0] > 0
