"""The demo's mailbox: every mail with its real link and code, written anew when looked at. It exists in a demo only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate, Final, ParamSpec
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from notifications import kinds, queries
from notifications.models import OutgoingMail
from notifications.render import Written, fill, to_read, write

P = ParamSpec("P")
_View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def _demo_only(view: _View[P]) -> _View[P]:
    """The mailbox opens everybody's links: outside a demo the address does not exist."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    guarded.policy = "anonymous"  # type: ignore[attr-defined]
    return guarded


@_demo_only
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mails of the demo, newest first, 50 to a page; `?to=` narrows to recipients by name or address."""
    to = request.GET.get("to", "").strip()
    page = Paginator(queries.mailbox(to), 50).get_page(request.GET.get("page"))
    return render(request, "notifications/mailbox.html", {"page": page, "to": to, "board": _board(page.object_list)})


def _facts(mail: OutgoingMail) -> list[dict[str, str]]:
    """To whom, from where and when, as the summary component shows it."""
    sent_at = date_format(localtime(mail.sent_at), "DATETIME_FORMAT") if mail.sent_at else ""
    return [
        {"label": _("Recipient"), "value": mail.to_name or mail.to_address, "note": mail.to_address},
        {"label": _("Replies go to"), "value": mail.reply_to},
        {"label": _("State"), "value": mail.standing_words, "note": sent_at},
    ]


def _with_links(text: str) -> SafeString:
    """The text with its addresses on the web to be followed; every other sign stands as it was written."""
    parts = (
        format_html('<a href="{0}">{0}</a>', part) if number % 2 else part
        for number, part in enumerate(_WEB.split(text))
    )
    return format_html_join("", "{}", ((part,) for part in parts))


_WEB: Final = re.compile(r"(https?://[^\s<>()]*[^\s<>().,;:])")
"""Django's `urlize` also finds e-mail addresses, but loses the full stop after one in brackets (5.2)."""


def _board(mails: Iterable[OutgoingMail]) -> dict[str, object]:
    """Mails as the board component shows them."""
    return {
        "columns": [{"label": _("Recipient")}, {"label": _("Subject")}, {"label": _("State")}, {"label": _("Time")}],
        "rows": [
            {
                "tone": "error" if mail.bounced_at else "",
                "cells": [
                    {"text": mail.to_name or mail.to_address, "note": mail.to_address if mail.to_name else ""},
                    {
                        "text": mail.subject_sent or _("Not written yet"),
                        "url": reverse("mailbox_mail", args=[mail.public_id]),
                    },
                    {"state": mail.standing, "state_label": mail.standing_words},
                    {"text": date_format(localtime(mail.sent_at or mail.next_attempt_at), "SHORT_DATETIME_FORMAT")},
                ],
            }
            for mail in mails
        ],
    }


@_demo_only
@require_safe
@never_cache
def mailbox_mail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One mail as its recipient reads it, with the real link and code."""
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    if mail.text_sent:
        subject, text = mail.subject_sent, to_read(fill(mail.text_sent, kinds.secrets(mail)), mail.language)
    else:
        subject, text, _html = _written_anew(mail, request).to_send()
    context = {"mail": mail, "subject": subject, "text": _with_links(text), "facts": _facts(mail)}
    return render(request, "notifications/mailbox_mail.html", context)


@_demo_only
@require_safe
@never_cache
def mailbox_html(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The HTML part of one mail, as a page of its own; it may run nothing and load nothing."""
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    _subject, _text, html = _written_anew(mail, request).to_send()
    return HttpResponse(
        html, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}
    )


def _written_anew(mail: OutgoingMail, request: HttpRequest) -> Written:
    if mail.erased_at is not None:
        raise Http404
    kind = kinds.kind(mail.kind)
    now = request.now  # type: ignore[attr-defined]
    return write(mail, kind, kind.facts([mail], now).get(mail.id, {}), kinds.secrets(mail))
