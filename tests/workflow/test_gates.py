"""What a stage waits for, and how it is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from django.utils.translation import override

from tests.workflow.agreements import AGREEMENT, in_approval, in_force_everywhere, officer_of
from tests.workflow.agreements import a_locked_bundle as the_next_bundle
from tests.workflow.document_factories import a_locked_bundle
from tests.workflow.factories import REASON, a_lone_process, an_actor, stage_of
from workflow.actions.gates import confirm_gate, override_gate
from workflow.actions.stages import complete_stage, return_stage
from workflow.definitions import GateName
from workflow.definitions.gates import AnyGate
from workflow.gates import gate_statuses, register, unregistered
from workflow.models import Process
from workflow.reports.handbook import models_of
from workflow.rules import Refused
from workflow.states import ChangeKind, StageState

pytestmark = pytest.mark.django_db

GATES = """
schema_version: 1
key: gates
title: {da: Porte, en: Gates}
description: {da: Hvad der ventes på, en: What is waited for}
parameters:
  begins_on:
    type: date
    title: {da: Begynder, en: Begins}
    default: 2019-03-31
stages:
  - key: draft
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    completes: automatic
    bundle: locks
    gates:
      - gate: bundle_locked
  - key: check
    kind: drafting
    title: {da: Kontrol, en: Check}
    after: [draft]
    actor: secretariat
    completes: manual
    bundle: judges
    gates:
      - gate: bundle_locked
      - gate: date_reached
        parameter: begins_on
      - gate: date_reached
        message: {da: Vent til fristen er løbet ud., en: Wait until the deadline has run out.}
      - gate: manual_with_reason
    deadline: {rule: days_after, event: check.opened, days: 3, source: Procesplan, clock: "12:00"}
    on_return: draft
    end: true
"""


def statuses(process: Process, stage: str, now: datetime) -> dict[str, bool]:
    return {status.key: status.is_open for status in gate_statuses(stage_of(process, stage), now)}


def test_lock_bundle_completes_the_stage_that_was_there_to_make_it(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    assert statuses(process, "draft", now) == {"bundle_locked": False}

    a_locked_bundle(process, now)

    assert stage_of(process, "draft").state == StageState.COMPLETED
    assert statuses(process, "check", now)["bundle_locked"]


def test_bundle_locked_before_the_attempt_opened_does_not_count_for_it(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    actor = an_actor(process.office)
    a_locked_bundle(process, now)
    later = now + timedelta(hours=1)

    return_stage(stage_of(process, "check"), reason="Udkastet skal ændres", actor=actor, now=later)

    assert statuses(process, "draft", later) == {"bundle_locked": False}
    a_locked_bundle(process, later, text="# Ny aftale\n\nTekst.\n")
    assert stage_of(process, "draft").state == StageState.COMPLETED


def test_gates_of_the_same_name_have_keys_of_their_own_and_say_when_they_open(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    a_locked_bundle(process, now)

    found = {status.key: status for status in gate_statuses(stage_of(process, "check"), now)}

    assert list(found) == ["bundle_locked", "date_reached", "date_reached_2", "manual_with_reason"]
    assert found["date_reached"].opens_at == datetime(2019, 3, 30, 23, 0, tzinfo=UTC)  # midnight in Copenhagen
    assert found["date_reached_2"].opens_at == datetime(2019, 3, 4, 11, 0, tzinfo=UTC)
    assert found["manual_with_reason"].opens_at is None


def test_gate_with_a_message_says_it_in_the_readers_language(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    a_locked_bundle(process, now)

    def said(language: str) -> dict[str, tuple[str, ...]]:
        with override(language):
            return {status.key: status.missing for status in gate_statuses(stage_of(process, "check"), now)}

    assert said("da")["date_reached_2"] == ("Vent til fristen er løbet ud.",)
    assert said("en")["date_reached_2"] == ("Wait until the deadline has run out.",)
    assert said("da")["date_reached"] == ("Dagen er ikke kommet: søndag den 31. marts 2019.",)
    assert said("da")["bundle_locked"] == ()


def test_date_reached_by_a_deadline_opens_at_that_very_instant(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    a_locked_bundle(process, now)
    noon = datetime(2019, 3, 4, 11, 0, tzinfo=UTC)

    assert not statuses(process, "check", noon - timedelta(microseconds=1))["date_reached_2"]
    assert statuses(process, "check", noon)["date_reached_2"]


def test_confirm_gate_opens_it_without_calling_it_overridden(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    actor = an_actor(process.office)
    a_locked_bundle(process, now)

    confirm_gate(stage_of(process, "check"), "manual_with_reason", reason=REASON, actor=actor, now=now)

    status = gate_statuses(stage_of(process, "check"), now)[-1]
    assert (status.is_open, status.overridden) == (True, False)
    end_of_march = datetime(2019, 4, 1, tzinfo=UTC)
    assert complete_stage(stage_of(process, "check"), actor=actor, now=end_of_march).state == StageState.COMPLETED
    process.refresh_from_db()
    assert process.ended_at == end_of_march


# The parties' stage completes by hand, so that a gate opened there stands while the text changes.
BY_HAND = AGREEMENT.replace("    actor: parties\n", "    actor: parties\n    completes: manual\n", 1)
NEW_TEXT = "# 1 Mål\n\nEt andet mål.\n"


def opened_by_hand(now: datetime) -> Process:
    """The parties' gate is opened by hand on bundle 1."""
    process = in_approval(now, text=BY_HAND)
    override_gate(stage_of(process, "approval"), "parties", reason=REASON, actor=officer_of(process), now=now)
    assert statuses(process, "approval", now) == {"parties": True}
    return process


def test_override_gate_about_the_text_falls_with_a_material_change(now: datetime) -> None:
    process = opened_by_hand(now)
    officer = officer_of(process)

    the_next_bundle(process, now, text=NEW_TEXT, change=ChangeKind.MATERIAL)

    assert statuses(process, "approval", now) == {"parties": False}
    with pytest.raises(Refused) as refused:
        complete_stage(stage_of(process, "approval"), actor=officer, now=now)
    assert refused.value.refusal.code == "gates_shut"
    override_gate(stage_of(process, "approval"), "parties", reason="Også efter rettelsen", actor=officer, now=now)
    assert complete_stage(stage_of(process, "approval"), actor=officer, now=now).state == StageState.COMPLETED


def test_override_gate_about_the_text_stands_after_an_editorial_change(now: datetime) -> None:
    process = opened_by_hand(now)

    the_next_bundle(process, now, text=NEW_TEXT, change=ChangeKind.EDITORIAL)

    assert statuses(process, "approval", now) == {"parties": True}


def test_override_gate_about_the_text_stands_in_a_stage_completed_before_the_change(now: datetime) -> None:
    process = opened_by_hand(now)
    complete_stage(stage_of(process, "approval"), actor=officer_of(process), now=now)
    in_force_everywhere(process, now)

    the_next_bundle(process, now, text=NEW_TEXT, change=ChangeKind.MATERIAL)

    assert statuses(process, "approval", now) == {"parties": True}


def test_override_gate_about_a_day_stands_whatever_becomes_of_the_text(now: datetime) -> None:
    process = a_lone_process(now, GATES)
    actor = an_actor(process.office)
    a_locked_bundle(process, now)
    override_gate(stage_of(process, "check"), "date_reached", reason=REASON, actor=actor, now=now)

    a_locked_bundle(process, now, text="# Ny aftale\n\nTekst.\n")

    assert statuses(process, "check", now)["date_reached"]


def test_register_another_check_for_the_same_gate_is_refused() -> None:
    with pytest.raises(ValueError, match="date_reached"):
        register("date_reached", lambda stage, gate, now: gate_statuses(stage, now)[0])


def test_read_gates_each_name_has_its_keys_and_its_check() -> None:
    with_keys = {name for model in models_of(AnyGate) for name in get_args(model.model_fields["gate"].annotation)}

    assert set(GateName) - with_keys == set(), "in no model of AnyGate, workflow/definitions/gates.py"
    assert unregistered() == [], "no check, see workflow/gates and consultations/gates.py"
