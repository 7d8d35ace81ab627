"""Locking, putting forward, deciding, packing, publishing and taking back at the same instant, and a worker sending the
first question meanwhile; on real PostgreSQL."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from notifications import delivery
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.consultations.test_races import together
from tests.racing import Beside
from tests.workflow.agreements import (
    a_locked_bundle,
    a_working_set,
    ask_all,
    asked,
    in_approval,
    in_submission,
    officer_of,
    the_facts,
)
from tests.workflow.factories import make_public
from tests.workflow.test_races import amidst, code_of
from workflow.actions.approvals import record_decision
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version
from workflow.actions.publication import publish
from workflow.actions.putting_forward import put_forward
from workflow.actions.submissions import make_package
from workflow.actions.taking_back import take_back_bundle
from workflow.actors import Actor
from workflow.models import ApprovalRequest, AuditEntry, Bundle, BundleItem, Decision, Process
from workflow.queries.documents import current_bundle, standing_now
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import ChangeKind, DecisionState, PublicThing, RequestState, StageState, Verb

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 25
MINUTE = timedelta(minutes=1)
WAIT = 10 * MINUTE

Deed = Callable[[], Any]


def counts(process: Process) -> Bundle | None:
    return current_bundle(process.lines.get().pk)


def afresh(bundle: Bundle) -> Bundle:
    return Bundle.objects.select_related("process__office", "process__definition", "line").get(pk=bundle.pk)


def taking_back(bundle: Bundle, now: datetime) -> Deed:
    return partial(take_back_bundle, afresh(bundle), reason="Forkert fil", actor=officer_of(bundle.process), now=now)


def putting_forward(bundle: Bundle, now: datetime) -> Deed:
    actor = officer_of(bundle.process)
    return partial(put_forward, afresh(bundle), reason="Klar", change=ChangeKind.MATERIAL, actor=actor, now=now)


def a_vote(request: ApprovalRequest, now: datetime) -> Deed:
    assert request.bundle is not None
    actor = Actor.of_link(request.link, request.body.name)
    return partial(record_decision, request, the_facts(now), bundle_sha256=request.bundle.sha256, actor=actor, now=now)


def draining(now: datetime) -> Deed:
    return lambda: delivery.deliver(now, lambda: now)


def late(deed: Deed, seconds: float) -> Deed:
    def done() -> Any:
        time.sleep(seconds)
        return deed()

    return done


# ── Against the worker that sends the first question ──────────────────────────────────────────────────────────
def put_forward_once_more(process: Process, number: int, now: datetime) -> Bundle:
    return a_locked_bundle(process, now, text=f"# 1 Tekst {number}\n", change=ChangeKind.MATERIAL)


def test_drain_while_a_set_is_taken_back_claims_no_question_about_it(now: datetime) -> None:
    process = in_approval(now)
    draining(now + WAIT)()
    bundle = put_forward_once_more(process, 1, now + WAIT)
    at = now + 2 * WAIT

    with transaction.atomic():
        taking_back(bundle, at)()
        assert Beside(draining(at)).done().claimed == 0

    assert draining(at)().claimed == 0
    assert counts(process) != bundle


def test_take_back_while_a_worker_claims_the_first_question_waits_and_is_refused(now: datetime) -> None:
    process = in_approval(now)
    draining(now + WAIT)()
    bundle = put_forward_once_more(process, 1, now + WAIT)
    at = now + 2 * WAIT
    [first, *_rest] = OutgoingMail.objects.filter(state=MailState.QUEUED, kind="decision_asked_again").order_by("id")

    def claim() -> None:
        mails = OutgoingMail.objects.select_for_update(skip_locked=True).filter(pk=first.pk)
        assert len(mails) == 1
        mails.move("claim", claim_token=uuid4(), lease_until=at + MINUTE)

    beside = amidst(claim, taking_back(bundle, at))

    assert code_of(beside) == "question_left"
    assert counts(process) == bundle


def test_take_back_and_send_by_eight_at_once_one_of_them_wins_each_time(now: datetime) -> None:
    process = in_approval(now)
    draining(now + WAIT)()
    won: Counter[str] = Counter()
    for number in range(1, ROUNDS + 1):
        at = now + number * 3 * WAIT
        bundle = put_forward_once_more(process, number, at)
        questions = [request.public_id for request in asked(process, "approval")]

        # From the worker well ahead to the officer well ahead, so that on any machine each of them wins some rounds.
        ahead = (number - (ROUNDS + 1) // 2) * 0.05
        taker, *drains = together(
            late(taking_back(bundle, at + WAIT), max(-ahead, 0)), *[late(draining(at + WAIT), max(ahead, 0))] * 7
        )

        for drain in drains:
            drain.done()
        draining(at + WAIT)()
        states = set(OutgoingMail.objects.filter(subject_id__in=questions).values_list("state", flat=True))
        if isinstance(taker.error, Refused):
            assert taker.error.refusal.code == "question_left"
            assert (states, counts(process)) == ({MailState.SENT}, bundle), f"round {number}"
            won["drain"] += 1
        else:
            taker.done()
            assert states == {MailState.WITHDRAWN}, f"round {number}"
            assert counts(process) != bundle
            won["officer"] += 1
    assert set(won) == {"drain", "officer"}, won


# ── All against each other ────────────────────────────────────────────────────────────────────────────────────
EXPECTED = {
    "bundle_old",
    "request_withdrawn",
    "request_fallen",
    "already_decided",
    "put_forward_already",
    "bundle_overtaken_by_current",
    "not_put_forward",
    "happened_since",
    "published_since",
    "not_publishable",
    "already_public",
    "stage_returned",
    "stage_waiting",
    "gates_shut",
    "bundle_unchanged",
    "bundle_overtaken",
    "approvals_missing",
}


def a_locking(process: Process, number: int, now: datetime) -> Deed:
    actor = officer_of(process)
    version = add_version(process.documents.get(), markdown=f"# 1 Arbejde {number}\n", actor=actor, now=now)
    entries = [BundleEntry(version, "agreement")]
    return partial(lock_documents, process, entries, change=ChangeKind.MATERIAL, actor=actor, now=now)


def a_publishing(bundle: Bundle, now: datetime) -> Deed:
    process = bundle.process
    ids = [item.public_id for item in bundle.items.all()]
    return partial(publish, process, PublicThing.TEXT, ids, reason="Udkast", actor=officer_of(process), now=now)


def a_packing(process: Process, now: datetime) -> Deed:
    stage, officer = live_stage(process, "submission"), officer_of(process)
    # Provisional, for no minutes have come in.
    return partial(make_package, stage, is_provisional=True, reason="Protokoller mangler", actor=officer, now=now)


def refusals(deeds: list[Beside]) -> list[str]:
    """Why deeds were refused. Raises what else went wrong, also a deed that still waits."""
    found = []
    for deed in deeds:
        if isinstance(deed.error, Refused):
            found.append(deed.error.refusal.code)
        else:
            deed.done()
    return found


def insist_on_one_text(process: Process) -> None:
    """Whoever is asked is asked about the set that counts, once; what is valid was given on a text that stands."""
    current = counts(process)
    assert current is not None
    stage = live_stage(process, "approval")
    if stage.state == StageState.OPEN:
        requests = asked(process, "approval")
        assert {request.bundle for request in requests} <= {current}
        live = ApprovalRequest.objects.filter(stage=stage, state__in=[RequestState.ASKED, RequestState.DECIDED])
        bodies = Counter(live.values_list("body__key", flat=True))
        assert set(bodies.values()) <= {1}
    valid = Decision.objects.filter(request__stage__key="approval", state=DecisionState.VALID)
    assert set(valid.values_list("bundle_id", flat=True)) <= set(standing_now(current.line_id))


def insist_on_the_record(process: Process) -> None:
    """Read from the beginning: each deed was done on the set that counted just then, and each set counts once."""
    sets: list[str] = []
    public: set[str] = set()
    texts = {str(item.public_id): item.bundle.sha256 for item in BundleItem.objects.select_related("bundle")}
    for entry in AuditEntry.objects.filter(process_id=process.public_id).order_by("id"):
        if entry.verb == Verb.PUT_FORWARD:
            assert entry.codes["sha256"] not in sets
            sets.append(entry.codes["sha256"])
        elif entry.verb == Verb.TAKE_BACK_BUNDLE:
            assert sets.pop() == entry.codes["sha256"]
            assert entry.codes["sha256"] not in public
        elif entry.verb in (Verb.RECORD_DECISION, Verb.MAKE_PACKAGE):
            assert entry.codes["bundle"] == sets[-1], entry.verb
        elif entry.verb == Verb.PUBLISH:
            for item in process.published_items.filter(public_id__in=entry.codes["items"], kind=PublicThing.TEXT):
                assert texts[str(item.subject_id)] in sets
                public.add(texts[str(item.subject_id)])
    current = counts(process)
    assert current is not None
    assert sets[-1] == current.sha256


def test_lock_put_forward_decide_publish_and_take_back_by_eight_at_once_never_on_another_text(now: datetime) -> None:
    process = make_public(in_approval(now), now)
    refused: Counter[str] = Counter()
    for number in range(1, ROUNDS + 1):
        at = now + number * MINUTE
        first = put_forward_once_more(process, number, at)
        second = a_working_set(process, at, text=f"# 1 Næste {number}\n", change=ChangeKind.MATERIAL)
        one, two, *_rest = asked(process, "approval")
        deeds = [
            putting_forward(second, at + MINUTE),
            putting_forward(second, at + MINUTE),
            taking_back(first, at + MINUTE),
            taking_back(second, at + MINUTE),
            a_vote(one, at + MINUTE),
            a_vote(two, at + MINUTE),
            a_locking(process, number, at + MINUTE),
            a_publishing(second, at + MINUTE),
        ]

        refused.update(refusals(together(*deeds)))

        insist_on_one_text(process)
    insist_on_the_record(process)
    assert set(refused) <= EXPECTED, refused


def test_put_forward_decide_make_package_and_take_back_by_eight_at_once_never_on_another_text(now: datetime) -> None:
    process = in_submission(now)
    refused: Counter[str] = Counter()
    for number in range(1, ROUNDS + 1):
        at = now + number * MINUTE
        bundle = a_working_set(process, at, text=f"# 1 Næste {number}\n", change=ChangeKind.MATERIAL)
        packing = a_packing(process, at + MINUTE)
        deeds = [
            putting_forward(bundle, at),
            putting_forward(bundle, at),
            *[taking_back(bundle, at + MINUTE)] * 3,
            *[packing] * 2,
            a_locking(process, number, at),
        ]

        refused.update(refusals(together(*deeds)))

        insist_on_one_text(process)
        ask_all(process, at + MINUTE)
        # Whatever won, everybody approves what counts now, and the next set is put forward behind it.
        for request in asked(process, "approval"):
            a_vote(request, at + MINUTE)()
        assert live_stage(process, "submission").state == StageState.OPEN, f"stuck in round {number}"
    insist_on_the_record(process)
    assert set(refused) <= EXPECTED, refused


def test_put_forward_while_a_package_is_made_waits_and_leaves_the_package_with_the_set_it_holds(now: datetime) -> None:
    process = in_submission(now)
    first = counts(process)
    bundle = a_working_set(process, now, text="# 1 Andet\n", change=ChangeKind.MATERIAL)
    packing = a_packing(process, now)

    package: list[Any] = []
    beside = amidst(lambda: package.append(packing()), putting_forward(bundle, now))

    beside.done()
    assert package[0].bundle == first
    assert live_stage(process, "submission").state == StageState.WAITING
    with pytest.raises(Refused) as refused:
        packing()
    assert refused.value.refusal.code in ("stage_returned", "stage_not_open")


def test_publish_what_is_being_taken_back_waits_and_is_refused(now: datetime) -> None:
    process = make_public(in_approval(now), now)
    bundle = put_forward_once_more(process, 1, now)

    assert code_of(amidst(taking_back(bundle, now), a_publishing(bundle, now))) == "not_publishable"


def test_take_back_what_is_being_published_waits_and_is_refused(now: datetime) -> None:
    process = make_public(in_approval(now), now)
    bundle = put_forward_once_more(process, 1, now)

    assert code_of(amidst(a_publishing(bundle, now), taking_back(bundle, now))) == "published_since"


def test_decide_on_what_is_being_taken_back_waits_and_is_refused(now: datetime) -> None:
    process = in_approval(now)
    bundle = put_forward_once_more(process, 1, now)
    request = asked(process, "approval")[0]

    assert code_of(amidst(taking_back(bundle, now), a_vote(request, now))) in ("bundle_old", "request_withdrawn")
    assert counts(process) != bundle
