"""A mail that was queued for an address since replaced never carries the new link there."""

from __future__ import annotations

from datetime import datetime

import pytest

from notifications import kinds
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.workflow.agreements import asked, decide, in_approval, in_submission, officer_of, request_to
from workflow.actions.approvals import readdress_request
from workflow.actions.submissions import make_package, readdress_submission, send_submission
from workflow.queries.processes import live_stage
from workflow.states import Outcome

pytestmark = pytest.mark.django_db

NEW = "ny@rette.example"


def _reasons(mail: OutgoingMail, now: datetime) -> list[str]:
    return list(kinds.kind(mail.kind).still_wanted([mail], now).values())


def test_readdress_request_while_its_mail_is_on_the_wire_leaves_that_mail_unwanted(now: datetime) -> None:
    process = in_approval(now)
    request = asked(process, "approval")[0]
    mail = OutgoingMail.objects.get(subject_id=request.public_id)

    readdress_request(request, email=NEW, actor=officer_of(process), now=now)

    assert _reasons(mail, now) == ["address_changed"]
    assert _reasons(OutgoingMail.objects.get(subject_id=request.public_id, to_address=NEW), now) == []


def test_readdress_request_with_a_receipt_waiting_withdraws_it(now: datetime) -> None:
    process = in_approval(now)
    receipt_of = decide(process, "region", now, Outcome.POSTPONED).request
    receipt = OutgoingMail.objects.get(subject_id=receipt_of.public_id, kind="decision_receipt")

    readdress_request(request_to(process, "region"), email=NEW, actor=officer_of(process), now=now)

    reasons = _reasons(receipt, now)
    receipt.refresh_from_db()
    assert (receipt.state, reasons) == (MailState.WITHDRAWN, ["address_changed"])


def test_readdress_submission_while_its_mail_is_on_the_wire_leaves_that_mail_unwanted(now: datetime) -> None:
    process = in_submission(now)
    officer, stage = officer_of(process), live_stage(process, "submission")
    request = send_submission(stage, make_package(stage, actor=officer, now=now), actor=officer, now=now)
    mail = OutgoingMail.objects.get(subject_id=request.public_id)

    readdress_submission(request, email=NEW, actor=officer, now=now)

    assert _reasons(mail, now) == ["address_changed"]
