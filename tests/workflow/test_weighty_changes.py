"""A change called editorial in which a number, date, amount, negation or duty changed: found, questioned, explained."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID, uuid4

import pytest

from tests.refusals import code_of
from tests.workflow.agreements import a_locked_bundle, in_approval, officer_of
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.documents import add_version
from workflow.actions.putting_forward import put_forward
from workflow.actions.taking_back import take_back_bundle
from workflow.models import AuditEntry, Bundle, Process
from workflow.queries.documents import current_bundle
from workflow.rules.differences import ReadSection
from workflow.rules.document_differences import ReadDocument, document_differences
from workflow.rules.weighty_changes import weighty_changes
from workflow.states import ChangeKind


def found(before: str, after: str, language: str = "da") -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """What weighs of the change of one section from one text to another."""
    texts = [
        ReadDocument("Aftale", uuid4(), "", (ReadSection(UUID(int=1), "Frister", text, "2"),))
        for text in (before, after)
    ]
    changes = weighty_changes(document_differences({"a": texts[0]}, {"a": texts[1]}, language), language)
    assert all(change.place == "Aftale, 2 Frister" for change in changes)
    return [(change.weight, change.gone, change.come) for change in changes]


@pytest.mark.parametrize(
    ("before", "after", "language", "weighty"),
    [
        ("Inden 30 dage.", "Inden 60 dage.", "da", [("figure", ("30",), ("60",))]),
        ("Senest den 1. marts.", "Senest den 1. april.", "da", [("figure", ("marts",), ("april",))]),
        ("Prisen er 1.250,50 kr.", "Prisen er 1.250,50 mio. kr.", "da", [("figure", (), ("mio",))]),
        ("Det koster to kroner.", "Det koster tre kroner.", "da", [("figure", ("to",), ("tre",))]),
        ("Parterne deler data.", "Parterne deler ikke data.", "da", [("negation", (), ("ikke",))]),
        ("Det gælder, medmindre andet aftales.", "Det gælder.", "da", [("negation", ("medmindre",), ())]),
        ("Parterne kan mødes.", "Parterne skal mødes.", "da", [("duty", ("kan",), ("skal",))]),
        ("Kommunen bør svare.", "Kommunen må svare.", "da", [("duty", ("bør",), ("må",))]),
        ("The parties may meet.", "The parties must meet.", "en", [("duty", ("may",), ("must",))]),
        ("They meet.", "They don't meet.", "en", [("negation", (), ("don't",))]),
        ("Sammenhæng for borgeren.", "Sammenhæng for borgerne.", "da", []),
        ("Parterne skal, inden 30 dage, mødes.", "Inden 30 dage skal parterne mødes.", "da", []),
        ("They go to town.", "They go into town.", "en", []),
    ],
)
def test_find_weighty_changes_in_a_section_names_the_words(
    before: str, after: str, language: str, weighty: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    assert found(before, after, language) == weighty


def test_find_weighty_changes_after_renumbering_alone_finds_none() -> None:
    section = ReadSection(UUID(int=1), "Frister", "Inden 30 dage.", "2")
    before = ReadDocument("Aftale", uuid4(), "", (section,))
    after = ReadDocument("Aftale", uuid4(), "", (ReadSection(section.lineage_id, "Frister", section.text, "3"),))

    assert weighty_changes(document_differences({"a": before}, {"a": after}), "da") == []


# ── Asked about when a set is locked and put forward ──────────────────────────────────────────────────────────
def versions_put_together(process: Process, text: str, now: datetime) -> Bundle:
    """A set of the one document with another text, still open."""
    actor = officer_of(process)
    version = add_version(process.documents.get(), markdown=text, actor=actor, now=now)
    return create_bundle(process, [BundleEntry(version, "agreement")], actor=actor, now=now)


@pytest.mark.django_db
def test_lock_editorial_change_of_a_number_asks_why_and_keeps_the_reason(now: datetime) -> None:
    process = in_approval(now)
    actor = officer_of(process)
    bundle = versions_put_together(process, "# 1 Mål\n\nSammenhæng inden 30 dage.\n", now)

    refused = code_of(lambda: lock_bundle(bundle, change=ChangeKind.EDITORIAL, note="Rettet", actor=actor, now=now))
    locked = lock_bundle(
        bundle, change=ChangeKind.EDITORIAL, note="Rettet", weighty_reason="Stod i bilaget", actor=actor, now=now
    )

    assert refused == "weighty_change_needs_reason"
    assert AuditEntry.objects.get(verb="lock_bundle", subject_id=locked.public_id).detail.body["weighty_reason"] == (
        "Stod i bilaget"
    )


@pytest.mark.django_db
def test_put_forward_as_editorial_what_changed_a_number_asks_why_and_as_material_does_not(now: datetime) -> None:
    process = in_approval(now)
    actor = officer_of(process)
    bundle = versions_put_together(process, "# 1 Mål\n\nSammenhæng inden 30 dage.\n", now)
    bundle = lock_bundle(bundle, change=ChangeKind.MATERIAL, actor=actor, now=now)
    given = {"reason": "Klar", "actor": actor, "now": now}

    refused = code_of(lambda: put_forward(bundle, change=ChangeKind.EDITORIAL, **given))
    assert current_bundle(bundle.line_id) != bundle
    put_forward(bundle, change=ChangeKind.EDITORIAL, weighty_reason="Stod i bilaget", **given)

    assert refused == "weighty_change_needs_reason"
    entry = AuditEntry.objects.get(verb="put_forward", subject_id=bundle.public_id)
    assert entry.detail.body["weighty_reason"] == "Stod i bilaget"
    assert current_bundle(bundle.line_id) == bundle


@pytest.mark.django_db
def test_lock_editorial_change_after_a_set_was_taken_back_is_held_against_the_one_that_counts(now: datetime) -> None:
    process = in_approval(now)
    words = "# 1 Økonomi\n\nRegionen betaler {share} procent af udgiften til den {where} indsats.\n"
    first = a_locked_bundle(process, now, text=words.format(share=40, where="fælles"), change=ChangeKind.MATERIAL)
    wrong = a_locked_bundle(process, now, text=words.format(share=60, where="fælles"), change=ChangeKind.MATERIAL)
    take_back_bundle(wrong, reason="Den forkerte fil", actor=officer_of(process), now=now)

    corrected = versions_put_together(process, words.format(share=40, where="nære"), now)

    lock_bundle(corrected, change=ChangeKind.EDITORIAL, note="Et ord", actor=officer_of(process), now=now)
    assert current_bundle(first.line_id) == first
    again = versions_put_together(process, words.format(share=50, where="nære"), now)
    deed = partial(lock_bundle, again, change=ChangeKind.EDITORIAL, note="Et ord", actor=officer_of(process), now=now)
    assert code_of(deed) == "weighty_change_needs_reason"
