"""Sending once more what went out under a personal link: a question to a body, a submission to an authority; and what
else is asked at an address that has been corrected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from notifications.rules import folded_address
from workflow.actions.asked_at_address import correct_also
from workflow.asked_kinds import asked_at_address
from workflow.forms.contacts import AddressForm, AskedAtAddressForm
from workflow.models import ApprovalRequest, ExternalRequest, Office
from workflow.views.access import ByWhom, Visit, by_whom
from workflow.views.deeds import Told, press_form


def offered(request: Visit, office: Office, address: str, *, besides: UUID | None = None) -> dict[str, Any]:
    """What a form of this sort begins with: the address before the officer's eyes, and what else is asked there."""
    seen = request.POST.get("seen", address)
    return {"seen": address, "questions": asked_at_address(office, seen, besides=besides)}


def correct_with_others(
    request: Visit,
    form: AskedAtAddressForm,
    deed: Callable[..., object],
    *,
    current: Callable[[], str],
    done: Told,
    to: str,
    press: ByWhom | None = None,
) -> HttpResponse | None:
    """Do the deed that corrects an address when the form's button is pressed, then the same for what is ticked in it.

    None when the deed was refused, with the reason standing in the form; `current` then reads the address as it is.
    What was ticked and refused is told beside what is done.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    answer = press_form(request, form, deed, done=done, to=to, facts=form.facts, press=press)
    if answer is None:
        form.look_again(current())
        return None
    old, email = form.cleaned_data["seen"], form.cleaned_data["email"]
    also = form.cleaned_data.get("also", [])
    if also and folded_address(old) != folded_address(email):
        for reason in correct_also(also, old=old, email=email, **by_whom(request)):
            text = _("Something else at that address was not corrected: %(reason)s")
            messages.warning(request, text % {"reason": reason})
    return answer


def send_to_address(
    request: Visit,
    sent: ApprovalRequest | ExternalRequest,
    readdress: Callable[..., object],
    *,
    done: str,
    to: str,
) -> tuple[AddressForm, HttpResponse | None]:
    """The form with the address so far, and the answer once it was sent to the one typed.

    readdress: the deed, called with `sent`, the form's facts and who presses. No answer while the form is only looked
    at, or was refused, with the reason standing in it.
    """
    begins = offered(request, sent.stage.process.office, sent.email, besides=sent.public_id)
    form = AddressForm(request.POST or None, initial={"email": sent.email, "name": sent.contact_name}, **begins)
    return form, correct_with_others(
        request,
        form,
        partial(readdress, sent),
        current=lambda: type(sent).objects.get(pk=sent.pk).email,
        done=done,
        to=to,
    )
