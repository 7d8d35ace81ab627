"""How a page does a deed: its form, one action, and what the person is told when it is done or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from workflow.actors import Actor
from workflow.rules import Refused
from workflow.rules.overwriting import CHANGED_MEANWHILE
from workflow.views.access import ByWhom, Visit, by_whom
from workflow.views.consequences import Consequences
from workflow.views.overwriting import WrittenOver

Told = str | Callable[[Any], str]
"""Words or an address; or, where they depend on what the deed has made, how they come from what it returned."""


class Press(ByWhom):
    """Who does a deed and when, with the key that came with the form: pressing its button twice is one deed."""

    key: str


def press_of(request: Visit, actor: Actor | None = None) -> Press:
    """Who presses, when, and under which key. actor: who acts where it is not simply the account."""
    return {**by_whom(request, actor), "key": key_of(request)}


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
    """A press that is done only as it was shown. shown: digests of what the page tells now; is_moved: it was pressed,
    and what was seen before is not what would be done; words: what was chosen in the form."""

    shown: str
    is_moved: bool
    words: tuple[str, ...]

    def at(self, told: Sequence[Consequences]) -> Look:
        """The same, where the page goes on to tell all of this."""
        return replace(self, shown="".join(_digests(told, self.words)))


def look_at(request: HttpRequest, told: Sequence[Consequences], *words: str) -> Look:
    """What the page tells of a deed beside what its reader has seen. words: what was chosen in the form. told: of a
    press, of several things that could be chosen, what is told of the one that was.

    What would be refused is not held back: the deed gives its own reason, and knows a repeated press by its key.
    """
    digests = _digests(told, words)
    seen = request.POST.get("shown", "")
    is_refused = any(one.is_refused for one in told)
    is_moved = is_pressed(request) and not is_refused and any(digest not in seen for digest in digests)
    return Look("".join(digests), is_moved, words)


def _digests(told: Sequence[Consequences], words: Sequence[str]) -> list[str]:
    """Of each thing told with the words; of the words alone where nothing is told."""
    said = [repr(replace(one, is_folded=False)) for one in told]
    return [hashlib.sha256("\n".join([*words, one]).encode()).hexdigest()[:16] for one in said or [""]]


def is_pressed(request: HttpRequest) -> bool:
    """Whether the button was pressed that does the deed."""
    return request.method == "POST" and not is_only_looking(request)


def is_only_looking(request: HttpRequest) -> bool:
    """Whether the button was pressed that shows what follows and does nothing."""
    return request.POST.get("do") == "look"


def leave_reasons_for_later(request: HttpRequest, form: forms.Form) -> None:
    """Whoever only looks at what follows is not asked for the words that give a reason: nothing depends on them."""
    if is_only_looking(request):
        for name, field in form.fields.items():
            if name.endswith("reason"):
                field.required = False


def form_page(
    request: Visit,
    frame: Mapping[str, object],
    form: forms.Form,
    deed: Callable[..., object],
    *,
    heading: str,
    submit: str,
    done: Told,
    to: Told,
    cancel_url: str = "",
    lead: str = "",
    warning: str = "",
    consequences: Callable[[], Sequence[Consequences]] = tuple,
    look: Look | None = None,
    facts: Callable[[], Mapping[str, Any]] | None = None,
    press: ByWhom | None = None,
    over: WrittenOver | None = None,
    shows: bool = False,
    template: str = "workflow/deed.html",
) -> HttpResponse:
    """A page with a form for one deed: shown, pressed, refused with the reason in the form, or done (`press_form`).

    heading, lead, warning, submit: words of the page. cancel_url: the way back, where it is not `to`. consequences:
    what the press does, asked for when the page is shown. look: given where what follows depends on the form; a
    second button then shows it. over: what the form writes over. shows: whether a second button shows what was written.
    template: a page of its own; it gets all of this and the frame.
    """
    is_held = (look is not None and look.is_moved) or ((look is not None or shows) and is_only_looking(request))
    if not is_held:
        answer = press_form(request, form, deed, done=done, to=to, facts=facts, press=press, over=over)
        if answer:
            return answer
    return show_form(
        request,
        frame,
        form,
        heading=heading,
        submit=submit,
        cancel_url=cancel_url or str(to),
        lead=lead,
        warning=warning,
        consequences=consequences(),
        look=look,
        over=over,
        shows=shows,
        has_key=press is None or "key" in press,
        template=template,
    )


def show_form(
    request: Visit,
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
    over: WrittenOver | None = None,
    shows: bool = False,
    has_key: bool = True,
    template: str = "workflow/deed.html",
) -> HttpResponse:
    """The page of `form_page` by itself; 422 when it was pressed in vain, 409 when a colleague has saved something else
    meanwhile."""
    context = {
        **frame,
        **(over.seen_and_theirs(form, request) if over else {}),
        "heading": heading,
        "lead": lead,
        "warning": warning,
        "consequences": consequences,
        "form": form,
        "submit": submit,
        "cancel_url": cancel_url,
        "look": look.at(consequences) if look else None,
        "shows": shows,
        "key": (key_of(request) or new_key()) if has_key else "",
    }
    in_vain = request.method == "POST" and not ((look or shows) and is_only_looking(request) and not form.errors)
    return render(request, template, context, status=status_of(form) if in_vain else 200)


def status_of(form: forms.Form) -> int:
    """The status of a form that was pressed in vain: 409 when a colleague was first, else 422."""
    return 409 if is_overtaken(form) else 422


def press_form(
    request: Visit,
    form: forms.Form,
    deed: Callable[..., object],
    *,
    done: Told,
    to: Told,
    facts: Callable[[], Mapping[str, Any]] | None = None,
    press: ByWhom | None = None,
    over: WrittenOver | None = None,
) -> HttpResponse | None:
    """Do a deed with a form's words when its button is pressed, and go to `to` with the message `done`.

    The deed is called with the fields by their names, or with `facts()` where it takes them otherwise; with
    `shown_digest` when it writes over something; and with who presses, when and under which key, or with `press`
    where that differs. None while the form is only shown or not valid, or when the deed was refused, with the reason
    standing in the form.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    seen = {"shown_digest": over.seen_in(request)} if over else {}
    try:
        result = deed(**(facts() if facts else form.cleaned_data), **seen, **(press or press_of(request)))
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.refusal.text), code=refused.refusal.code))
        if over:
            over.read_again()
        return None
    return _gone_on(request, result, done, to)


def do(request: Visit, deed: Callable[..., object], *, done: Told, to: str) -> HttpResponse:
    """Do a deed of one press and go to `to` with the message `done`; a refusal is shown with its reason (409)."""
    try:
        result = deed(**press_of(request))
    except Refused as refused:
        return render(request, "errors/409.html", {"refusal": refused.refusal, "back_url": to}, status=409)
    return _gone_on(request, result, done, to)


def _gone_on(request: Visit, result: object, done: Told, to: Told) -> HttpResponse:
    words, url = (told if isinstance(told, str) else told(result) for told in (done, to))
    if words:
        messages.success(request, words)
    return redirect(url)
