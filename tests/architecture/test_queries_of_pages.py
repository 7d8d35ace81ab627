"""No page asks the database once for each row it shows: with four of everything it asks as often as with two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, path

from config import urls
from tests.architecture.estate import NOW, Address, Estate, an_estate
from tests.architecture.test_pages import at, is_page, pages, visitors
from workflow.models import DocumentVersion
from workflow.policies import policy

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]

VALUES = re.compile(r"'(?:[^']|'')*'|\b[0-9a-f]{32}\b|\b\d+\b|(?<=IN )\([^()]*\)")
"""What differs from row to row in a statement."""


@pytest.fixture(autouse=True)
def demo(settings: Any, tmp_path: Any) -> Iterator[None]:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def statements_of(client: Client, url: str) -> Counter[str] | None:
    """The statements with which a page is made, without their values, once it has been asked for before; None for what
    is no page."""
    with transaction.atomic():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(url)
        transaction.set_rollback(True)
    if response.status_code != 200 or not is_page(response):
        return None
    return Counter(VALUES.sub("?", query["sql"]) for query in captured)


def growing(addresses: Iterable[tuple[Address, str]], few: Estate, many: Estate) -> tuple[int, dict[str, Counter[str]]]:
    """How many pages were read of both estates, and those that ask more often of the larger one: view → what is asked
    so many times more."""
    who_of_few, who_of_many = visitors(few), visitors(many)
    found: dict[str, Counter[str]] = {}
    read = 0
    for address, kind in addresses:
        urls_of = at(address, few), at(address, many)
        if None in urls_of:
            continue
        less = statements_of(who_of_few[kind], str(urls_of[0]))
        more = statements_of(who_of_many[kind], str(urls_of[1]))
        if less is None or more is None:
            continue
        read += 1
        if more.total() > less.total():
            found[address.name] = more - less
    return read, found


def test_read_every_page_with_four_of_everything_asks_as_often_as_with_two() -> None:
    few, many = an_estate("oest", many=2), an_estate("vest", many=4)

    read, found = growing(pages(), few, many)

    assert read > 60
    assert found == {}


PLANTED = "{% for row in rows %}{{ row.document.title }}{% endfor %}"


def test_plant_query_in_the_loop_of_a_template_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def versions(request: HttpRequest, process_id: UUID) -> HttpResponse:
        rows = DocumentVersion.objects.filter(document__process__public_id=process_id)
        return HttpResponse(engines["django"].from_string(PLANTED).render({"rows": rows}))

    few, many = an_estate("oest"), an_estate("vest", many=2)
    route = "versioner/<uuid:process_id>/"
    monkeypatch.setattr(
        urls, "urlpatterns", [*urls.urlpatterns, path(route, policy("anonymous")(versions), name="versions")]
    )
    clear_url_caches()

    read, found = growing([(Address("versions", route), "anonymous")], few, many)

    clear_url_caches()
    assert read == 1
    assert list(found) == ["versions"]
    assert "workflow_document" in next(iter(found["versions"]))
