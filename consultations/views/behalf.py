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


@dataclass(frozen=True, slots=True)
class Held:
    """A file that came with the form when it was refused; `file` is None when it is no longer kept."""

    public_id: str
    name: str
    file: StoredFile | None


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def party_answer(request: Visit, process_id: UUID, stage_id: UUID, invitation_id: UUID) -> HttpResponse:
    """Enter an answer that came by mail, on paper or by telephone, with the file and when it reached us.

    Refused, the form comes back with its words, and the files that came with it are still there. One that has been
    erased since is named, and nothing is recorded without it unawares.
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
    one before; attachments are added, but for those left out and for the same file chosen twice.

    One that came before and is no longer kept is named at its field, unless another has been chosen for it.
    """
    mails, attachments = _held(request, party, form)
    left_out = set(request.POST.getlist("leave_out"))
    stay = [held for held in attachments if held.public_id not in left_out]
    chosen = _taken_in(request, round, form, "source")
    added = _taken_in(request, round, form, "attachments")
    replaced = {file.name for file in added}
    _tell_lost(form, "source", [] if chosen else mails)
    _tell_lost(form, "attachments", [held for held in stay if held.name not in replaced])
    once: dict[tuple[str, str], StoredFile] = {}
    for file in [*(held.file for held in stay), *added]:
        if file is not None:
            once.setdefault((file.sha256, file.name), file)
    source = next(iter(chosen), None) or next((held.file for held in mails), None)
    return Files(source, list(once.values()))


def _tell_lost(form: BehalfForm, field: str, files: Sequence[Held]) -> None:
    if names := ", ".join(held.name for held in files if held.file is None):
        form.add_error(field, _("No longer kept: %(names)s. Choose again what is missing.") % {"names": names})


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


def _held(request: Visit, party: Invitation, form: BehalfForm) -> tuple[list[Held], list[Held]]:
    """The mail or letter and the attachments that came before; said at both fields when that cannot be told."""
    signed = request.POST.get("held", "")
    try:
        mails, attachments = signing.loads(signed, salt=_salt(party)) if signed else ([], [])
    except signing.BadSignature:
        for field in ("source", "attachments"):
            form.add_error(field, _("Which files came with the form before can no longer be read. Choose them again."))
        return [], []
    ids = [public_id for public_id, _name in (*mails, *attachments)]
    rows = {str(file.public_id): file for file in StoredFile.objects.filter(public_id__in=ids, erased_at=None)}

    def found(entries: list[tuple[str, str]]) -> list[Held]:
        return [Held(public_id, name, rows.get(public_id)) for public_id, name in entries]

    return found(mails), found(attachments)


def _signed(party: Invitation, files: Files) -> str:
    """The files by id, and by name, which an erased one no longer has."""
    mails = [files.source] if files.source else []
    content = [[(str(file.public_id), file.name) for file in group] for group in (mails, files.attachments)]
    return signing.dumps(content, salt=_salt(party))


def _salt(party: Invitation) -> str:
    """What was signed for one party's form is of no use in another's."""
    return f"consultations.behalf.files:{party.public_id}"
