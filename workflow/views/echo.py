"""What was sent with a request that is refused, given back: every field by its label, to read, copy and send again.

The pages of refusals show it (`components/echo.html`), whatever refused: a rule, a lost session, a limit, a fault.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django import forms
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from workflow.forms.files import field_of_received, name_told

CODE_BESIDE: Final = "code_beside"
"""Field in which the code of a mail is typed beside words that came after the session had ended."""

_SECRET: Final = re.compile("csrfmiddlewaretoken|passwor", re.IGNORECASE)
_OF_THE_PAGE: Final = re.compile(
    r"key|version|do|shown|next|one_more|language|code_beside|.*-leave-out|.*(TOTAL|INITIAL|MIN_NUM|MAX_NUM)_FORMS"
)
_MADE_BY_US: Final = re.compile(r"[0-9a-f]{32,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Fields = dict[str, forms.Field]
RowLabels = dict[str, Any]

_ROW: Final = re.compile(r".+-[0-9]{1,4}-(?P<name>\w+)")


@dataclass(frozen=True, slots=True)
class Said:
    """One field that was sent. shown: what the person saw, such as the words of a choice; is_words: typed freely."""

    name: str
    value: str
    label: str = ""
    shown: str = ""
    is_words: bool = False
    has_lines: bool = False


@dataclass(frozen=True, slots=True)
class Echo:
    """All that was sent, in its order.

    files: field and name of each file that came along and is not kept. action: where it was sent. may_send: it came
    from a page of ours, so it may be sent again from here with one press.
    """

    said: list[Said]
    files: list[tuple[str, str]]
    action: str
    may_send: bool

    @property
    def shown(self) -> list[Said]:
        """What is shown by its label."""
        return [one for one in self.said if one.label]

    @property
    def hidden(self) -> list[Said]:
        """What goes along unseen when it is sent again."""
        return [one for one in self.said if not one.label or not one.is_words]


def echo_of(request: HttpRequest) -> Echo | None:
    """What a POST sent, or as much of it as was read; None when there was nothing. Asks no database.

    Passwords and tokens are left out.
    """
    if request.method != "POST" and not hasattr(request, "carried"):
        return None
    sent, fields, rows = sent_with(request), *_fields_of(request)
    said = [one for name in sent if not _SECRET.search(name) for one in _said(name, sent.getlist(name), fields, rows)]
    brought = MultiValueDict() if hasattr(request, "read_so_far") else request.FILES
    files = [(showable(name), showable(file.name or name)) for name, many in brought.lists() for file in many]
    if not said and not files:
        return None
    return Echo(said, files, request.get_full_path(), comes_from_us(request))


def sent_with(request: HttpRequest) -> QueryDict:
    """The fields of a POST; what was read of them when a limit stopped the reading or the language was switched."""
    posted: QueryDict | None = getattr(request, "read_so_far", None) or getattr(request, "carried", None)
    return posted if posted is not None else request.POST


def typed_in(request: HttpRequest) -> set[str]:
    """The names that were sent of fields in which people type."""
    fields, rows = _fields_of(request)
    names = set()
    for name in request.POST:
        row = _ROW.fullmatch(name)
        field = fields.get(row["name"] if row else name)
        is_typed = isinstance(field, forms.CharField | forms.DateField) and not field.widget.is_hidden
        if is_typed or name.startswith(tuple(rows)):
            names.add(name)
    return names


def comes_from_us(request: HttpRequest) -> bool:
    """Whether a form was sent from a page of ours: its token was right, or the browser says so, which no page of
    another site can make it say."""
    if getattr(request, "csrf_processing_done", False):
        return True
    from_page = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        here = split_address(request.build_absolute_uri())
    except DisallowedHost:
        return False
    page = split_address(from_page)
    return (page.scheme, page.netloc) == (here.scheme, here.netloc)


def split_address(address: str) -> SplitResult:
    """The parts of an address that somebody sent; empty ones where it is none, such as "http://["."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def showable(words: str) -> str:
    """Words without NUL and without halves of letters, which can be written on no page."""
    return words.replace("\x00", "").encode("utf-8", "replace").decode()


def _said(name: str, values: list[str], fields: Fields, rows: RowLabels) -> Iterator[Said]:
    name = showable(name)
    row = _ROW.fullmatch(name)
    field = fields.get(row["name"] if row else name)
    label = (
        str(field.label or name)
        if field
        else next((str(rows[start]) for start in rows if name.startswith(start)), name)
    )
    received = fields.get(field_of_received(name) or "")
    is_of_the_page = _OF_THE_PAGE.fullmatch(name) or (field is not None and field.widget.is_hidden)
    for value in map(showable, values):
        if received is not None:
            yield Said(name, value, str(received.label), name_told(value))
        elif is_of_the_page or not value.strip() or (field is None and _MADE_BY_US.fullmatch(value)):
            yield Said(name, value)
        elif isinstance(field, forms.BooleanField):
            yield Said(name, value, label, _("Yes"))
        elif isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
            yield Said(name, value, label, _choice(field, value))
        else:
            yield Said(name, value, label, value, is_words=True, has_lines="\n" in value or len(value) > 80)


def _choice(field: forms.Field, value: str) -> str:
    choices: Any = [] if isinstance(field, forms.ModelChoiceField) else getattr(field, "choices", [])
    return str({str(key): words for key, words in choices}.get(value, value))


def _fields_of(request: HttpRequest) -> tuple[Fields, RowLabels]:
    """The fields of the forms that the module of the view works with, by name; the first to have a name keeps it. And
    the labels of fields that a form has for each row of something, by the beginning of their name."""
    match = request.resolver_match
    if match is None:
        try:
            match = resolve(request.path_info)
        except Resolver404:
            return {}, {}
    module = sys.modules.get(getattr(match.func, "__module__", ""))
    fields: Fields = {}
    rows: RowLabels = {}
    for one in list(vars(module).values()) if module else ():
        form = getattr(one, "form", None) if isinstance(one, type) and issubclass(one, forms.BaseFormSet) else one
        if isinstance(form, type) and issubclass(form, forms.Form):
            fields = {**form.base_fields, **fields}
            rows |= getattr(form, "labels_of_rows", {})
    return fields, rows
