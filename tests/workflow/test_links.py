"""Personal links: opened once, made anew, out of use; codes cannot be guessed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.workflow.factories import an_office, out_of_use
from workflow.actions.links import (
    check_code,
    forget_code_failures,
    next_forgetting_due,
    open_link,
    renew,
)
from workflow.actors import Actor
from workflow.links import code_page, link_path, new_link, page_address, read_link, typed_code
from workflow.models import AuditEntry, CodeFailure, PersonalLink
from workflow.rules import Refused
from workflow.states import LinkPurpose

pytestmark = pytest.mark.django_db

WRONG = "2222-2222-2222"
WRONG_ID = UUID(int=0)


@pytest.fixture
def link(now: datetime) -> PersonalLink:
    found = new_link(an_office(), LinkPurpose.DECISION, now)
    found.save()
    return found


def token_of(link: PersonalLink) -> str:
    return link_path(link).rstrip("/").rsplit("/", 1)[1]


def wrong(times: int, origin: str, now: datetime) -> list[str]:
    codes = []
    for _time in range(times):
        with pytest.raises(Refused) as refused:
            check_code(WRONG, origin=origin, now=now)
        codes.append(refused.value.refusal.code)
    return codes


def test_write_addresses_of_pages_they_are_those_of_this_installation(settings: Any) -> None:
    settings.BASE_URL = "https://samraad.example"

    assert code_page() == "https://samraad.example/kode/"
    assert (
        page_address("process_public", WRONG_ID)
        == f"https://samraad.example{reverse('process_public', args=[WRONG_ID])}"
    )


def test_open_link_notes_the_first_press_only(link: PersonalLink, now: datetime) -> None:
    holder = Actor.of_link(link, "Byråd 1")

    open_link(link, actor=holder, now=now)
    open_link(link, actor=holder, now=now + timedelta(hours=1))

    link.refresh_from_db()
    assert link.opened_at == now
    assert AuditEntry.objects.filter(verb="open_link", subject_id=link.public_id).count() == 1


def test_renew_link_makes_token_and_code_before_it_useless(link: PersonalLink, now: datetime) -> None:
    old_token, old_code = token_of(link), typed_code(link)

    renew(link, now)

    old = read_link(link.public_id, old_token)
    assert (old.link, old.is_old) == (link, True)
    assert not read_link(link.public_id, token_of(link)).is_old
    assert check_code(typed_code(link), origin="192.0.2.1", now=now) == link
    with pytest.raises(Refused):
        check_code(old_code, origin="192.0.2.1", now=now)


def test_open_link_made_anew_since_it_was_read_is_refused(link: PersonalLink, now: datetime) -> None:
    as_read = PersonalLink.objects.select_related("office").get(pk=link.pk)
    renew(link, now)

    with pytest.raises(Refused) as refused:
        open_link(as_read, actor=Actor.of_link(link, "Byråd 1"), now=now)

    assert refused.value.refusal.code == "link_revoked"
    link.refresh_from_db()
    assert link.opened_at is None
    assert not AuditEntry.objects.filter(verb="open_link").exists()


def test_open_link_out_of_use_is_refused_by_token_code_and_start_button(link: PersonalLink, now: datetime) -> None:
    out_of_use(link, now)

    assert read_link(link.public_id, token_of(link)).is_old
    with pytest.raises(Refused) as refused:
        open_link(link, actor=Actor.of_link(link, "Byråd 1"), now=now)
    assert refused.value.refusal.code == "link_revoked"
    assert wrong(1, "192.0.2.1", now) == ["code_wrong"]
    with pytest.raises(Refused) as refused:
        check_code(typed_code(link), origin="192.0.2.1", now=now)
    assert refused.value.refusal.code == "code_wrong"


@pytest.mark.parametrize("write", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_check_code_forgives_how_it_is_written(link: PersonalLink, now: datetime, write: object) -> None:
    assert check_code(write(typed_code(link)), origin="192.0.2.1", now=now) == link  # type: ignore[operator]


def test_check_code_after_ten_wrong_ones_refuses_even_the_right_one(link: PersonalLink, now: datetime) -> None:
    assert wrong(10, "192.0.2.1", now) == ["code_wrong"] * 10

    with pytest.raises(Refused) as refused:
        check_code(typed_code(link), origin="192.0.2.1", now=now)

    assert refused.value.refusal.code == "code_too_often"
    assert CodeFailure.objects.count() == 10, "what is not looked at is not counted"


def test_check_code_from_elsewhere_is_not_slowed(link: PersonalLink, now: datetime) -> None:
    wrong(10, "192.0.2.1", now)

    assert check_code(typed_code(link), origin="192.0.2.2", now=now) == link


def test_check_code_an_hour_later_works_again(link: PersonalLink, now: datetime) -> None:
    wrong(10, "192.0.2.1", now)

    with pytest.raises(Refused):
        check_code(typed_code(link), origin="192.0.2.1", now=now + timedelta(minutes=59, seconds=59))
    assert check_code(typed_code(link), origin="192.0.2.1", now=now + timedelta(hours=1)) == link


def test_check_code_keeps_no_address(link: PersonalLink, now: datetime) -> None:
    wrong(1, "192.0.2.1", now)

    assert "192.0.2.1" not in CodeFailure.objects.get().origin


def test_forget_code_failures_after_a_day(link: PersonalLink, now: datetime) -> None:
    wrong(2, "192.0.2.1", now)
    assert next_forgetting_due(now) == now + timedelta(days=1)
    assert forget_code_failures(now + timedelta(hours=23)) == 0

    assert forget_code_failures(now + timedelta(days=1)) == 2
    assert next_forgetting_due(now) is None
