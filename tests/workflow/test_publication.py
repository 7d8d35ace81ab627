"""Publication as a deed: what it makes public, what it refuses, what it leaves in the record; taking back; the history
that stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from notifications.models import OutgoingMail
from tests.workflow.agreements import a_locked_bundle as a_set
from tests.workflow.agreements import (
    a_working_set,
    an_agreement,
    decide,
    in_approval,
    in_force_everywhere,
    in_review,
    in_submission,
    officer_of,
)
from tests.workflow.factories import a_process, a_stranger, an_office, an_unnamed_officer, make_public
from workflow.actions.bundles import BundleEntry, create_bundle
from workflow.actions.documents import add_version
from workflow.actions.processes import abandon_process, suspend_process
from workflow.actions.publication import publish, withdraw_publication
from workflow.actions.putting_forward import put_forward
from workflow.actors import Actor
from workflow.models import AuditEntry, BundleItem, Decision, MilestoneRecord, Process, PublishedItem
from workflow.public_kinds import public_kind
from workflow.queries.public import public_processes
from workflow.queries.publication import items_taken_back, live_items
from workflow.rules import Refused
from workflow.states import ChangeKind, PublicThing, Verb

pytestmark = pytest.mark.django_db

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
HOUR = timedelta(hours=1)  # by then what is asked about a set put forward has left
WHY = "Den forkerte fil var lagt ved"


def code_of(deed: Callable[[], object]) -> str:
    """The code a deed is refused with."""
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.refusal.code


def texts_of(process: Process) -> list[UUID]:
    """The public ids of the documents in its locked sets, the first set first."""
    return list(BundleItem.objects.filter(bundle__process=process).order_by("id").values_list("public_id", flat=True))


def an_open_agreement() -> Process:
    """A public agreement with one set locked, of which nothing is public but the stages."""
    process = in_review(NOW)
    return make_public(process, NOW)


def entries(verb: Verb) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(verb=verb).order_by("id"))


def test_start_process_openly_makes_the_process_public_by_a_row_and_names_who_pressed() -> None:
    process = an_agreement(NOW, is_public=True)

    item = PublishedItem.objects.get()
    assert (item.kind, item.subject_id, item.title) == (PublicThing.PATH, process.public_id, process.title)
    assert item.by_label == "Somebody"
    started, published = AuditEntry.objects.filter(verb__in=[Verb.START_PROCESS, Verb.PUBLISH]).order_by("id")
    assert published.codes["caused_by"] == str(started.public_id)
    assert published.actor_kind == "system"
    assert process.is_public
    assert list(public_processes()) == [process]


def test_start_process_closed_makes_nothing_public() -> None:
    process = an_agreement(NOW)

    assert not PublishedItem.objects.exists()
    assert not process.is_public
    assert not public_processes().exists()


def test_publish_process_opens_its_page_and_nothing_else_of_it() -> None:
    process = in_review(NOW)
    mails = OutgoingMail.objects.count()

    items = publish(process, PublicThing.PATH, [process.public_id], actor=officer_of(process), now=LATER)

    process.refresh_from_db()
    assert process.is_public
    assert [(item.kind, item.published_at) for item in items] == [(PublicThing.PATH, LATER)]
    assert list(live_items(process)) == items
    entry = entries(Verb.PUBLISH)[-1]
    assert entry.codes == {"kinds": ["path"], "items": [str(items[0].public_id)]}
    assert entry.actor_id == officer_of(process).public_id
    assert OutgoingMail.objects.count() == mails


def test_publish_document_keeps_title_version_and_reason_in_the_language_of_the_process() -> None:
    process = an_open_agreement()

    (item,) = publish(
        process, PublicThing.TEXT, texts_of(process), reason=" Endelig tekst ", actor=officer_of(process), now=LATER
    )

    assert (item.title, item.reason) == ("Aftale · Version 1", "Endelig tekst")
    assert item.subject_id == texts_of(process)[0]


def test_lock_a_second_set_publishes_nothing() -> None:
    process = an_open_agreement()
    before = list(live_items(process))

    a_set(process, LATER, change="material", text="# 1 Mål\n\nFortroligt.\n")

    assert list(live_items(process)) == before


def test_publish_under_a_used_key_makes_it_once_and_with_other_content_is_refused() -> None:
    process = an_open_agreement()
    press: dict[str, Any] = {"actor": officer_of(process), "now": LATER, "key": "one"}
    ids = texts_of(process)

    first = publish(process, PublicThing.TEXT, ids, reason="Endelig tekst", **press)
    again = publish(process, PublicThing.TEXT, ids, reason="Endelig tekst", **press)

    assert again == first
    assert live_items(process).filter(kind=PublicThing.TEXT).count() == 1
    assert code_of(lambda: publish(process, PublicThing.TEXT, ids, reason="Udkast", **press)) == "form_used"


def test_publish_decisions_of_several_councils_at_once_is_one_entry() -> None:
    process = make_public(in_approval(NOW), NOW)
    for body in ("council-1", "council-2"):
        decide(process, body, NOW)
    ids = list(Decision.objects.filter(request__stage__key="approval").values_list("public_id", flat=True))

    items = publish(process, PublicThing.DECISION, ids, actor=officer_of(process), now=LATER)

    assert sorted(item.title for item in items) == [
        "Politisk godkendelse: Byråd 1: Godkendt",
        "Politisk godkendelse: Byråd 2: Godkendt",
    ]
    assert len(entries(Verb.PUBLISH)[-1].codes["items"]) == 2


@pytest.mark.parametrize(
    ("thing", "ids", "reason", "code"),
    [
        (PublicThing.TEXT, [], "Udkast", "nothing_chosen"),
        (PublicThing.TEXT, [uuid4()], "Udkast", "not_publishable"),
        (PublicThing.DECISION, [uuid4()], "", "not_publishable"),
        (PublicThing.TEXT, None, "", "publication_reason_missing"),
        (PublicThing.TEXT, None, "  ", "publication_reason_missing"),
    ],
)
def test_publish_what_cannot_be_is_refused(thing: PublicThing, ids: list[UUID] | None, reason: str, code: str) -> None:
    process = an_open_agreement()
    chosen = texts_of(process) if ids is None else ids

    refused = code_of(lambda: publish(process, thing, chosen, reason=reason, actor=officer_of(process), now=LATER))

    assert refused == code
    assert live_items(process).count() == 1


def test_publish_document_of_another_process_or_of_a_set_in_preparation_is_refused() -> None:
    process, other = an_open_agreement(), a_process(an_office("other"), NOW)
    officer = officer_of(process)
    document = process.documents.get()
    open_set = create_bundle(
        process,
        [BundleEntry(add_version(document, markdown="# 1 Nyt\n\nNyt.\n", actor=officer, now=NOW), "agreement")],
        actor=officer,
        now=NOW,
    )
    unlocked = [item.public_id for item in open_set.items.all()]

    for chosen in ([other.public_id], unlocked):
        words: dict[str, Any] = {"reason": "Udkast", "actor": officer, "now": LATER}
        assert code_of(partial(publish, process, PublicThing.TEXT, chosen, **words)) == "not_publishable"


def test_publish_document_of_a_set_that_is_locked_and_not_put_forward_is_refused() -> None:
    process = an_open_agreement()
    working = a_working_set(process, NOW, text="# 1 Andet\n", change=ChangeKind.MATERIAL)
    texts = [item.public_id for item in working.items.all()]

    offered = {candidate.subject_id for candidate in public_kind(PublicThing.TEXT).candidates(process)}

    assert not offered & set(texts)
    words: dict[str, Any] = {"reason": "Udkast", "actor": officer_of(process), "now": LATER}
    assert code_of(partial(publish, process, PublicThing.TEXT, texts, **words)) == "not_publishable"
    put_forward(working, reason="Klar", change=ChangeKind.MATERIAL, actor=officer_of(process), now=NOW)
    assert publish(process, PublicThing.TEXT, texts, **words)


def test_publish_anything_but_the_process_while_it_has_no_public_page_is_refused() -> None:
    process = in_review(NOW)
    ids = texts_of(process)

    assert (
        code_of(lambda: publish(process, PublicThing.TEXT, ids, reason="Udkast", actor=officer_of(process), now=LATER))
        == "process_not_public"
    )


def test_publish_what_is_public_already_is_refused() -> None:
    process = an_open_agreement()

    assert (
        code_of(lambda: publish(process, PublicThing.PATH, [process.public_id], actor=officer_of(process), now=LATER))
        == "already_public"
    )


@pytest.mark.parametrize("actor", [a_stranger(), Actor("link", uuid4(), "Solrød Byråd")])
def test_publish_and_take_back_as_anybody_but_an_officer_is_refused(actor: Actor) -> None:
    process = an_open_agreement()
    item = live_items(process).get()

    assert (
        code_of(lambda: publish(process, PublicThing.DATES, [process.public_id], actor=actor, now=LATER))
        == "not_an_officer"
    )
    assert code_of(lambda: withdraw_publication(item, reason=WHY, actor=actor, now=LATER)) == "not_an_officer"
    assert live_items(process).count() == 1


@pytest.mark.parametrize("end", [suspend_process, abandon_process])
def test_publish_and_take_back_in_a_process_that_rests_or_has_ended_is_done(end: Callable[..., Any]) -> None:
    process = an_open_agreement()
    officer = officer_of(process)
    end(process, reason="Valget er udskrevet", actor=officer, now=NOW + HOUR)

    (item,) = publish(process, PublicThing.TEXT, texts_of(process), reason="Udkast", actor=officer, now=LATER)
    withdraw_publication(item, reason=WHY, actor=officer, now=LATER)

    assert [row.kind for row in live_items(process)] == [PublicThing.PATH]


def test_take_back_document_keeps_the_row_with_who_when_and_why_and_it_can_be_made_public_anew() -> None:
    process = an_open_agreement()
    officer = officer_of(process)
    press: dict[str, Any] = {"actor": officer, "now": LATER}
    (item,) = publish(process, PublicThing.TEXT, texts_of(process), reason="Udkast", **press)

    withdraw_publication(item, reason=f" {WHY} ", **press)

    (row,) = items_taken_back(process)
    assert (row.pk, row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason) == (item.pk, LATER, officer.label, WHY)
    entry = entries(Verb.WITHDRAW_PUBLICATION)[-1]
    assert entry.codes["items"] == [str(item.public_id)]
    assert entry.detail.body["reason"] == WHY
    (anew,) = publish(process, PublicThing.TEXT, texts_of(process), reason="Endelig tekst", **press)
    assert anew.pk != item.pk
    assert items_taken_back(process) == [], "it is public again"


def test_take_back_twice_is_refused_and_under_the_same_key_done_once() -> None:
    process = an_open_agreement()
    item = live_items(process).get()
    press: dict[str, Any] = {"actor": officer_of(process), "now": LATER}

    withdraw_publication(item, reason=WHY, key="one", **press)
    withdraw_publication(item, reason=WHY, key="one", **press)

    assert len(entries(Verb.WITHDRAW_PUBLICATION)) == 1
    assert code_of(lambda: withdraw_publication(item, reason=WHY, **press)) == "not_public"


@pytest.mark.parametrize(
    ("reason", "code"), [("", "reason_missing"), ("  \n", "reason_missing"), ("Fejl", "reason_too_short")]
)
def test_take_back_without_a_reason_others_understand_is_refused(reason: str, code: str) -> None:
    process = an_open_agreement()
    item = live_items(process).get()

    assert code_of(lambda: withdraw_publication(item, reason=reason, actor=officer_of(process), now=LATER)) == code


def test_take_back_process_takes_all_of_it_back_and_publishing_it_anew_brings_back_nothing_else() -> None:
    process = an_open_agreement()
    press: dict[str, Any] = {"actor": officer_of(process), "now": LATER}
    publish(process, PublicThing.TEXT, texts_of(process), reason="Udkast", **press)
    publish(process, PublicThing.DATES, [process.public_id], **press)
    path = live_items(process).get(kind=PublicThing.PATH)

    withdraw_publication(path, reason=WHY, **press)

    process.refresh_from_db()
    assert not process.is_public
    assert not live_items(process).exists()
    assert not public_processes().exists()
    publish(process, PublicThing.PATH, [process.public_id], **press)
    assert [item.kind for item in live_items(process)] == [PublicThing.PATH]


def test_write_over_or_remove_what_was_published_is_refused_by_the_database() -> None:
    item = live_items(an_open_agreement()).get()
    rows = PublishedItem.objects.filter(pk=item.pk)

    for change in (
        lambda: rows.update(published_at=NOW - timedelta(days=30)),
        lambda: rows.update(subject_id=uuid4()),
        lambda: rows.update(title="Andet"),
        rows.delete,
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_read_public_processes_with_the_column_alone_written_shows_none_without_a_row() -> None:
    process = in_review(NOW)
    Process.objects.filter(pk=process.pk).update(is_public=True)

    assert not public_processes().exists()


def test_publish_decision_of_a_closed_item_is_refused_also_among_others() -> None:
    process = make_public(in_approval(NOW), NOW)
    decide(process, "council-1", NOW, is_closed_item=True)
    decide(process, "council-2", NOW)
    ids = list(Decision.objects.filter(request__stage__key="approval").values_list("public_id", flat=True))
    press: dict[str, Any] = {"actor": officer_of(process), "now": LATER}

    assert code_of(lambda: publish(process, PublicThing.DECISION, ids, **press)) == "closed_item"
    assert [item.kind for item in live_items(process)] == [PublicThing.PATH]


def test_publish_recorded_day_of_a_council_names_council_and_day() -> None:
    process = make_public(in_submission(NOW), NOW)
    in_force_everywhere(process, NOW)
    ids = list(MilestoneRecord.objects.values_list("public_id", flat=True))
    items = publish(process, PublicThing.FACT, ids, actor=an_unnamed_officer(), now=LATER)

    assert "Ikrafttræden: Byråd 1: 15. januar 2019" in [item.title for item in items]
