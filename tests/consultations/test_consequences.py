"""What follows from a deed is the system's own in the record, and names the deed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import translation

from consultations.actions.rounds import close_due_rounds
from tests.consultations.factories import LAUNCHED, OFFICER, a_hearing
from tests.workflow.agreements import (
    a_locked_bundle,
    decide,
    in_approval,
    in_force_everywhere,
    in_review,
    in_submission,
    officer_of,
    sent,
)
from tests.workflow.factories import a_lone_process, stage_of
from workflow.actions.dispatches import schedule_dispatch
from workflow.actions.gates import confirm_gate
from workflow.actions.processes import abandon_process, suspend_process
from workflow.actions.stages import advance, complete_stage, return_stage, skip_stage
from workflow.actions.submissions import acknowledge, record_ruling
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.models import AuditEntry, Dispatch, Process
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind, Outcome, ProcessState, Verb
from workflow.views.history import history_of

pytestmark = pytest.mark.django_db

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)

CONSEQUENCES = {
    "open_stage",
    "fall_back",
    "list_bodies",
    "rebind_requests",
    "let_fall",
    "withdraw_requests",
    "decide_anew",
    "await_ruling",
    "withdraw_submission",
    "open_round",
    "cancel_round",
    "set_deadline",
    "complete_process",
}
"""The verbs nobody presses. A stage may complete by a press or by itself, a matter be sent back by either."""


def to_the_end(now: datetime) -> Process:
    """From draft to the end: decided, sent, acknowledged, ruled on, in force; the ruling ends the process."""
    process = in_submission(now)
    officer = officer_of(process)
    acknowledge(sent(process, now), received_at=now, number="19/1", actor=officer, now=now)
    in_force_everywhere(process, now)
    ruling = live_stage(process, "ruling").external_requests.get()
    on_behalf = officer.acting_for("Sundhedsstyrelsen")
    record_ruling(ruling, outcome="approved", ruled_on=now.date(), actor=on_behalf, now=now)
    process.refresh_from_db()
    assert process.state == ProcessState.COMPLETED
    return process


def sent_back_from_submission() -> None:
    process = in_submission(NOW)
    sent(process, NOW)
    officer = officer_of(process)
    return_stage(live_stage(process, "submission"), to="review", reason="Ny behandling", actor=officer, now=NOW)


def sent_back_by_the_committee() -> None:
    process = in_review(NOW)
    decide(process, "committee", NOW, Outcome.REFERRED_BACK, stage="review")


def a_changed_text_and_given_up() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW)
    a_locked_bundle(process, NOW, text="Nyt.", change=ChangeKind.MATERIAL)
    abandon_process(process, reason="Arbejdet er opgivet", actor=officer_of(process), now=NOW)


def a_changed_text_after_the_matter_was_sent_back() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW)
    officer = officer_of(process)
    return_stage(live_stage(process, "approval"), to="drafting", reason="Ny tekst", actor=officer, now=NOW)
    a_locked_bundle(process, NOW, text="Nyt.", change=ChangeKind.MATERIAL)


def sent_back_from_the_hearing() -> None:
    hearing = a_hearing(LAUNCHED)
    return_stage(hearing.round.stage, to="drafting", reason="Ny tekst", actor=OFFICER, now=LAUNCHED)


def suspended_while_a_dispatch_was_to_leave() -> None:
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    schedule_dispatch(Dispatch.objects.latest("id"), leaves_at=NOW + timedelta(days=1), actor=OFFICER, now=NOW)
    suspend_process(process, reason="Pandemi i landet", actor=OFFICER, now=NOW + timedelta(hours=1))


def a_stage_left_out() -> None:
    process = a_lone_process(NOW, parameters={"begins_on": "2030-01-01"})
    stage = stage_of(process, "first")
    confirm_gate(stage, "manual_with_reason", reason="Det er aftalt", actor=OFFICER, now=NOW)
    complete_stage(stage, actor=OFFICER, now=NOW)
    skip_stage(stage_of(process, "second"), reason="Ikke nødvendigt", actor=OFFICER, now=NOW)


ROADS: dict[Callable[[], object], set[str]] = {
    lambda: to_the_end(NOW): {"open_stage", "list_bodies", "await_ruling", "set_deadline", "complete_process"},
    sent_back_from_submission: {"withdraw_submission", "decide_anew", "open_stage", "list_bodies"},
    sent_back_by_the_committee: {"return_stage", "open_stage"},
    a_changed_text_and_given_up: {"rebind_requests", "withdraw_requests"},
    a_changed_text_after_the_matter_was_sent_back: {"let_fall"},
    sent_back_from_the_hearing: {"cancel_round", "open_round", "open_stage"},
    a_stage_left_out: {"open_stage", "set_deadline"},
    suspended_while_a_dispatch_was_to_leave: {"fall_back"},
}
"""Road → what must be seen to follow on it."""


@pytest.mark.parametrize(("road", "seen"), ROADS.items())
def test_walk_what_follows_from_deeds_is_the_systems_and_names_the_deed(
    road: Callable[[], object], seen: set[str]
) -> None:
    road()

    entries = list(AuditEntry.objects.order_by("id").select_related("detail"))
    by_id = {entry.public_id: entry for entry in entries}
    wrong = []
    for entry in entries:
        cause = by_id.get(UUID(str(entry.codes["caused_by"]))) if "caused_by" in entry.codes else None
        follows = entry.verb in CONSEQUENCES or (entry.verb == "complete_stage" and entry.codes["automatic"])
        if follows and (entry.actor_kind != "system" or cause is None):
            wrong.append(f"{entry.verb}: {entry.actor_kind}, no cause")
        if cause is not None and (cause.pk > entry.pk or "caused_by" in cause.codes or cause.at != entry.at):
            wrong.append(f"{entry.verb} names {cause.verb}, which is not the deed it follows from")
        if entry.actor_kind != "system" and cause is not None:
            wrong.append(f"{entry.verb}: a person's deed names a cause")
        if follows and hasattr(entry, "detail") and entry.detail.body.get("by") not in ("Samråd", None):
            wrong.append(f"{entry.verb}: bears the name of whoever pressed")

    assert not wrong
    assert {entry.verb for entry in entries if "caused_by" in entry.codes} >= seen


def test_count_consequences_each_is_seen_on_a_road() -> None:
    assert set().union(*ROADS.values()) >= CONSEQUENCES


def test_record_ruling_on_behalf_that_ends_the_process_stands_on_the_timeline_as_its_cause() -> None:
    process = to_the_end(NOW)

    with translation.override("da"):
        shown = history_of(process, limit=3)

    ended = next(entry for entry in shown if entry["title"] == "Processen blev afsluttet")
    assert ended["who"].startswith("Følger af: ")
    assert "Sundhedsstyrelsen" in ended["who"]
    assert not ended["who"].startswith("Olga")


def test_close_round_by_the_clock_completes_the_stage_as_its_own_consequence() -> None:
    hearing = a_hearing(LAUNCHED)
    later = LAUNCHED + timedelta(days=40)

    close_due_rounds(later)

    entry = AuditEntry.objects.get(verb="close_round")
    assert (entry.actor_kind, entry.codes.get("caused_by")) == ("system", None)
    assert hearing.reread().state == "closed"


def test_advance_in_the_name_of_a_person_is_an_error_of_the_program() -> None:
    process = in_approval(NOW)

    with pytest.raises(ValueError, match="following"):
        advance(process, actor=officer_of(process), now=NOW)


@pytest.mark.parametrize("kind", ["user", "link"])
def test_follow_deed_of_anybody_gives_the_system(kind: Any) -> None:
    process = in_approval(NOW)
    entry = record(Verb.START_PROCESS, process, actor=Actor(kind, process.public_id, "Anna"), now=NOW, process=process)
    again = record(Verb.OPEN_STAGE, process, actor=following(entry), now=NOW, process=process)

    assert following(again) == following(entry)
    assert (following(entry).kind, following(entry).label, following(entry).caused_by) == (
        "system",
        "Samråd",
        entry.public_id,
    )
