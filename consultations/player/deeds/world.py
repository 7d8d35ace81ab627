"""What happens around the process: a link is opened, a mail comes back, the mail server is away, a person is erased."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consultations.models import Invitation
from consultations.player.cast import Play
from consultations.player.deeds.answers import by_link
from consultations.player.deeds.decisions import by_link_or_officer
from consultations.player.deeds.registry import Impossible, does, key_of, words
from consultations.player.mailbox import latest_mail
from consultations.player.scenario import Deed
from consultations.states import RoundState
from notifications.states import EventKind
from notifications.tracking import record_event
from workflow.actions.erasure import erase_person
from workflow.models import ApprovalRequest, ExternalRequest
from workflow.states import RequestState


@does("open")
def _open(stage: Play, deed: Deed) -> object:
    """Follow the link in the latest mail: to a hearing, or to a decision that is asked for."""
    asked = _asked_last(stage, deed)
    if isinstance(asked, ApprovalRequest):
        return by_link_or_officer(stage, deed)
    return by_link(stage, deed)


@does("bounce")
def _bounce(stage: Play, deed: Deed) -> object:
    """The latest mail to the party comes back, as a mail service tells it."""
    mail = latest_mail(stage, _asked_last(stage, deed).public_id)
    if mail is None:
        raise Impossible(_("No mail has been sent to %(party)s.") % {"party": stage.body(deed).name})
    return record_event(
        mail,
        EventKind.BOUNCED,
        key=f"play:{key_of(deed)}:{mail.public_id}",
        occurred_at=deed.at,
        now=deed.at,
        detail=words(stage, deed, "text", "550 5.1.1 User unknown"),
    )


@does("mail_down")
def _mail_down(stage: Play, deed: Deed) -> None:
    until: datetime = deed.values["until"]
    stage.mail_down_until = until


@does("erase")
def _erase(stage: Play, deed: Deed) -> object:
    """Everything about the person behind an address, in the deed's office."""
    return erase_person(
        deed.values["email"],
        reason=words(stage, deed, "reason"),
        office=stage.office,
        actor=stage.officer(deed),
        now=deed.at,
    )


def _asked_last(stage: Play, deed: Deed) -> Invitation | ApprovalRequest | ExternalRequest:
    """What the party was written to about last: a hearing, a decision, a submission."""
    wanted = deed.values.get("stage")
    invitations = Invitation.objects.filter(
        round__stage__process=stage.process, body__key=deed.party, invited_at__isnull=False
    ).exclude(round__state=RoundState.CANCELLED)
    requests = ApprovalRequest.objects.filter(
        stage__process=stage.process, body__key=deed.party, state__in=[RequestState.ASKED, RequestState.DECIDED]
    )
    external = ExternalRequest.objects.filter(stage__process=stage.process, body__key=deed.party)
    found: list[tuple[datetime, Invitation | ApprovalRequest | ExternalRequest]] = []
    for invitation in invitations.select_related("round__stage"):
        if invitation.invited_at and wanted in (None, invitation.round.stage.key):
            found.append((invitation.invited_at, invitation))
    for request in requests.select_related("stage"):
        if wanted in (None, request.stage.key):
            found.append((request.asked_at, request))
    for sent in external.select_related("stage"):
        if wanted in (None, sent.stage.key):
            found.append((sent.sent_at, sent))
    if not found:
        raise Impossible(_("%(party)s has been asked nothing.") % {"party": stage.body(deed).name})
    return max(found, key=lambda pair: pair[0])[1]
