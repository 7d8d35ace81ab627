"""What is made anew is new: no deed finds, by a name or title that was typed, that the thing is there already."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from importlib import import_module
from typing import Any

import pytest

import consultations.actions
import workflow.actions
from consultations.actions.invitation_list import add_party
from consultations.actions.notes import add_note
from consultations.actions.pasting import paste_parties, pasting_plan
from tests.consultations.factories import LAUNCHED, OFFICER, a_round_in_draft
from tests.workflow.agreements import decide, in_approval, in_submission, officer_of
from tests.workflow.factories import SMALL, a_body, a_definition, a_lone_process, an_unnamed_officer
from workflow.actions.accounts import add_user
from workflow.actions.approvals import add_addendum
from workflow.actions.bundles import BundleEntry, create_bundle, lock_documents
from workflow.actions.definitions import load_definition
from workflow.actions.documents import add_version, begin_document, create_document
from workflow.actions.offices import create_office
from workflow.actions.starting import start_process
from workflow.actions.submissions import make_package
from workflow.actors import SYSTEM
from workflow.gates.approvals import lacking_decisions
from workflow.imports.parties import read_parties
from workflow.models import ApprovalRequest, Body, Document
from workflow.queries.documents import standing_now
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, RequestState

pytestmark = pytest.mark.django_db

LONG = "Samarbejdsaftale mellem regionen og de elleve kommuner i området: "
"""Longer than the 60 letters that a slug holds."""


# ── One thing of each kind, twice under equal names ───────────────────────────────────────────────────────────
def documents(now: datetime, *titles: str) -> Sequence[Any]:
    process = a_lone_process(now)
    texts = [
        begin_document(process, title=title, markdown=f"Tekst {n}.", actor=an_unnamed_officer(), now=now, key=f"k{n}")
        for n, title in enumerate(titles)
    ]
    return [version.document for version in texts]


def empty_documents(now: datetime) -> Sequence[Any]:
    process = a_lone_process(now)
    return [create_document(process, title="Bilag", actor=an_unnamed_officer(), now=now) for _each in range(2)]


def versions(now: datetime) -> Sequence[Any]:
    document = create_document(a_lone_process(now), title="Aftale", actor=an_unnamed_officer(), now=now)
    return [
        add_version(document, title="Aftale", markdown=text, actor=an_unnamed_officer(), now=now) for text in ("A", "B")
    ]


def bundles(now: datetime) -> Sequence[Any]:
    process = a_lone_process(now)
    version = begin_document(process, title="Aftale", markdown="Tekst", actor=an_unnamed_officer(), now=now)
    entries = [BundleEntry(version, "agreement")]
    return [create_bundle(process, entries, actor=an_unnamed_officer(), now=now) for _each in range(2)]


def processes(now: datetime) -> Sequence[Any]:
    first = a_lone_process(now)
    again = start_process(first.office, first.definition, title=first.title, actor=an_unnamed_officer(), now=now)
    return [first, again]


def definitions(now: datetime) -> Sequence[Any]:
    office = a_lone_process(now).office
    other = SMALL.replace("En lille proces", "En anden lille proces")
    return [a_definition(office, now), load_definition(office, other, "b.yaml", actor=SYSTEM, now=now)]


def offices(now: datetime) -> Sequence[Any]:
    values: dict[str, Any] = {"name": "Sekretariatet", "case_prefix": "SEK", "reply_to": "post@example.dk"}
    return [create_office(key=key, **values, actor=SYSTEM, now=now) for key in ("a", "b")]


def accounts(now: datetime) -> Sequence[Any]:
    return [add_user(email=email, name="Anne Lund", actor=SYSTEM, now=now) for email in ("a@b.dk", "c@b.dk")]


def parties(now: datetime) -> Sequence[Any]:
    draft = a_round_in_draft(LAUNCHED)
    return [
        add_party(draft.round, name="Handicaprådet", email=email, actor=OFFICER, now=LAUNCHED)
        for email in ("raad@koege.example", "raad@greve.example")
    ]


def parties_by_the_name_of_two_bodies(now: datetime) -> Sequence[Any]:
    draft = a_round_in_draft(LAUNCHED)
    for key in ("netvaerket-oest", "netvaerket-vest"):
        a_body(BodyKind.ORGANISATION, "Netværket", key=key)
    lines = read_parties("Netværket\tpost@oest.example").parties
    plan = pasting_plan(draft.round, lines, LAUNCHED)
    paste_parties(draft.round, lines, shown_digest=plan.digest, actor=OFFICER, now=LAUNCHED)
    party = draft.round.invitations.get(name="Netværket")
    assert party.body is None  # nobody said which of the two
    return [party, draft.party(1)]


def notes(now: datetime) -> Sequence[Any]:
    draft = a_round_in_draft(LAUNCHED)
    values: dict[str, Any] = {"held_on": date(2019, 2, 1), "occasion": "Temamøde", "text": "Det blev sagt."}
    return [add_note(draft.round, **values, actor=OFFICER, now=LAUNCHED) for _each in range(2)]


def addenda(now: datetime) -> Sequence[Any]:
    process = in_approval(now)
    decision = decide(process, "region", now)
    return [add_addendum(decision, text="Rettelse.", actor=officer_of(process), now=now) for _each in range(2)]


def packages(now: datetime) -> Sequence[Any]:
    process = in_submission(now)
    stage = live_stage(process, "submission")
    return [make_package(stage, actor=officer_of(process), now=now) for _each in range(2)]


MADE: dict[str, Callable[[datetime], Sequence[Any]]] = {
    "documents equal in their first 60 letters": lambda now: documents(
        now, LONG + "Bilag 1 Økonomi", LONG + "Bilag 2 Børn"
    ),
    "documents of one title": lambda now: documents(now, "Bilag", "Bilag"),
    "documents whose titles leave no letter": lambda now: documents(now, "№", "§"),
    "documents without text": empty_documents,
    "versions": versions,
    "sets": bundles,
    "processes": processes,
    "definitions of one key": definitions,
    "offices": offices,
    "accounts": accounts,
    "parties": parties,
    "parties by the name of two bodies": parties_by_the_name_of_two_bodies,
    "notes": notes,
    "addenda": addenda,
    "packages": packages,
}


@pytest.mark.parametrize("make", MADE.values(), ids=MADE.keys())
def test_make_two_things_of_equal_names_makes_two(make: Callable[[datetime], Sequence[Any]], now: datetime) -> None:
    first, second = make(now)

    assert type(first) is type(second)
    assert first.pk != second.pk


TRIED = {
    "create_document", "begin_document", "add_version", "create_bundle", "start_process", "load_definition",
    "create_office", "add_user", "add_party", "add_note", "add_addendum", "make_package",
}  # fmt: skip
BY_ID = {
    "make_journal_parcel": "a parcel has its number; the process is locked while it is counted",
    "begin_installation": "an installation that has an office is refused",
    "admit_user": "add_user with a place",
    "create_body": "a name that a body bears is refused, with the way out; a key is made free",
    "add_deadline": "bound to its subject by id",
    "add_demo_contacts": "one to a body, by id",
    "add_person": "collects what is to be erased",
    "add_typed": "collects what is to be erased",
}


def test_walk_deeds_that_make_something_each_is_tried_or_goes_by_ids() -> None:
    makers = set()
    for package in (workflow.actions, consultations.actions):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, found in inspect.getmembers(import_module(module.name), inspect.isfunction):
                made_here = inspect.unwrap(found).__module__.startswith(package.__name__)
                if made_here and re.match(r"(create|begin|add|admit|start|make|load_definition)(_|$)", name):
                    makers.add(name)

    assert makers == TRIED | set(BY_ID), "say in MADE how two of it stay two, or in BY_ID why no name decides"


def test_lock_documents_of_one_title_takes_both_into_the_set(now: datetime) -> None:
    first, second = documents(now, "Bilag", "Bilag")
    chosen = [BundleEntry(document.versions.get(), "annex") for document in (first, second)]

    bundle = lock_documents(first.process, chosen, actor=an_unnamed_officer(), now=now)

    assert [item["document"] for item in bundle.manifest["items"]] == ["bilag", "bilag-2"]


def test_begin_document_twice_with_one_key_begins_one(now: datetime) -> None:
    process = a_lone_process(now)
    for _press in range(2):
        begin_document(process, title="Bilag", markdown="Tekst.", actor=an_unnamed_officer(), now=now, key="one")

    assert Document.objects.filter(process=process).count() == 1


def test_await_decision_of_two_bodies_of_one_name_tells_them_apart(now: datetime) -> None:
    process = in_approval(now)
    Body.objects.filter(key__in=["council-1", "council-2"]).update(name="Byrådet")
    one = ApprovalRequest.objects.get(stage__process=process, body__key="council-1")
    ApprovalRequest.objects.filter(pk=one.pk).update(state=RequestState.WITHDRAWN)
    stage = live_stage(process, "approval")
    stage.state = "completed"

    lacking = lacking_decisions(stage, standing_now(stage.line_id))

    assert len(lacking) == 2  # one is awaited, the other cannot decide any more
