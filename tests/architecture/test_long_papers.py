"""No page that is read makes its reader, and everybody else, wait for a long paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine

from tests.architecture.estate import NOW, an_estate
from tests.architecture.test_pages import at, pages, visitors
from workflow.reports.papers import long, pdf
from workflow.views.comparing import AS
from workflow.views.long_work import FOLLOWED

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.sqlite]


@pytest.fixture(autouse=True)
def settled(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True
    with time_machine.travel(NOW, tick=False):
        yield


def test_walk_addresses_no_reading_of_any_lays_out_a_long_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    laid_out = []

    def lay_out(*_given: object) -> bytes:
        laid_out.append(True)
        return b"%PDF"

    estate = an_estate("mit")
    estate = replace(estate, kwargs={**estate.kwargs, "ending": lambda at: "pdf"})
    who = visitors(estate)
    for name in ("LONG", "LONG_IN_WORD"):
        monkeypatch.setattr(long, name, 1)
    monkeypatch.setattr(pdf, "LONG", 1)
    monkeypatch.setattr(pdf, "_typeset_apart", lay_out)
    monkeypatch.setattr(pdf, "typeset", lay_out)
    waited_for, led_to_work = [], set()

    for address, policy in pages():
        url = at(address, estate)
        for asked in (url, f"{url}?{AS}=pdf") if url else ():
            laid_out.clear()
            response = who[policy].get(asked)
            if laid_out:
                waited_for.append(address.name)
            to = response.get("Location", "")
            if "/arbejder/" in to or FOLLOWED in to:
                led_to_work.add(address.name)

    assert waited_for == []
    assert len(led_to_work) > 15, sorted(led_to_work)
