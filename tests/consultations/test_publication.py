"""What sending a round makes public, by the deed that publishes: rows, who pressed, what the record says."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from consultations.actions.rounds import launch_round, prepare_round
from consultations.states import RoundForm, RoundVerb
from tests.consultations.factories import CLOSES_ON, LAUNCHED, OFFICER, Hearing, a_round_in_draft
from tests.workflow.factories import make_public
from workflow.actions.publication import publish, withdraw_publication
from workflow.models import AuditEntry, BundleItem, PublishedItem
from workflow.queries.publication import live_items
from workflow.states import PublicThing, Verb

pytestmark = pytest.mark.django_db

LATER = LAUNCHED + timedelta(hours=1)


def a_public_round_in_draft() -> Hearing:
    """A hearing in preparation in a public process, with a letter."""
    hearing = a_round_in_draft()
    make_public(hearing.process, LAUNCHED)
    prepare_round(hearing.reread(), letter="Hermed sendes udkastet i høring.", actor=OFFICER, now=LAUNCHED)
    hearing.reread()
    return hearing


def launch(hearing: Hearing) -> None:
    launch_round(hearing.round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=LATER)


def public_of(hearing: Hearing) -> set[tuple[str, UUID]]:
    """What is public of the process beside its stages."""
    rows = live_items(hearing.process).exclude(kind=PublicThing.PATH)
    return set(rows.values_list("kind", "subject_id"))


def test_launch_hearing_of_a_public_process_publishes_period_letter_and_each_document_and_names_who_pressed() -> None:
    hearing = a_public_round_in_draft()

    launch(hearing)

    text = BundleItem.objects.get(bundle__process=hearing.process).public_id
    assert public_of(hearing) == {
        (PublicThing.ROUND, hearing.round.public_id),
        (PublicThing.LETTER, hearing.round.public_id),
        (PublicThing.TEXT, text),
    }
    items = live_items(hearing.process).exclude(kind=PublicThing.PATH)
    assert {item.by_label for item in items} == {OFFICER.label}
    assert items.get(kind=PublicThing.TEXT).reason == "Høringsudkast"
    entry = AuditEntry.objects.filter(verb=Verb.PUBLISH).latest("id")
    launched = AuditEntry.objects.get(verb=RoundVerb.LAUNCH_ROUND)
    assert entry.codes["caused_by"] == str(launched.public_id)
    assert len(entry.codes["items"]) == 3


def test_launch_hearing_of_a_process_that_is_not_public_publishes_nothing_and_making_it_public_later_neither() -> None:
    hearing = a_round_in_draft()

    launch(hearing)

    assert not PublishedItem.objects.exists()
    make_public(hearing.process, LATER)
    assert public_of(hearing) == set()


def test_launch_early_input_publishes_period_and_parties_alone() -> None:
    hearing = a_public_round_in_draft()
    hearing.round.form = RoundForm.LIGHT
    hearing.round.save(update_fields=["form"])

    launch(hearing)

    assert public_of(hearing) == {(PublicThing.ROUND, hearing.round.public_id)}


def test_launch_hearing_about_a_text_that_is_public_already_leaves_it_as_it_was_published() -> None:
    hearing = a_public_round_in_draft()
    text = BundleItem.objects.get(bundle__process=hearing.process).public_id
    publish(hearing.process, PublicThing.TEXT, [text], reason="Oplæg", actor=OFFICER, now=LAUNCHED)

    launch(hearing)

    assert live_items(hearing.process).get(subject_id=text).reason == "Oplæg"


def test_take_back_letter_of_a_hearing_leaves_its_period_and_text_public() -> None:
    hearing = a_public_round_in_draft()
    launch(hearing)
    letter = live_items(hearing.process).get(kind=PublicThing.LETTER)

    withdraw_publication(letter, reason="Brevet nævner en borger", actor=OFFICER, now=LATER)

    assert {kind for kind, _subject in public_of(hearing)} == {PublicThing.ROUND, PublicThing.TEXT}
