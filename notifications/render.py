"""Makes the subject, text and HTML of a mail in the mail's language. Secrets never enter a template.

A template sees a marker for each secret. The marker becomes the secret in the mail that leaves, and a placeholder in
everything that is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from secrets import token_hex

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, select_template
from django.utils import translation
from django.utils.translation import gettext

from notifications import rules
from notifications.kinds import MailKind
from notifications.models import OutgoingMail

PLACEHOLDERS = {"link": "[personal link]", "code": "[code]"}
_OPEN, _CLOSE = "\ue000", "\ue001"  # private-use characters: no keyboard types them
_BETWEEN = f"\ue002{token_hex(8)}\ue002"
"""Stands between the parts of a text while it is written; made anew with each start, so that nobody can write it."""


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
        subject = _plain(f"{kind.templates}.subject.txt", names).strip()
        parts = _plain(f"{kind.templates}.txt", {**names, "between": _BETWEEN}).split(_BETWEEN)
        text = _tidied("".join(parts)) + "\n"
        html = select_template([f"{kind.templates}.html", "mails/base.html"]).render(
            {**names, "subject": subject, **_laid_out(*parts[:2], link=names.get("link"))}
        )
    if _OPEN in subject:
        raise ValueError("a secret stands in the subject of the mail")
    case_number = f"[{mail.case_number}] " if mail.case_number else ""
    # On one line at last: a title with a line break in it would begin a header of its own.
    written = Written(rules.one_line(case_number + subject), text, html, secrets)
    _insist_on_no_leak(written)
    return written


def _tidied(text: str) -> str:
    """Without spaces at the ends of lines, and with one empty line at most between paragraphs."""
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+\n", "\n", text)).strip()


def _laid_out(body: str, deadline: str = "", *, link: object) -> dict[str, object]:
    """What `mails/base.html` shows of a text: its paragraphs, its deadline, the words above the link on a button, and
    what stands below the link. A paragraph of lines after ">" is a quotation.
    """
    paragraphs, link_text, below = _tidied(body).split("\n\n"), "", []
    if link in paragraphs[1:]:
        place = len(paragraphs) - paragraphs[::-1].index(str(link)) - 1
        link_text, below = paragraphs[place - 1].removesuffix(":"), paragraphs[place + 1 :]
        del paragraphs[place - 1 :]
    quoted = [all(line.startswith(">") for line in words.split("\n")) for words in paragraphs]
    return {
        "paragraphs": [
            {"words": re.sub("^> ?", "", words, flags=re.MULTILINE) if is_quoted else words, "is_quoted": is_quoted}
            for words, is_quoted in zip(paragraphs, quoted, strict=True)
        ],
        "deadline": _tidied(deadline),
        "link_text": link_text,
        "below": below,
    }


def _plain(template: str, names: Mapping[str, object]) -> str:
    """Render a text template: nothing is escaped, since nothing reads it as HTML."""
    return get_template(template).template.render(Context(dict(names), autoescape=False))  # type: ignore[attr-defined]


def _insist_on_no_leak(written: Written) -> None:
    kept_text = "\n".join(written.to_keep())
    for name, value in written.secrets.items():
        if value and (value in kept_text or escape(value) in kept_text):
            raise ValueError(f"the secret {name!r} would be kept in clear; facts must not hold it")
