"""Whole plays: the shipped scenarios, the demo at awkward days, and a definition no line of code knows."""

import json
import os
import sqlite3
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from consultations.models import Invitation
from consultations.player import Outcome, own_database, play, read_scenario
from notifications.models import OutgoingMail
from workflow.actions.sealing import verify_audit
from workflow.models import (
    AuditEntry,
    AuditSeal,
    Bundle,
    MilestoneRecord,
    Package,
    Process,
    PublishedItem,
    Stage,
)
from workflow.states import PublicThing

pytestmark = pytest.mark.slow

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "consultations" / "scenarios"
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def database(django_db_blocker: Any):
    """Plays make their own; what was configured is neither read nor written, and no connection to it stays open."""
    with django_db_blocker.unblock():
        yield
        connection.close()


def told(failures: Any) -> list[str]:
    return [f"line {f.line}: {f.what}: expected {f.expected}, got {f.got} {f.text}" for f in failures]


@dataclass(frozen=True)
class Played:
    """What a play came out as. notices: of the authority's receipts, when and in which words. sets: text, number and
    change of each. approved: the set that was decided on. milestones: the numbers of the sets they name."""

    outcome: Outcome
    database: str
    notices: list[tuple[datetime, str]]
    sets: list[tuple[str, int, str]]
    approved: Bundle | None
    milestones: set[int]


@cache
def played(path: Path) -> Played:
    """A shipped scenario, played once for all that is asked of it."""
    with own_database():
        outcome = play(read_scenario(path, TODAY))
        notices = OutgoingMail.objects.filter(kind="authority_receipt_notice").values_list("sent_at", "text_sent")
        approval = Stage.objects.select_related("bundle").filter(key="party_approval").first()
        named = MilestoneRecord.objects.exclude(bundle=None).values_list("bundle__number", flat=True)
        return Played(
            outcome=outcome,
            database=connection.settings_dict["NAME"],
            notices=list(notices),
            sets=list(Bundle.objects.order_by("id").values_list("line__key", "number", "change")),
            approved=approval.bundle if approval else None,
            milestones=set(named),
        )


@pytest.mark.parametrize(
    "path",
    [
        SCENARIOS / "sundhedsaftale-2019.yaml",
        SCENARIOS / "national-hearing-2018.yaml",
        SCENARIOS / "samarbejdsaftale-2019.yaml",
        SCENARIOS / "hoering.yaml",
        SCENARIOS / "horisontal-samarbejdsaftale.yaml",
        HERE / "guideline-2024.yaml",
        HERE / "joined-late.yaml",
        HERE / "what-a-decision-is.yaml",
    ],
    ids=lambda path: path.stem,
)
def test_play_scenario_comes_out_as_expected(path: Path) -> None:
    before = connection.settings_dict["NAME"]

    outcome = played(path).outcome

    assert told(outcome.failures) == []
    # What was received long after the ruling, such as a status report, names no deadline for a ruling.
    assert all(("frist for afgørelse" in text) == (at.year == 2019) for at, text in played(path).notices)
    assert outcome.facts["state"] == "completed"
    assert outcome.facts["audit"]["verified"] is True
    assert connection.settings_dict["NAME"] == before != played(path).database


LAST_SET = '  - {at: "2024-09-25 09:00", by: maria, do: new_bundle, change: material,'
ITS_LOCK = LAST_SET.replace("09-25 09:00", "09-24 12:00") + " working: true,"
PUT_FORWARD_LATER = """\
  - {at: "2024-09-24 12:01", do: expect, counts: {approvals_fallen: 0}, stages: {party_approval: completed}}
  - {at: "2024-09-25 09:00", by: maria, do: put_forward, reason: Et nyt krav}
"""


@pytest.mark.parametrize("is_locked_first", [False, True])
def test_play_text_changed_in_its_substance_after_every_party_approved_opens_the_approval_anew(
    is_locked_first: bool, tmp_path: Path
) -> None:
    text = (HERE / "material-after-approval.yaml").read_text(encoding="utf-8")
    [line] = [line for line in text.splitlines(keepends=True) if line.startswith(LAST_SET)]
    path = tmp_path / "material.yaml"
    if is_locked_first:
        text = text.replace(line, line.replace(LAST_SET, ITS_LOCK) + PUT_FORWARD_LATER)
    path.write_text(text, encoding="utf-8")
    with own_database():
        outcome = play(read_scenario(path, TODAY))
        again = OutgoingMail.objects.filter(kind="decision_asked_again").count()
        closed = OutgoingMail.objects.filter(kind="decision_withdrawn").count()

    assert told(outcome.failures) == []
    assert (again, closed) == (4, 1), "each party is asked again; the committee's open question is closed with a notice"


def test_play_hearing_whose_parties_are_not_all_reached_by_mail_settles_each() -> None:
    with own_database():
        outcome = play(read_scenario(HERE / "settled-addresses.yaml", TODAY))
        again = Invitation.objects.filter(round__stage__attempt=2)
        channels = dict(again.values_list("body__key", "channel"))
        invited = OutgoingMail.objects.filter(kind="hearing_invitation", subject_id__in=again.values("public_id"))
        addresses = sorted(invited.values_list("to_address", flat=True))

    assert told(outcome.failures) == []
    assert channels == {"kl": "email", "foa": "none", "hk": "none", "danske-patienter": "email"}
    assert addresses == ["hoering@patienter.example", "post@hk.example", "post@kl.example", "post@kl.example"]


def test_play_hearing_again_after_a_bounce_is_not_sent_before_the_address_is_settled() -> None:
    with own_database():
        outcome = play(read_scenario(HERE / "bounce-then-rehearing.yaml", TODAY))
        second = Invitation.objects.filter(round__stage__attempt=2)
        addresses = dict(second.values_list("body__key", "email"))
        bounced = set(second.exclude(bounced_at=None).values_list("body__key", flat=True))

    assert told(outcome.failures) == []
    assert bounced == {"foa"}
    assert addresses["kl"] == "post@kl.example", "the party's own mailbox, not its substitute's"


@pytest.mark.parametrize(
    "name",
    [
        "suspended-over-deadline",
        "paused-hearing",
        "by-hand",
        "corrected",
        "provisional-answers",
        "what-the-handbook-says",
        "other-deeds",
        "begun-elsewhere",
        "heard-again",
    ],
)
def test_play_scenario_about_a_rule_comes_out_as_expected(name: str) -> None:
    with own_database():
        outcome = play(read_scenario(HERE / f"{name}.yaml", TODAY))

    assert told(outcome.failures) == []
    assert outcome.facts["audit"]["verified"] is True


def test_play_two_texts_each_set_goes_to_the_text_that_is_due_or_named() -> None:
    with own_database():
        outcome = play(read_scenario(HERE / "two-texts.yaml", TODAY))
        sets = list(Bundle.objects.order_by("id").values_list("line__key", "number", "change"))
        kept = dict(Stage.objects.values_list("key", "bundle__line__key"))
        sent = list(Package.objects.filter(sent_at__isnull=False).order_by("id").values_list("stage__key", "number"))

    assert told(outcome.failures) == []
    assert sets == [("agreement", 1, "first"), ("status", 1, "first"), ("agreement", 2, "editorial")]
    assert kept == {"drafting": "agreement", "submission": "agreement", "status": "status"}
    assert sent == [("submission", 1), ("submission", 2), ("status", 4)]


def test_play_health_agreement_its_reports_are_texts_of_their_own() -> None:
    health = played(SCENARIOS / "sundhedsaftale-2019.yaml")

    assert health.sets[-2:] == [("midterm_status", 1, "first"), ("final_status", 1, "first")]
    assert {line for line, _number, _change in health.sets[:-2]} == {"agreement"}
    assert health.approved is not None
    assert health.milestones == {health.approved.number}


def test_play_twice_gives_the_same_counts() -> None:
    path = SCENARIOS / "national-hearing-2018.yaml"
    with own_database():
        again = play(read_scenario(path, TODAY)).report(0)

    assert played(path).outcome.report(0) == again


def alter_a_byte() -> None:
    asleep(AuditEntry, "columns")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {AuditEntry._meta.db_table} SET verb = 'submit_answes' WHERE verb = 'submit_answer'")


def remove_the_last(model: Any) -> None:
    asleep(model, "rows")
    table, last = model._meta.db_table, model.objects.order_by("-id").values_list("id", flat=True)[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM workflow_auditdetail WHERE entry_id = %s", [last])
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [last])


def asleep(model: Any, what: str) -> None:
    """Take the trigger off that keeps rows or columns of a table."""
    table = model._meta.db_table
    on_its_table = f' ON "{table}"' if connection.vendor != "sqlite" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{table}_keeps_{what}"{on_its_table}')


def test_change_one_byte_or_remove_the_last_entry_or_seal_after_a_play_is_noticed() -> None:
    now = datetime(2024, 7, 2, tzinfo=COPENHAGEN)
    with own_database():
        play(read_scenario(HERE / "guideline-2024.yaml", TODAY))
        assert verify_audit(now=now).ok
        for tamper in (alter_a_byte, partial(remove_the_last, AuditEntry), partial(remove_the_last, AuditSeal)):
            with transaction.atomic():
                tamper()

                assert not verify_audit(now=now).ok, tamper
                transaction.set_rollback(True)
            assert verify_audit(now=now).ok


# ── The commands ──────────────────────────────────────────────────────────────────────────────────────────────
def test_play_command_keeps_what_it_is_asked_to_keep(tmp_path: Path, capsys: Any) -> None:
    call_command("play", str(HERE / "guideline-2024.yaml"), "--json", "--keep", str(tmp_path / "kept"))

    report = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert report["scenario"] == "guideline-2024"
    assert report["ok"] is True
    assert list(report) == ["scenario", "ok", "state", "stages", "counts", "package", "audit", "seconds"]
    assert report["stages"][0] == {
        "key": "writing",
        "attempt": 1,
        "state": "completed",
        "opened_at": "2024-03-04T09:00:00+01:00",
        "closed_at": "2024-03-06T10:10:00+01:00",
    }
    kept_mails = (tmp_path / "kept" / "mails").glob("*.eml")
    mails = [mail for mail in kept_mails if "record_head" not in mail.name]  # of the whole house, not of the process
    assert len(mails) == sum(report["counts"]["mails"].values())
    assert not any("/l/" in mail.read_text() for mail in mails if "hearing" in mail.name)
    if connection.vendor == "sqlite":
        kept = sqlite3.connect(tmp_path / "kept" / "play.sqlite3")
        assert kept.execute("SELECT count(*) FROM workflow_process").fetchone() == (1,)
        kept.close()


def test_play_command_says_what_was_expected_and_what_came(tmp_path: Path, capsys: Any) -> None:
    for name in ("guideline-2024.yaml", "ministerial-guideline.yaml"):
        text = (HERE / name).read_text().replace("answers_in_time: 4", "answers_in_time: 5")
        (tmp_path / name).write_text(text)

    with pytest.raises(SystemExit) as stopped:
        call_command("play", str(tmp_path / "guideline-2024.yaml"), "--json")

    said = capsys.readouterr()
    line = (tmp_path / "guideline-2024.yaml").read_text()[: text_at(tmp_path)].count("\n") + 1
    assert stopped.value.code == 1
    assert f"guideline-2024.yaml:{line}: counts.answers_in_time" in said.err
    assert "5" in said.err
    assert "4" in said.err
    assert json.loads(said.out.splitlines()[-1])["ok"] is False


def text_at(folder: Path) -> int:
    return (folder / "guideline-2024.yaml").read_text().index("answers_in_time: 5")


def test_play_command_stops_at_a_deed_that_is_refused(tmp_path: Path, capsys: Any) -> None:
    for name in ("guideline-2024.yaml", "ministerial-guideline.yaml"):
        (tmp_path / name).write_text((HERE / name).read_text().replace(", refused: round_launched", ""))

    with pytest.raises(SystemExit) as stopped:
        call_command("play", str(tmp_path / "guideline-2024.yaml"))

    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert "add_party: ventede at den lykkes, fik round_launched" in said, said


def test_play_command_names_a_wrong_line(tmp_path: Path, capsys: Any) -> None:
    for name in ("guideline-2024.yaml", "ministerial-guideline.yaml"):
        (tmp_path / name).write_text((HERE / name).read_text().replace("do: verify", "do: verifiy"))

    with pytest.raises(SystemExit) as stopped:
        call_command("play", str(tmp_path / "guideline-2024.yaml"))

    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert said.err.startswith("guideline-2024.yaml:")
    assert "verify" in said.err
    assert said.out == ""


@pytest.mark.postgres
def test_play_on_postgresql_drops_its_database() -> None:
    def names() -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'samraad_play_%%'")
            return {row[0] for row in cursor.fetchall()}

    before = names()
    with own_database():
        assert len(names() - before) == 1
        assert connection.settings_dict["NAME"] in names()

    assert names() == before
    assert os.environ.get("DATABASE_URL", "").startswith("postgres")


def test_play_an_agreement_made_public_step_by_step_shows_what_was_published_and_nothing_else() -> None:
    with own_database():
        outcome = play(read_scenario(HERE / "made-public.yaml", TODAY))
        items = list(PublishedItem.objects.values_list("kind", "title", "withdrawn_at"))
        process = Process.objects.get()
        has_path = any(kind == PublicThing.PATH and withdrawn is None for kind, _title, withdrawn in items)

    assert told(outcome.failures) == []
    assert process.is_public == has_path, "the copy on the process says what the rows say"
    assert ("text", "Sundhedsaftale · Version 2", None) in items
    assert sum(withdrawn is not None for _kind, _title, withdrawn in items) == 5
