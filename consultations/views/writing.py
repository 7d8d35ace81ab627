"""Writing and sending an answer by personal link. Whatever happens, no typed word is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from consultations.actions.answers import AnswerContent, answer_by_key, remove_file, save_draft, submit_answer
from consultations.forms.answers import AnswerForm, as_typed, comment_name
from consultations.models import Answer
from consultations.queries.parties import InvitationPage
from consultations.states import AnswerKind
from consultations.views.replies import actor_of, frame, pictures_of, read_page, reply_page
from consultations.views.round_pages import form_status
from workflow.dates import clock_time
from workflow.forms.language_switch import words_going_over
from workflow.models import Section
from workflow.rules import Refused
from workflow.rules.files import IncomingFile
from workflow.rules.notation import OtherWeekday, read_day, read_number
from workflow.views.access import Visit, by_whom
from workflow.views.deeds import key_of, new_key, press_of

FOLDED_FROM: Final = 4
"""A document of so many sections is folded, so that the fields below it are not far away."""
_NO_DRAFTS: Final = -1
"""A version that no draft has, nor the lack of one."""


@reply_page("GET", "POST", takes_files=True)
def reply_write(request: Visit, page: InvitationPage) -> HttpResponse:
    """Remarks to the whole and to each section, with files: kept as a draft, or sent.

    A draft that a colleague has changed meanwhile is never written over: both texts are shown. A file that is not taken
    in is named, and the words are kept.
    """
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        sections=_sections(page),
        initial=_begin(page),
        matter=page.invitation,
    )
    if request.method != "POST":
        return _show(request, page, form, saved=request.GET.get("gemt") == "1")
    if "X-Autosave" in request.headers:
        return _save_by_itself(request, page, form)
    if not form.is_valid():
        return _show(request, page, form)
    if _version(request) is None:
        form.add_error(
            None, _("Which draft this was written on cannot be read. Look through it here and send it again.")
        )
        return _show(request, page, form, status=400)
    files: Sequence[IncomingFile] = form.cleaned_data["attachments"]
    if sent := answer_by_key(page.invitation, key_of(request), form.content(), files):
        return redirect("reply_receipt", request.link.public_id, sent.number)
    return _keep_or_send(request, page, form, files)


def _keep_or_send(
    request: Visit, page: InvitationPage, form: AnswerForm, files: Sequence[IncomingFile]
) -> HttpResponse:
    """What the button says, with a valid form: the draft is saved, a file taken off it, or the answer sent. An answer
    with a file that is not taken in is kept as a draft instead."""
    taken = [file for file in files if file.refusal is None]
    deed = request.POST.get("do", "") or "save"
    try:
        if deed == "send" and len(taken) == len(files):
            is_known = form.cleaned_data["knows_of_summing_up"]
            answer = _send(request, page, form.content(), files=files, knows_of_summing_up=is_known)
            return redirect("reply_receipt", request.link.public_id, answer.number)
        by = by_whom(request, actor_of(request, page.invitation))
        draft = save_draft(page.invitation, form.content(), version=_seen(request), files=taken, **by)
        if deed.startswith("remove-"):
            _remove(request, page, draft, deed.removeprefix("remove-"))
    except Refused as refused:
        if deed == "save" and refused.refusal.code == "draft_changed" and _is_saved(read_page(request), form, taken):
            return redirect(request.path + "?gemt=1")
        return _refused(request, page, form, refused)
    if len(taken) < len(files):
        return _show(request, read_page(request), form.without_taken(), is_kept=True)
    return redirect(request.path + "?gemt=1" + ("#files" if deed.startswith("remove-") else ""))


@reply_page("GET", "POST")
def reply_none(request: Visit, page: InvitationPage) -> HttpResponse:
    """ "No remarks": the page says what is sent, the button sends it.

    A draft that a colleague has saved since the page was opened is shown, and sent away only by another press.
    """
    refusal = page.locked
    if request.method == "POST":
        try:
            answer = _send(request, page, _no_remarks(page))
        except Refused as refused:
            refusal = refused.refusal
            page = read_page(request)
        else:
            return redirect("reply_receipt", request.link.public_id, answer.number)
    is_changed = refusal is not None and refusal.code == "draft_changed"
    context = {
        **frame(request, page, here=_("No remarks")),
        "refusal": None if is_changed else refusal,
        "is_changed": is_changed,
        "has_words": page.draft is not None and bool(page.draft.text.strip() or page.comments or page.files),
        "drafted": _drafted(page) if is_changed else [],
        "version": page.draft_version,
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/reply_none.html", context, status=409 if refusal else 200)


def _save_by_itself(request: Visit, page: InvitationPage, form: AnswerForm) -> JsonResponse:
    """The draft as the page sends it while somebody writes: what is to be said of it, and its version. Where it is not
    saved, why, and whether to `stop` trying; what is typed stays on the page."""
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"said": said, "stop": False}, status=422)
    try:
        by = by_whom(request, actor_of(request, page.invitation))
        draft = save_draft(page.invitation, form.content(), version=_seen(request), is_automatic=True, **by)
    except Refused as refused:
        return JsonResponse({"said": str(refused.refusal.text), "stop": True}, status=409)
    said = _("Saved at %(time)s, not sent.") % {"time": clock_time(request.now, page.round.stage.process.time_zone)}
    return JsonResponse({"said": said, "version": draft.version})


def _send(
    request: Visit,
    page: InvitationPage,
    content: AnswerContent,
    files: Sequence[IncomingFile] = (),
    *,
    knows_of_summing_up: bool = False,
) -> Answer:
    """Judged by the instant at which the request arrived, whatever it waits for after that."""
    return submit_answer(
        page.invitation,
        content=content,
        version=_seen(request),
        files=files,
        knows_of_summing_up=knows_of_summing_up,
        received_at=request.now,
        **press_of(request, actor_of(request, page.invitation)),
    )


def _no_remarks(page: InvitationPage) -> AnswerContent:
    """What was drafted is taken back: the party has said that it has nothing to say."""
    return AnswerContent(
        kind=AnswerKind.NO_REMARKS,
        comments=dict.fromkeys(page.comments, ""),
        signed_by=page.shown.signed_by if page.shown else "",
    )


def _remove(request: Visit, page: InvitationPage, draft: Answer, file_id: str) -> None:
    for entry in draft.files.select_related("file"):
        if str(entry.file.public_id) == file_id:
            remove_file(page.invitation, entry.file, **by_whom(request, actor_of(request, page.invitation)))


def _refused(request: Visit, page: InvitationPage, form: AnswerForm, refused: Refused) -> HttpResponse:
    """Words and files stay in the form. After a colleague's save the colleague's words stand beside them."""
    code = refused.refusal.code
    if code != "draft_changed":
        field = "provisional_on" if code.startswith("provisional_") else None
        form.add_error(field, str(refused.refusal.text))
        return _show(request, read_page(request), form, asks_to_know=code == "provisional_after_summing_up")
    form.add_error(
        None,
        _(
            "A colleague has changed the draft since you opened it. Nothing is lost: your text is in the form, your "
            "colleague's stands beside it. Put them together and save again."
        ),
    )
    now_stored = read_page(request)
    return _show(request, now_stored, form, theirs=_theirs(now_stored, form), status=409)


def _is_saved(page: InvitationPage, form: AnswerForm, files: Sequence[IncomingFile]) -> bool:
    """Whether the draft stands as the form has it; the button was pressed twice."""
    digests = {entry.file.sha256 for entry in page.files}
    return not _theirs(page, form) and all(file.sha256 in digests for file in files)


def _theirs(page: InvitationPage, form: AnswerForm) -> list[dict[str, Any]]:
    """What a colleague has stored where it differs from what stands in the form."""
    stored = _begin(page)
    return [
        {"label": form.fields[name].label, "text": stored.get(name, "")}
        for name in form.fields
        if name not in _NOT_WORDS and not _is_same(name, stored.get(name, "").strip(), form.data.get(name, "").strip())
    ]


_NOT_WORDS: Final = ("attachments", "knows_of_summing_up")
"""Fields that no draft keeps."""


def _is_same(name: str, stored: str, typed: str) -> bool:
    """Whether a draft holds what was typed; a day is the same however it is written."""
    if name != "provisional_on" or stored == typed:
        return stored == typed
    try:
        return read_day(stored) == read_day(typed) is not None
    except OtherWeekday:
        return False


def _show(
    request: Visit,
    page: InvitationPage,
    form: AnswerForm,
    *,
    saved: bool = False,
    is_kept: bool = False,
    theirs: Sequence[dict[str, Any]] = (),
    asks_to_know: bool = False,
    status: int = 0,
) -> HttpResponse:
    context = {
        **frame(request, page, here=_("Your answer")),
        "form": form,
        "pictures": pictures_of(request, page),
        "documents": [
            {
                "version": entry.item.version,
                "sections": [
                    {
                        "section": section,
                        "field": form[comment_name(section.lineage_id)],
                        # A long text is opened section by section; what is written in is open.
                        "is_open": len(entry.sections) < FOLDED_FROM
                        or bool(form[comment_name(section.lineage_id)].value()),
                    }
                    for section in entry.sections
                ],
            }
            for entry in page.documents
        ],
        "attached": page.files,
        "version": _version_shown(page),
        "saved": saved,
        "is_kept": is_kept,
        "theirs": theirs,
        "asks_to_know": asks_to_know or bool(form["knows_of_summing_up"].value()),
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/reply_write.html", context, status=status or form_status(form))


def _begin(page: InvitationPage) -> dict[str, str]:
    shown = page.shown
    if shown is None:
        return {}
    return as_typed(shown, page.comments)


def _sections(page: InvitationPage) -> list[Section]:
    return [section for entry in page.documents for section in entry.sections]


def _drafted(page: InvitationPage) -> list[str]:
    """The words of the draft as it stands: to the whole, to each section, on what is confidential."""
    if page.draft is None:
        return []
    drafted = (page.draft.text, *page.comments.values(), page.draft.confidential_note)
    return [text for text in drafted if text.strip()]


def _version(request: Visit) -> int | None:
    """The draft the form was shown with; a form that names none has seen none (0). None where it cannot be read."""
    return read_number(request.POST.get("version", "0"))


def _seen(request: Visit) -> int:
    """As `_version`; what cannot be read is no draft's version, so that nothing is written over by it."""
    version = _version(request)
    return _NO_DRAFTS if version is None else version


def _version_shown(page: InvitationPage) -> int | str:
    """The draft that what stands in the form was written on."""
    going_over = words_going_over()
    return going_over.get("version", "") if going_over else page.draft_version
