"""How a page does a deed: one action, and what the person is told when it is done or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
) -> HttpResponse:
    """The page with the form for one deed, in its frame, and what the press does; 422 when it was pressed in vain, 409
    when a colleague has saved something else meanwhile.
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
        "key": key_of(request) or new_key(),
    }
    refused = 409 if is_overtaken(form) else 422
    return render(request, "workflow/deed.html", context, status=refused if request.method == "POST" else 200)


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
