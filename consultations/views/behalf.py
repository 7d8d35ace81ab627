"""An answer that came by another road, entered by an officer. Whatever is refused, no word and no file is lost."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consultations.actions.answers import AnswerContent, record_answer_on_behalf
from consultations.forms.answers import BehalfForm
from consultations.models import HearingRound, Invitation
from consultations.views.framing import party_of, round_of, round_url
from consultations.views.parties import show_deed
from workflow.actions.files import store_file
from workflow.deadlines import instant, local_day
from workflow.models import StoredFile
from workflow.policies import policy
from workflow.rules import Refused
from workflow.views.deeds import do_with, key_of
from workflow.views.visits import Visit

HELD_FOR = timedelta(days=7)
"""How long a file is kept for a form that was refused and has not been sent again."""


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def party_answer(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Enter an answer that came by mail, on paper or by telephone, with the file and when it reached us.

    Refused, the form comes back with its words, and the files that came with it are still there.
    """
    found = round_of(request, process_id, stage_id, officers_only=True)
    party = party_of(found, invitation_id)
    initial = {"received_on": local_day(request.now, ZoneInfo(found.stage.process.time_zone)), "kind": "remarks"}
    form = BehalfForm(request.POST if request.method == "POST" else None, request.FILES or None, initial=initial)
    if request.method == "POST":
        form.is_valid()
        files = {name: _files_of(request, found, party, form, name) for name in BehalfForm.FILES}
        answer = None if form.errors else _enter(request, found, party, form, files)
        if answer:
            return answer
        held = {name: [str(file.public_id) for file in rows] for name, rows in files.items()}
        form.hold(signing.dumps(held, salt=_salt(party)), {name: _names(rows) for name, rows in files.items()})
    lead = _("It is judged by the time it reached us, not by the time it is entered here.")
    return show_deed(request, found, party, form, _("Enter an answer of %(name)s"), _("Record the answer"), lead)


def _enter(
    request: Visit, round: HearingRound, party: Invitation, form: BehalfForm, files: dict[str, list[StoredFile]]
) -> HttpResponse | None:
    given = form.cleaned_data
    zone = ZoneInfo(round.stage.process.time_zone)
    return do_with(
        request,
        form,
        lambda: record_answer_on_behalf(
            party,
            AnswerContent(kind=given["kind"], text=given["text"], signed_by=given["signed_by"]),
            road=given["road"],
            received_at=instant(given["received_on"], given["received_clock"], zone),
            source=next(iter(files["source"]), None),
            files=files["attachments"],
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=_("The answer of %(name)s is recorded.") % {"name": party.name},
        to=round_url("party", round, party.public_id),
    )


def _files_of(request: Visit, round: HearingRound, party: Invitation, form: BehalfForm, name: str) -> list[StoredFile]:
    """The files chosen now in a field, else those that came with the form when it was refused before. One that is not
    taken in is named at the field."""
    uploads: list[UploadedFile] = request.FILES.getlist(name)
    if not uploads:
        return _held(request, party, name)
    erase_on = local_day(request.now, ZoneInfo(round.stage.process.time_zone)) + HELD_FOR
    taken = []
    for upload in uploads:
        try:
            office = round.stage.process.office
            taken.append(store_file(office, upload.name or name, upload, now=request.now, erase_on=erase_on))  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(name, str(refused.refusal.text))
    return taken or _held(request, party, name)


def _held(request: Visit, party: Invitation, name: str) -> list[StoredFile]:
    try:
        held = signing.loads(request.POST.get("held", ""), salt=_salt(party))
    except signing.BadSignature:
        return []
    rows = {str(file.public_id): file for file in StoredFile.objects.filter(public_id__in=held[name], erased_at=None)}
    return [rows[public_id] for public_id in held[name] if public_id in rows]


def _salt(party: Invitation) -> str:
    """What was signed for one party's form is of no use in another's."""
    return f"consultations.behalf:{party.public_id}"


def _names(files: list[StoredFile]) -> str:
    return ", ".join(file.name for file in files)
