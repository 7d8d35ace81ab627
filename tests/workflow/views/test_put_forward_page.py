"""Putting a set forward by its page: a press is held against what was told of the kind of change that was chosen."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import a_working_set, decide, in_approval
from tests.workflow.views.consequences import LATER, NOW, reader_of
from workflow.states import ChangeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("change", ["material", "editorial"])
def test_put_forward_after_another_decision_than_was_shown_tells_of_both_kinds_anew_and_does_nothing(
    change: str,
) -> None:
    process = in_approval(NOW)
    bundle = a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)
    client, url = reader_of(process), reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])
    given = {"change": change, "reason": "Udvalget har bedt om det", "key": "k1"}
    seen = client.get(url).context["look"].shown
    decide(process, "council-1", LATER)

    held = client.post(url, {**given, "shown": seen})
    shown = held.context["look"].shown
    done = client.post(url, {**given, "shown": shown})

    assert held.status_code == 422
    assert held.content.decode().count("Hvis det er: ") == 2
    assert shown != seen
    assert done.status_code == 302
    bundle.refresh_from_db()
    assert bundle.put_forward_as == change
