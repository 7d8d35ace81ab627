"""Who comes to every address with what no form of ours sends, and how the forms of a page are read and filled in."""

from __future__ import annotations

from html.parser import HTMLParser

from django.test import Client

from tests.architecture.estate import Estate
from tests.architecture.test_url_policies import BY_NAME

WORDS = "Behold disse ord"
WHO = {
    "anonymous": "officer",
    "webhook": "nobody known",
    "link_holder": "holder",
    "body_member": "member",
    "auditor": "auditor",
    "administrator": "administrator",
    "admin": "administrator",
}


def visitor_of(policy: str) -> str:
    """Who is let in at addresses of a policy."""
    return WHO.get(policy, "officer")


class Controls(HTMLParser):
    """The forms of a page: where each leads, and its controls with a value a person might send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str], str]] = []
        self.choosing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.forms.append((given.get("action", "") if is_post else "-", {}, set(), given.get("id", "")))
        if not self.forms:
            return
        _action, values, typed, _id = self.forms[-1]
        name = given.get("name", "")
        if tag == "select":
            self.choosing = name
        elif tag == "option" and self.choosing and not values.get(self.choosing):
            values[self.choosing] = given.get("value", "")
        elif tag == "textarea" and name:
            values[name] = WORDS
            typed.add(name)
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                values.setdefault(name, given.get("value", "on"))
            elif kind == "hidden":
                values[name] = given.get("value", "")
            elif kind != "file":
                values[name] = given.get("value", "") or "1"
                typed.add(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.choosing = ""


def clients(estate: Estate) -> dict[str, Client]:
    return {name: BY_NAME[name].comes(estate, estate) for name in {*WHO.values(), "officer"}}
