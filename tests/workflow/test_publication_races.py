"""Publishing what is being taken back, and taking back what is being published, on real PostgreSQL."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from consultations.actions.rounds import launch_round
from tests.consultations.factories import CLOSES_ON, LAUNCHED, OFFICER, a_round_in_draft
from tests.consultations.test_races import together
from tests.workflow.agreements import in_review, officer_of
from tests.workflow.factories import make_public
from tests.workflow.test_races import amidst, code_of
from workflow.actions.publication import publish, withdraw_publication
from workflow.models import AuditEntry, BundleItem, Process, PublishedItem
from workflow.queries.publication import live_items
from workflow.rules import Refused
from workflow.states import PublicThing, Verb

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
WHY = "Den forkerte fil"


def an_open_process() -> tuple[Process, UUID, dict[str, Any]]:
    """A public process with one locked document; the document's public id; who presses, and when."""
    process = make_public(in_review(NOW), NOW)
    text = BundleItem.objects.get(bundle__process=process).public_id
    return process, UUID(str(text)), {"actor": officer_of(process), "now": LATER}


def publish_text(process: Process, text: UUID, press: dict[str, Any]) -> list[PublishedItem]:
    return publish(process, PublicThing.TEXT, [text], reason="Udkast", **press)


def test_publish_what_is_being_taken_back_waits_and_makes_it_public_anew() -> None:
    process, text, press = an_open_process()
    (item,) = publish_text(process, text, press)

    beside = amidst(lambda: withdraw_publication(item, reason=WHY, **press), lambda: publish_text(process, text, press))

    (anew,) = beside.done()
    assert anew.pk != item.pk
    assert list(live_items(process).filter(kind=PublicThing.TEXT)) == [anew]


def test_publish_a_text_while_the_process_is_taken_back_is_refused_and_leaves_nothing_public() -> None:
    process, text, press = an_open_process()
    path = live_items(process).get()

    beside = amidst(lambda: withdraw_publication(path, reason=WHY, **press), lambda: publish_text(process, text, press))

    assert code_of(beside) == "process_not_public"
    assert not live_items(process).exists()


def test_take_back_while_a_colleague_takes_it_back_is_refused() -> None:
    process, text, press = an_open_process()
    (item,) = publish_text(process, text, press)

    beside = amidst(
        lambda: withdraw_publication(item, reason=WHY, **press),
        lambda: withdraw_publication(item, reason="Anden grund", **press),
    )

    assert code_of(beside) == "not_public"
    item.refresh_from_db()
    assert item.withdrawn_reason == WHY


def test_send_a_hearing_while_the_process_is_taken_back_publishes_nothing_of_it() -> None:
    hearing = a_round_in_draft()
    path = live_items(make_public(hearing.process, LAUNCHED)).get()
    press: dict[str, Any] = {"actor": OFFICER, "now": LAUNCHED}

    beside = amidst(
        lambda: withdraw_publication(path, reason=WHY, **press),
        lambda: launch_round(hearing.round, closes_on=CLOSES_ON, reason="Aftalt", **press),
    )

    beside.done()
    assert not live_items(hearing.process).exists()
    assert hearing.reread().state == "open"


def test_publish_and_take_back_by_eight_at_once_leaves_one_row_in_force_at_most_and_an_entry_for_each_deed() -> None:
    process, text, press = an_open_process()
    refused: Counter[str] = Counter()
    done = 0

    def take_back() -> Any:
        item = PublishedItem.objects.filter(process=process, kind=PublicThing.TEXT, withdrawn_at=None).first()
        return item and withdraw_publication(item, reason=WHY, **press)

    for _round in range(25):
        deeds = together(*[lambda: publish_text(process, text, press)] * 4, *[take_back] * 4)
        for deed in deeds:
            if isinstance(deed.error, Refused):
                refused[deed.error.refusal.code] += 1
            else:
                done += deed.done() is not None
        assert live_items(process).filter(kind=PublicThing.TEXT).count() <= 1

    assert set(refused) <= {"already_public", "not_public"}
    rows = PublishedItem.objects.filter(process=process, kind=PublicThing.TEXT)
    entries = AuditEntry.objects.filter(process_id=process.public_id)
    published = entries.filter(verb=Verb.PUBLISH, codes__kinds=["text"]).count()
    taken_back = entries.filter(verb=Verb.WITHDRAW_PUBLICATION).count()
    assert published == rows.count()
    assert taken_back == rows.filter(withdrawn_at__isnull=False).count()
    assert published + taken_back == done
