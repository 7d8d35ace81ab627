"""The forms that pages show, found by following links, and what a person might send with each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve

from tests.architecture.odd_visitors import Controls
from tests.workflow.factories import SMALL
from tests.workflow.word_files import a_word_file
from workflow.models import Body

LINK = re.compile(r'href="(/[^"#]*)')
WORDS, TODAY, COMING = "En begrundelse, der er lang nok", "01/03/2019", "20/05/2019"
BY_END = {
    "held_on": TODAY,
    "next_meeting_on": "",
    "meeting_on": TODAY,
    "received_on": TODAY,
    "ruled_on": TODAY,
    "happened_on": TODAY,
    "closes_on": "29/03/2019",
    "reply_by": COMING,
    "_on": COMING,
    "day": COMING,
    "journal_address": "journal@anden.example",
    "valid_from": COMING,
    "valid_to": COMING,
    "value": COMING,
    "received_clock": "10.00",
    "clock": "12.00",
}
"""What is written in fields whose names end so; the first that fits counts."""
PLAIN = {"copies": "kollega@anden.example", "level": "council", "ground": "", "lapses_on": ""}
"""Fields in which a plain decision, a reservation settled at once or a contact has this and nothing else."""
ANNOUNCING = ("request_meeting", "decision_meeting_link", "decision_meeting_member")
"""Forms that ask for a meeting to come."""
LEAVING = ("", "set_language", "account_logout", "link_close")
"""Forms that write nothing of a matter: the language, and the ways out of a browser."""


@dataclass(frozen=True)
class Form:
    """A form as a browser shows it. at: the page it stands on. target: where it is sent to, and that address's name."""

    at: str
    target: str
    name: str
    values: Mapping[str, str]
    typed: frozenset[str]
    files: frozenset[str]


def forms_of(client: Client, starts: tuple[str, ...]) -> Iterator[Form]:
    """Every form that can be reached by following links from these pages within the same matter, each sort once."""
    waiting, seen, known = list(starts), set(starts), set()
    within = tuple(_within(start) for start in starts)
    while waiting:
        at = waiting.pop(0)
        page: Any = client.get(at)
        if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
            continue
        html = page.content.decode()
        for form in forms_on(html, at):
            sort = (form.name, frozenset(form.values), form.files, form.target if "/parter/" in form.target else "")
            if sort not in known:
                known.add(sort)
                yield form
        for link in LINK.findall(html):
            address = link.replace("&amp;", "&")
            if address.startswith(within) and "?" not in address and address not in seen:
                seen.add(address)
                waiting.append(address)


def _within(start: str) -> str:
    return "/".join(urlsplit(start).path.split("/")[:3]).rstrip("/") + "/"


def forms_on(html: str, at: str) -> list[Form]:
    """The forms of a page that are sent, but for the language button."""
    controls = _WithFiles()
    controls.feed(html)
    found = []
    for (action, values, typed, _id), files in zip(controls.forms, controls.files, strict=True):
        target = urlsplit(action).path or urlsplit(at).path
        if action == "-" or name_of(target) in LEAVING:
            continue
        found.append(Form(at, target, name_of(target), values, frozenset(typed), frozenset(files)))
    return found


def name_of(path: str) -> str:
    """The name of an address; "" where there is none."""
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


class _WithFiles(Controls):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[set[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = dict(attrs)
        if tag == "form":
            self.files.append(set())
        elif tag == "input" and given.get("type") == "file" and self.files and given.get("name"):
            self.files[-1].add(str(given["name"]))


def filled_in(name: str, value: str, typed: frozenset[str] | set[str]) -> str:
    """What a person might write in a field."""
    if "email" in name:
        return "ny.person@anden.example"
    for end, day in BY_END.items():
        if name.endswith(end):
            return day
    return WORDS if name in typed and value in ("", "1", "Behold disse ord") else value


def written(form: Form, **other: str) -> dict[str, Any]:
    """What a person sends with a form: every field filled in, a file where one may be given."""
    sent: dict[str, Any] = {name: filled_in(name, value, form.typed) for name, value in form.values.items()}
    if form.name in ANNOUNCING:
        sent["meeting_on"] = COMING
    sent |= {name: "" for name in sent if name.startswith("minority-0")}
    sent |= {name: value for name, value in PLAIN.items() if name in sent}
    is_word = form.name.endswith(("_read_in", "template_upload"))
    file = ("aftale.docx", word_file()) if is_word else ("svar.txt", b"Svar\n")
    if form.name in ("person_invite", "place_grant"):
        sent["body"] = ""  # belongs to a seat alone, and a role is chosen
    if form.name == "definition_load":
        sent["text"] = SMALL
    if form.name == "contacts_import":
        sent["text"] = f"{Body.objects.earliest('pk').name};ny.person@anden.example"
        return sent | other  # the list stands in the field or in a file, not in both
    sent |= {name: SimpleUploadedFile(*file) for name in form.files}
    return sent | other


@cache
def word_file() -> bytes:
    """A Word file with two headings."""
    return a_word_file((1, "1 Formål", "Vi mødes."), (1, "2 Opfølgning", "Vi følger op."))
