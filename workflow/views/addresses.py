"""Sending once more what went out under a personal link: a question to a body, a submission to an authority."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from workflow.forms.approvals import AddressForm
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.views.deeds import do_with, key_of
from workflow.views.visits import Visit


def send_to_address(
    request: Visit,
    sent: ApprovalRequest | ExternalRequest,
    readdress: Callable[..., object],
    *,
    done: str,
    to: str,
) -> tuple[AddressForm, HttpResponse | None]:
    """The form with the address so far, and the answer once it was sent to the one typed.

    readdress: the deed, called with `sent` and the keywords email, name, actor, now and key. No answer while the form
    is only looked at, or was refused, with the reason standing in it.
    """
    form = AddressForm(request.POST or None, initial={"email": sent.email, "name": sent.contact_name})
    if request.method != "POST" or not form.is_valid():
        return form, None
    answer = do_with(
        request,
        form,
        lambda: readdress(
            sent,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=done,
        to=to,
    )
    return form, answer
