"""A ruling as it is typed in, by the authority itself or by an officer for it."""

from __future__ import annotations

from django.http import HttpResponse

from workflow.actions.submissions import record_ruling
from workflow.actors import Actor
from workflow.forms.submissions import RulingForm
from workflow.models import ExternalRequest
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of


def take_ruling(
    request: Visit, sent: ExternalRequest, form: RulingForm, actor: Actor, *, done: str, to: str
) -> HttpResponse | None:
    """Record a ruling from its form; None when it was refused, with the reason standing in the form."""
    if not form.is_valid():
        return None
    given = form.cleaned_data
    return do_with(
        request,
        form,
        lambda: record_ruling(
            sent,
            outcome=given["outcome"],
            ruled_on=given["ruled_on"],
            text=given["text"],
            file=given["file"],
            actor=actor,
            now=request.now,
            key=key_of(request),
        ),
        done=done,
        to=to,
    )
