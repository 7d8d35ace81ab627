"""Makes the subject, text and HTML of a mail in the mail's language. Secrets never enter a template.

A template sees a marker for each secret. The marker becomes the secret in the mail that leaves, and a placeholder in
everything that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import translation
from django.utils.translation import gettext

from notifications import rules
from notifications.kinds import MailKind
from notifications.models import OutgoingMail

PLACEHOLDERS = {"link": "[personal link]", "code": "[code]"}
_OPEN, _CLOSE = "\ue000", "\ue001"  # private-use characters: no keyboard types them


def placeholder(name: str) -> str:
    """What stands in log, outbox and kept mail where the recipient reads the secret."""
    return PLACEHOLDERS.get(name, f"[{name}]")


def _marker(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"


@dataclass(frozen=True, slots=True)
class Written:
    """A mail with markers where its secrets go."""

    subject: str
    text: str
    html: str
    secrets: Mapping[str, str]

    def to_send(self) -> tuple[str, str, str]:
        """Subject, text and HTML as the recipient gets them, secrets filled in."""
        text, html = self.text, self.html
        for name, value in self.secrets.items():
            text = text.replace(_marker(name), value)
            html = html.replace(_marker(name), escape(value))
        return self.subject, text, html

    def to_keep(self) -> tuple[str, str, str]:
        """Subject, text and HTML as they are recorded, with `[personal link]` and `[code]`."""
        text, html = self.text, self.html
        for name in self.secrets:
            text = text.replace(_marker(name), placeholder(name))
            html = html.replace(_marker(name), placeholder(name))
        return self.subject, text, html


def to_read(text: str, language: str) -> str:
    """A recorded text as people read it: what stands for link and code is said in the language of the mail."""
    with translation.override(language):
        return fill(text, {"link": gettext("[personal link]"), "code": gettext("[code]")})


def fill(text: str, secrets: Mapping[str, str]) -> str:
    """A recorded text with its placeholders turned back into the secrets, for the demo's mailbox. Not to be stored."""
    for name, value in secrets.items():
        text = text.replace(placeholder(name), value)
    return text


def write(mail: OutgoingMail, kind: MailKind, facts: Mapping[str, object], secrets: Mapping[str, str]) -> Written:
    """Write one mail from its own facts, the `facts` its kind has gathered, and markers for its `secrets`.

    The subject is one line and begins with the case number in brackets. Refuses, with ValueError, a subject with a
    secret in it and a text that would be kept with a secret in clear.
    """
    names = {
        "mail": mail,
        "to_name": mail.to_name,
        "case_number": mail.case_number,
        "reply_to": mail.reply_to,
        "base_url": settings.BASE_URL,
        "language": mail.language,
        **mail.facts,
        **facts,
        **{name: _marker(name) for name in secrets},
    }
    with translation.override(mail.language):
        subject = _plain(f"{kind.templates}.subject.txt", names)
        text = (
            re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", _plain(f"{kind.templates}.txt", names))).strip() + "\n"
        )
        html = get_template(f"{kind.templates}.html").render(names)
    if _OPEN in subject:
        raise ValueError("a secret stands in the subject of the mail")
    case_number = f"[{mail.case_number}] " if mail.case_number else ""
    # On one line at last: a title with a line break in it would begin a header of its own.
    written = Written(rules.one_line(case_number + subject), text, html, secrets)
    _insist_on_no_leak(written)
    return written


def _plain(template: str, names: Mapping[str, object]) -> str:
    """Render a text template: nothing is escaped, since nothing reads it as HTML."""
    return get_template(template).template.render(Context(dict(names), autoescape=False))  # type: ignore[attr-defined]


def _insist_on_no_leak(written: Written) -> None:
    kept_text = "\n".join(written.to_keep())
    for name, value in written.secrets.items():
        if value and (value in kept_text or escape(value) in kept_text):
            raise ValueError(f"the secret {name!r} would be kept in clear; facts must not hold it")
