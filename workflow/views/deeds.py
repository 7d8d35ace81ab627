"""How a page does a deed: one action, and what the person is told when it is done or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from workflow.rules import Refused
from workflow.rules.seen import CHANGED_MEANWHILE
from workflow.views.consequences import Consequences


def new_key() -> str:
    """A key for a form about to be shown: pressing its button twice is one deed."""
    return uuid4().hex


def key_of(request: HttpRequest) -> str:
    """The key that came back with a form."""
    return request.POST.get("key", "")[:64]


def is_overtaken(form: forms.Form) -> bool:
    """Whether a form was refused because a colleague has saved something else since it was shown."""
    return form.is_bound and any(form.has_error(NON_FIELD_ERRORS, code) for code in CHANGED_MEANWHILE)


@dataclass(frozen=True, slots=True)
class Look:
    """A press that is done only as it was shown. shown: a digest of what the page tells now; is_moved: it was pressed,
    and what was seen before is not what would be done."""

    shown: str
    is_moved: bool


def look_at(request: HttpRequest, told: Sequence[Consequences], *words: str) -> Look:
    """What the page tells of a deed beside what its reader has seen. words: what was chosen in the form.

    What would be refused is not held back: the deed gives its own reason, and knows a repeated press by its key.
    """
    said = [repr(replace(one, is_folded=False)) for one in told]
    shown = hashlib.sha256("\n".join([*words, *said]).encode()).hexdigest()[:16]
    is_refused = any(one.is_refused for one in told)
    is_pressed = request.method == "POST" and not is_only_looking(request)
    return Look(shown, is_pressed and not is_refused and request.POST.get("shown") != shown)


def is_only_looking(request: HttpRequest) -> bool:
    """Whether the button was pressed that shows what follows and does nothing."""
    return request.POST.get("do") == "look"


def show_deed(
    request: HttpRequest,
    frame: Mapping[str, object],
    form: forms.Form,
    *,
    heading: str,
    submit: str,
    cancel_url: str,
    lead: str = "",
    warning: str = "",
    consequences: Sequence[Consequences] = (),
    look: Look | None = None,
) -> HttpResponse:
    """The page with the form for one deed, in its frame, and what the press does; 422 when it was pressed in vain, 409
    when a colleague has saved something else meanwhile.

    look: given where what follows depends on the form; a second button then shows it.
    """
    context = {
        **frame,
        "heading": heading,
        "lead": lead,
        "warning": warning,
        "consequences": consequences,
        "form": form,
        "submit": submit,
        "cancel_url": cancel_url,
        "look": look,
        "key": key_of(request) or new_key(),
    }
    in_vain = request.method == "POST" and not (look and is_only_looking(request) and not form.errors)
    refused = 409 if is_overtaken(form) else 422
    return render(request, "workflow/deed.html", context, status=refused if in_vain else 200)


def do(request: HttpRequest, deed: Callable[[], object], *, done: str | Callable[[], str], to: str) -> HttpResponse:
    """Do a deed of one press and go to `to` with the message `done`, which may be worded once it is done; a refusal is
    shown with its reason (409).
    """
    try:
        deed()
    except Refused as refused:
        return render(request, "errors/409.html", {"refusal": refused.refusal, "back_url": to}, status=409)
    messages.success(request, done if isinstance(done, str) else done())
    return redirect(to)


def do_with(
    request: HttpRequest, form: forms.Form, deed: Callable[[], object], *, done: str | Callable[[], str], to: str
) -> HttpResponse | None:
    """Do a deed with a valid form's words; None when it was refused, with the reason standing in the form."""
    try:
        deed()
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.refusal.text), code=refused.refusal.code))
        return None
    messages.success(request, done if isinstance(done, str) else done())
    return redirect(to)
