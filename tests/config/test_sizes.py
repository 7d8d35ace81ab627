"""What is larger than its address may take is refused by the length it declares, before any of it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.template.defaultfilters import filesizeformat
from django.test import Client

from config.url_policies import addresses, takes_files

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LARGE = 600 * 1024 * 1024


class Unread(BytesIO):
    """A request's body that must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")

    readline = read  # type: ignore[assignment]


def _filled(route: str) -> str:
    """A route with something of its kind in every place."""
    samples = {"uuid": str(uuid4()), "round": str(uuid4()), "slug": "a", "int": "1", "str": "a", "path": "a"}
    plain = re.sub(r"<(?:(\w+):)?\w+>", lambda match: samples[match[1] or "str"], route)
    return "/" + re.sub(r"[\^$]|\\Z|\(\?P<\w+>[^)]*\)", "", plain)


def _ask(path: str, **environ: str) -> tuple[int, str]:
    """Status and page of a POST whose body nobody may read."""
    said: list[str] = []
    given: dict[str, Any] = {
        **Client()._base_environ(PATH_INFO=path, REQUEST_METHOD="POST", CONTENT_TYPE="multipart/form-data; boundary=b"),
        "wsgi.input": Unread(),
    }
    given.pop("CONTENT_LENGTH", None)
    page = WSGIHandler()({**given, **environ}, lambda status, headers: said.append(status))
    return int(said[0].split()[0]), b"".join(page).decode()


def _all_addresses() -> Iterator[tuple[str, Callable[..., Any], str]]:
    for route, view, name in addresses():
        if "(?P" not in route and "^" not in route:
            yield _filled(route), view, name


ADDRESSES = sorted(_all_addresses(), key=lambda found: found[0])


def test_post_more_than_any_address_takes_is_refused_unread() -> None:
    """Every address of the installation, also those that take files."""
    assert len(ADDRESSES) > 100
    found = {name: _ask(path, CONTENT_LENGTH=str(LARGE))[0] for path, _view, name in ADDRESSES}

    assert {name: status for name, status in found.items() if status != 413} == {}


def test_post_without_length_is_refused_unread_where_no_file_is_expected() -> None:
    found = {name: _ask(path)[0] for path, view, name in ADDRESSES if not takes_files(view)}

    assert {name: status for name, status in found.items() if status != 411} == {}


def test_post_600_mb_to_the_page_for_typed_codes_says_how_much_it_takes() -> None:
    status, page = _ask("/kode/", CONTENT_LENGTH=str(LARGE))

    assert status == 413
    assert f"Siden tager højst imod {filesizeformat(settings.MAX_FORM_SIZE)} på én gang" in page


def test_take_files_at_the_addresses_whose_forms_hold_some() -> None:
    """A form may hold as many files as an answer; a form alone stays below what Django reads of one."""
    names = {name for _path, view, name in ADDRESSES if takes_files(view)}

    assert {"reply_write", "decision_link", "document_new", "authority_ruling"} <= names
    assert {"link_code", "account_login", "set_language", "reply_none"}.isdisjoint(names)
    assert settings.MAX_UPLOAD_SIZE > 20 * settings.MAX_FILE_SIZE
    assert settings.MAX_FORM_SIZE == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
