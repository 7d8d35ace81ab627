"""An answer that came by another road, entered by an officer. Whatever is refused, no word and no file is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Files:
    """What came with an answer: the mail or letter, and its attachments."""

    source: StoredFile | None = None
    attachments: Sequence[StoredFile] = ()


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
        files = _files_of(request, found, party, form)
        answer = None if form.errors else _enter(request, found, party, form, files)
        if answer:
            return answer
        form.hold(_signed(party, files), files.source, files.attachments)
    lead = _("It is judged by the time it reached us, not by the time it is entered here.")
    return show_deed(request, found, party, form, _("Enter an answer of %(name)s"), _("Record the answer"), lead)


def _enter(
    request: Visit, round: HearingRound, party: Invitation, form: BehalfForm, files: Files
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
            source=files.source,
            files=files.attachments,
            actor=request.actor,
            now=request.now,
            key=key_of(request),
        ),
        done=_("The answer of %(name)s is recorded.") % {"name": party.name},
        to=round_url("party", round, party.public_id),
    )


def _files_of(request: Visit, round: HearingRound, party: Invitation, form: BehalfForm) -> Files:
    """What came with the form now and when it was refused before: a mail or letter chosen now takes the place of the
    one before; attachments are added, but for those left out and for the same file chosen twice."""
    held = _held(request, party)
    left_out = set(request.POST.getlist("leave_out"))
    stay = [file for file in held.attachments if str(file.public_id) not in left_out]
    source = next(iter(_taken_in(request, round, form, "source")), held.source)
    added = _taken_in(request, round, form, "attachments")
    once: dict[tuple[str, str], StoredFile] = {}
    for file in [*stay, *added]:
        once.setdefault((file.sha256, file.name), file)
    return Files(source, list(once.values()))


def _taken_in(request: Visit, round: HearingRound, form: BehalfForm, name: str) -> list[StoredFile]:
    """The files chosen now in a field. One that is not taken in is named at the field."""
    uploads: list[UploadedFile] = request.FILES.getlist(name)
    office, zone = round.stage.process.office, ZoneInfo(round.stage.process.time_zone)
    erase_on = local_day(request.now, zone) + HELD_FOR
    taken = []
    for upload in uploads:
        try:
            taken.append(store_file(office, upload.name or name, upload, now=request.now, erase_on=erase_on))  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(name, str(refused.refusal.text))
    return taken


def _held(request: Visit, party: Invitation) -> Files:
    try:
        source, attachments = signing.loads(request.POST.get("held", ""), salt=_salt(party))
    except signing.BadSignature:
        return Files()
    rows = {
        str(f.public_id): f for f in StoredFile.objects.filter(public_id__in=[source, *attachments], erased_at=None)
    }
    return Files(rows.get(source), [rows[public_id] for public_id in attachments if public_id in rows])


def _signed(party: Invitation, files: Files) -> str:
    source = str(files.source.public_id) if files.source else None
    return signing.dumps([source, [str(file.public_id) for file in files.attachments]], salt=_salt(party))


def _salt(party: Invitation) -> str:
    """What was signed for one party's form is of no use in another's."""
    return f"consultations.behalf.files:{party.public_id}"
