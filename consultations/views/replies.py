"""A party's pages by its personal link: what is asked, the documents, the answer given, its files.

Nothing here changes anything; writing is in `writing.py`, all else a party may do in `reply_requests.py`.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Answer, AnswerFile, Forward, Invitation
from consultations.queries.answers import versions_of
from consultations.queries.parties import InvitationPage, invitation_of, invitation_page
from consultations.queries.rounds import came_in_time, is_round_public
from consultations.queries.supplementary import heard_before
from consultations.reports.papers import ANSWER
from consultations.rules.parties import asks_for_extension, may_be_heard
from consultations.rules.rounds import days_words
from consultations.states import AnswerState, InvitationState, Publication, RoundForm, RoundState
from workflow.actors import Actor
from workflow.dates import deadline_words, local_day, short_date
from workflow.models import PersonalLink, StoredFile, VersionPicture
from workflow.reports.papers.registry import PDF
from workflow.stage_kinds.pages import LinkTopic
from workflow.views.access import Visit, by_whom
from workflow.views.documents import send_file
from workflow.views.pages import page_by_link
from workflow.views.papers import send_text, ways_to_fetch, ways_to_text
from workflow.views.pictures import Pictures, send_picture


def topic(link: PersonalLink) -> LinkTopic:
    """What a link to an answer is about, for its start page. 404 when the invitation was taken off the list."""
    party = invitation_of(link)
    if party is None:
        raise Http404
    process = party.round.stage.process
    ended = may_be_heard(party.round, party)
    return LinkTopic(
        title=_topic_title(party),
        party=party.name,
        process_title=party.round.title,
        case_number=process.case_number,
        reply_by_at=None if party.is_only_informed else party.reply_by_at,
        zone=process.time_zone,
        label=party.name,
        language=process.language,
        process=process,
        who="party",
        over=str(ended.text) if ended else "",
    )


def _topic_title(party: Invitation) -> str:
    if party.is_only_informed:
        return _("A consultation, for information")
    return _("Your answer to a consultation") if party.round.form == RoundForm.FULL else _("Your input")


def why_renewed(link: PersonalLink, version: int) -> str:
    """Told to who still holds a link that ended when the task was taken back: where it is now."""
    forward = (
        Forward.objects.filter(invitation__link=link, link_version=version, is_taken_back=True).order_by("id").first()
    )
    if forward is None or forward.ended_at is None:
        return ""
    zone = forward.invitation.round.stage.process.time_zone
    text = _(
        "The task was taken back by %(mailbox)s on %(at)s, and the link with it. What was saved as a draft is still "
        "there; whoever answers now has a new link by mail."
    )
    return text % {"mailbox": forward.from_email, "at": deadline_words(forward.ended_at, zone)}


def party_of_link(request: Visit) -> Invitation:
    """The invitation the link in the address opens; 404 for a link to something else."""
    party = invitation_of(request.link)
    if party is None:
        raise Http404
    return party


def actor_of(request: Visit, party: Invitation) -> Actor:
    """Who holds the link acts for the party."""
    return Actor.of_link(request.link, party.name)


def read_page(request: Visit) -> InvitationPage:
    """Everything the party's pages show."""
    party = party_of_link(request)
    return invitation_page(party, **by_whom(request, actor_of(request, party)))


reply_page = partial(page_by_link, read_page)
"""Declares a page of a party by its personal link; the view gets everything such a page shows."""


def frame(request: Visit, page: InvitationPage, *, here: str = "") -> dict[str, Any]:
    """What all pages of a party share: its name, the matter, the deadline, who reads the answer."""
    party, hearing_round = page.invitation, page.round
    process = hearing_round.stage.process
    home = reverse("reply", args=[request.link.public_id])
    trail = (
        [{"label": hearing_round.title, "url": home, "lang": process.language}, {"label": here, "url": ""}]
        if here
        else []
    )
    return {
        "link_id": request.link.public_id,
        "home": home,
        "page": page,
        "party": party,
        "round": hearing_round,
        "process": process,
        "office": process.office,
        "office_name": process.office.name,
        "zone": process.time_zone,
        "is_light": hearing_round.form == RoundForm.LIGHT,
        "is_late": not page.is_in_time,
        "trail": trail,
        "who_reads": who_reads(page),
    }


def who_reads(page: InvitationPage) -> list[str]:
    """Told before anything is sent: who reads the answer, what is published under which name, how long it is kept."""
    party, hearing_round = page.invitation, page.round
    process = hearing_round.stage.process
    lines = [
        _("%(office)s reads your answer and deals with it in case %(case)s.")
        % {"office": process.office.name, "case": process.case_number}
    ]
    if hearing_round.publication == Publication.NEVER:
        lines.append(_("Nothing is published on the public page."))
    elif not is_round_public(hearing_round):
        lines.append(
            _(
                "Nothing is published on the public page as it is now. If the office makes the consultation public, "
                "the page shows that %(party)s has answered, or has no remarks, and never the words."
            )
            % {"party": party.name}
        )
    else:
        when = {
            Publication.CONTINUOUSLY: _("as soon as you answer"),
            Publication.AFTER_DEADLINE: _("after the deadline"),
            Publication.AT_ISSUE: _("when the final text is issued"),
        }[Publication(hearing_round.publication)]
        lines.append(
            _(
                "The public page shows, %(when)s, that %(party)s has answered, or has no remarks. "
                "The text, the files and who signed are not shown there."
            )
            % {"when": when, "party": party.name}
        )
    lines.append(_("Anyone may ask the authority for access to the answer. Mark what is confidential, and say why."))
    erase_on: date | None = party.erase_on or process.erase_on
    if erase_on and party.body_id is None:
        text = _("Your answer is kept until %(day)s, and while the case is under way, and then erased.")
        lines.append(text % {"day": short_date(erase_on)})
    elif erase_on:
        text = _(
            "Your answer stays with the case. Names and addresses of those who gave it are kept until %(day)s, and "
            "while the case is under way, and then erased."
        )
        lines.append(text % {"day": short_date(erase_on)})
    else:
        lines.append(_("Your answer is kept with the case. No date of erasure has been set yet."))
    return lines


@reply_page("GET")
def reply(request: Visit, page: InvitationPage) -> HttpResponse:
    """What is asked of the party, until when, the documents, and how its answer stands."""
    party, hearing_round = page.invitation, page.round
    context = {
        **frame(request, page),
        "days": days_words(hearing_round) if hearing_round.opened_at and hearing_round.closes_at else "",
        "may_wish": page.locked is None and page.standing is None and party.state == InvitationState.INVITED,
        "may_forward": page.locked is None and party.state != InvitationState.DECLINED,
        "last_forward": page.in_force[-1] if page.in_force else None,
        "asks": page.is_in_time and asks_for_extension(party, _deadline_on(page)),
        "was_refused": party.state == InvitationState.INVITED and _is_after_deadline(page, party.refused_on),
        "has_declined": party.state == InvitationState.DECLINED,
        "is_erased": party.erased_at is not None,
        "is_withdrawn": hearing_round.state == RoundState.CANCELLED or party.state == InvitationState.WITHDRAWN,
        "files": [_file_row(request, entry) for entry in page.documents],
        "all_url": reverse("reply_papers", args=[request.link.public_id]) if page.documents else "",
        "has_changed": bool(page.documents) and heard_before(hearing_round) is not None,
    }
    return render(request, "consultations/reply.html", context)


def _deadline_on(page: InvitationPage) -> date | None:
    """The party's deadline as a day of its own zone; None where there is none."""
    at = page.invitation.reply_by_at
    return local_day(at, page.round.stage.process.time_zone) if at else None


def _is_after_deadline(page: InvitationPage, day: date | None) -> bool:
    deadline_on = _deadline_on(page)
    return day is not None and deadline_on is not None and day > deadline_on


def _file_row(request: Visit, entry: Any) -> dict[str, Any]:
    version = entry.item.version
    link_id = request.link.public_id
    return {
        "name": version.title,
        "url": reverse("reply_document", args=[link_id, version.public_id]),
        "file": version.file,
        "file_url": reverse("reply_file", args=[link_id, version.file.public_id]) if version.file else "",
    }


@reply_page("GET")
def reply_document(request: Visit, page: InvitationPage, version_id: UUID) -> HttpResponse:
    """One of the documents heard, section by section."""
    document = next((entry for entry in page.documents if entry.item.version.public_id == version_id), None)
    if document is None:
        raise Http404
    version = document.item.version
    context = {
        **frame(request, page, here=version.title),
        "version": version,
        "sections": document.sections,
        "pictures": pictures_of(request, page),
        "remark_url": "" if page.locked else reverse("reply_write", args=[request.link.public_id]),
        "ways": ways_to_text(
            version, lambda ending: reverse("reply_text", args=[request.link.public_id, version.public_id, ending])
        ),
    }
    return render(request, "consultations/reply_document.html", context)


@reply_page("GET")
def reply_text(request: Visit, page: InvitationPage, version_id: UUID, ending: str) -> HttpResponseBase:
    """Fetch the text of one of the documents heard."""
    document = next((entry for entry in page.documents if entry.item.version.public_id == version_id), None)
    if document is None:
        raise Http404
    return send_text(request, document.item, ending)


@reply_page("GET")
def reply_picture(request: Visit, page: InvitationPage, picture: str) -> FileResponse:
    """A picture of one of the documents heard."""
    return send_picture(_pictures(page), picture)


def pictures_of(request: Visit, page: InvitationPage) -> Pictures:
    """The pictures of the documents heard, as the party's pages show them."""
    return Pictures(_pictures(page), lambda name: reverse("reply_picture", args=[request.link.public_id, name]))


def _pictures(page: InvitationPage) -> QuerySet[VersionPicture]:
    heard = [document.item.version_id for document in page.documents]
    return VersionPicture.objects.filter(version_id__in=heard)


@reply_page("GET")
def reply_receipt(request: Visit, page: InvitationPage, number: int) -> HttpResponse:
    """The receipt: one version of the answer as it was sent, with its number and when it arrived."""
    answer = next((row for row in versions_of(page.invitation) if row.number == number), None)
    if answer is None:
        raise Http404
    context = {
        **frame(request, page, here=_("Receipt")),
        "answer": answer,
        "is_by_its_day": answer.received_at is not None and not came_in_time(page.invitation, answer.received_at),
        "was_late": answer.state in (AnswerState.LATE, AnswerState.LATE_ACCEPTED, AnswerState.LATE_FILED),
        "is_replaced": answer.state == AnswerState.REPLACED,
        "ways": ways_to_fetch(
            ANSWER,
            lambda ending: reverse("reply_receipt_paper", args=[request.link.public_id, answer.number, ending]),
            PDF,
        ),
    }
    return render(request, "consultations/reply_receipt.html", context)


@page_by_link(party_of_link, "GET")
def reply_file(request: Visit, party: Invitation, file_id: UUID) -> FileResponse:
    """Fetch a document that is heard, or a file of the party's own answer or draft."""
    own = AnswerFile.objects.filter(answer__invitation=party, file__public_id=file_id)
    entered = Answer.objects.filter(invitation=party, source__public_id=file_id)
    heard = party.round.bundle.items.filter(version__file__public_id=file_id) if party.round.bundle else None
    if not (own.exists() or entered.exists() or (heard is not None and heard.exists())):
        raise Http404
    return send_file(get_object_or_404(StoredFile, public_id=file_id))
