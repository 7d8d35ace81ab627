"""A set put forward, and taken back, while a hearing is under way: the round keeps the one it was sent with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from consultations.models import HearingRound
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing, a_round_in_draft, heard_process, launch
from tests.refusals import code_of
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version, begin_document
from workflow.actions.putting_forward import put_forward
from workflow.actions.stages import complete_stage
from workflow.actions.taking_back import take_back_bundle
from workflow.models import Bundle
from workflow.queries.documents import bundle_of, current_bundle
from workflow.queries.processes import live_stage
from workflow.states import ChangeKind

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def put_forward_another(hearing: Hearing) -> Bundle:
    """A text changed in its substance, put forward a day after the launch."""
    at, document = LAUNCHED + timedelta(days=1), hearing.process.documents.get()
    version = add_version(document, title="Udkast", markdown="# 1 Nyt\n\nNyt.\n", actor=OFFICER, now=at)
    change = ChangeKind.MATERIAL
    bundle = lock_documents(hearing.process, [BundleEntry(version, "agreement")], change=change, actor=OFFICER, now=at)
    return put_forward(bundle, reason="Nyt krav", change=change, actor=OFFICER, now=at)


def test_put_forward_in_mid_hearing_and_take_back_leave_the_round_with_its_own_set_and_tell_nobody() -> None:
    hearing = a_hearing()
    heard, mails = hearing.round.bundle, OutgoingMail.objects.count()

    second = put_forward_another(hearing)

    stage = live_stage(hearing.process, "hearing")
    assert current_bundle(stage.line_id) == second
    assert hearing.reread().bundle == heard == bundle_of(stage)
    assert hearing.reread().state == "open"
    assert OutgoingMail.objects.count() == mails
    take_back_bundle(second, reason="Forkert fil", actor=OFFICER, now=LAUNCHED + timedelta(days=1) + MINUTE)
    assert current_bundle(stage.line_id) == hearing.reread().bundle == heard
    assert OutgoingMail.objects.count() == mails


def test_take_back_a_set_that_a_hearing_has_been_sent_with_is_refused() -> None:
    hearing = a_round_in_draft()
    second = put_forward_another(hearing)
    at = LAUNCHED + timedelta(days=1) + MINUTE
    launch(hearing, now=at, reason="Aftalt med parterne")

    assert hearing.reread().bundle == second
    assert code_of(lambda: take_back_bundle(second, reason="Forkert fil", actor=OFFICER, now=at)) == "happened_since"


def test_take_back_what_was_put_forward_while_a_hearing_is_prepared_lets_that_go_on_about_the_set_before() -> None:
    hearing = a_round_in_draft()
    second = put_forward_another(hearing)

    take_back_bundle(second, reason="Forkert fil", actor=OFFICER, now=LAUNCHED + timedelta(days=1) + MINUTE)

    stage = live_stage(hearing.process, "hearing")
    assert (stage.attempt, stage.state) == (1, "open")
    launch(hearing, now=LAUNCHED + timedelta(days=2), reason="Aftalt med parterne")
    assert hearing.reread().bundle != second


def test_take_back_what_opened_a_hearing_by_completing_drafting_lets_the_hearing_wait_again_and_tells_nobody() -> None:
    process = heard_process(LAUNCHED, 2)
    version = begin_document(process, title="Udkast", markdown="# 1 Nyt\n\nNyt.\n", actor=OFFICER, now=LAUNCHED)
    bundle = lock_documents(process, [BundleEntry(version, "agreement")], actor=OFFICER, now=LAUNCHED)
    complete_stage(live_stage(process, "drafting"), actor=OFFICER, now=LAUNCHED)
    assert live_stage(process, "hearing").state == "open"

    take_back_bundle(bundle, reason="Forkert fil", actor=OFFICER, now=LAUNCHED + MINUTE)

    assert [live_stage(process, key).state for key in ("drafting", "hearing")] == ["open", "waiting"]
    assert {one.state for one in HearingRound.objects.filter(stage__key="hearing")} == {"cancelled"}
    assert not OutgoingMail.objects.exists()
