"""Who acts for a body now: mail goes there on the days named, with the body's own link, and back afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from notifications import delivery, kinds, tracking
from notifications.models import OutgoingMail
from notifications.states import EventKind, MailState
from tests.refusals import code_of
from tests.workflow.agreements import in_approval, in_submission, officer_of, request_to, sent
from tests.workflow.factories import a_stranger
from workflow.actions.approvals import readdress_request, remind_bodies
from workflow.actions.erasure import erase_person, purge_due
from workflow.actions.substitutes import end_substitute, name_substitute
from workflow.links import link_url
from workflow.mails.asked import MailsTo
from workflow.models import AuditDetail, AuditEntry, Process, Substitute

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2019, 3, 11), date(2019, 3, 22)
IN_ITS_DAYS = datetime(2019, 3, 15, 8, 0, tzinfo=UTC)
AFTERWARDS = datetime(2019, 3, 25, 8, 0, tzinfo=UTC)
STAND_IN = "vikar@kommune.example"
LEFT = timedelta(minutes=11)
"""After this new questions have left."""


def name(process: Process, now: datetime, key: str = "council-1", **changes: Any) -> Substitute:
    values = {"name": "Vera Vikar", "email": STAND_IN, "from_on": FIRST, "until_on": LAST, "actor": officer_of(process)}
    return name_substitute(process.office, request_to(process, key).body, **{**values, "now": now, **changes})


def remind(process: Process, at: datetime, key: str = "council-1") -> OutgoingMail:
    """The body's reminder, queued and sent at that instant; returns it as it stands after."""
    delivery.deliver(at - timedelta(hours=1), lambda: at - timedelta(hours=1))
    remind_bodies(at)
    delivery.deliver(at, lambda: at)
    return OutgoingMail.objects.get(kind="decision_reminder", subject_id=request_to(process, key).public_id)


def test_name_substitute_on_its_days_gets_the_reminder_with_the_bodys_own_link(now: datetime, mailoutbox: Any) -> None:
    process = in_approval(now)
    name(process, now)

    mail = remind(process, IN_ITS_DAYS)

    asked = request_to(process, "council-1")
    assert (mail.state, mail.to_address, mail.to_name) == (MailState.SENT, STAND_IN, "Vera Vikar")
    body = (
        mailoutbox[-1].body
        if mailoutbox[-1].to[0].endswith(STAND_IN)
        else next(
            message.body
            for message in mailoutbox
            if STAND_IN in message.to[0] and "minde" in message.subject.casefold()
        )
    )
    assert link_url(asked.link) in body
    assert "Mailen sendes hertil, fordi opgaven for Byråd 1 varetages her til og med" in body
    assert (asked.email, asked.link.version) == ("post@council-1.example", 1)
    others = OutgoingMail.objects.filter(kind="decision_reminder").exclude(pk=mail.pk)
    assert {other.to_address for other in others} >= {"post@council-2.example"}
    assert AuditEntry.objects.get(verb="name_substitute").codes["from_on"] == "2019-03-11"


def test_name_substitute_after_its_days_or_before_them_the_body_itself_gets_the_reminder(now: datetime) -> None:
    process = in_approval(now)
    name(process, now, from_on=FIRST, until_on=date(2019, 3, 14))

    assert remind(process, IN_ITS_DAYS).to_address == "post@council-1.example"

    name(process, now, "council-2", from_on=date(2019, 3, 26), until_on=date(2019, 3, 29))
    waiting = OutgoingMail.objects.filter(to_address=STAND_IN)
    assert not waiting.exists()


def test_deliver_mail_that_waited_with_the_substitute_until_its_days_were_over_goes_to_the_body(now: datetime) -> None:
    process = in_approval(now)
    name(process, now)
    mail = OutgoingMail.objects.get(kind="decision_request", subject_id=request_to(process, "council-1").public_id)
    # As after a try in its days that the server put off.
    OutgoingMail.objects.filter(pk=mail.pk).update(to_address=STAND_IN, to_name="Vera Vikar", state=MailState.QUEUED)

    delivery.deliver(AFTERWARDS, lambda: AFTERWARDS)

    mail.refresh_from_db()
    assert (mail.state, mail.to_address) == (MailState.SENT, "post@council-1.example")


def test_deliver_mail_that_waited_with_a_substitute_who_was_ended_goes_to_the_body(now: datetime) -> None:
    process = in_approval(now)
    end_substitute(name(process, now, from_on=now.date()), actor=officer_of(process), now=now)
    mail = OutgoingMail.objects.get(kind="decision_request", subject_id=request_to(process, "council-1").public_id)
    OutgoingMail.objects.filter(pk=mail.pk).update(to_address=STAND_IN, to_name="Vera Vikar")

    delivery.deliver(IN_ITS_DAYS, lambda: IN_ITS_DAYS)

    mail.refresh_from_db()
    assert (mail.state, mail.to_address) == (MailState.SENT, "post@council-1.example")


def test_deliver_new_question_and_submission_on_its_days_reach_the_substitute(now: datetime) -> None:
    process = in_submission(now)
    submission = sent(process, now)
    name_substitute(
        process.office,
        submission.body,
        name="Sune Stedfortræder",
        email="sune@styrelsen.example",
        from_on=now.date(),
        until_on=LAST,
        actor=officer_of(process),
        now=now,
    )

    delivery.deliver(now, lambda: now)

    [mail] = OutgoingMail.objects.filter(kind="authority_submission")
    assert (mail.state, mail.to_address) == (MailState.SENT, "sune@styrelsen.example")


def test_end_substitute_lets_what_waits_go_to_the_body_at_once(now: datetime) -> None:
    process = in_approval(now)
    substitute = name(process, now)
    end_substitute(substitute, actor=officer_of(process), now=now)

    assert remind(process, IN_ITS_DAYS).to_address == "post@council-1.example"
    assert code_of(lambda: end_substitute(substitute, actor=officer_of(process), now=now)) == "substitute_over"


def test_hear_bounce_of_the_substitute_marks_it_alone_and_the_body_gets_the_next_mail(now: datetime) -> None:
    process = in_approval(now)
    substitute = name(process, now, from_on=now.date())
    delivery.deliver(now + LEFT, lambda: now + LEFT)
    asked = request_to(process, "council-1")
    mail = OutgoingMail.objects.get(kind="decision_request", subject_id=asked.public_id)
    assert mail.to_address == STAND_IN

    tracking.store_event(mail, EventKind.BOUNCED, key="1", occurred_at=now, detail="No such user", now=now)
    tracking.tell_kinds(now)

    substitute.refresh_from_db()
    asked.refresh_from_db()
    assert (substitute.bounced_at, asked.bounced_at) == (now, None)
    assert AuditEntry.objects.filter(verb="substitute_bounced").count() == 1
    assert remind(process, IN_ITS_DAYS).to_address == "post@council-1.example"


def test_readdress_request_while_a_substitute_acts_renews_the_link_and_the_substitute_gets_the_new_one(
    now: datetime, mailoutbox: Any
) -> None:
    process = in_approval(now)
    name(process, now, from_on=now.date())
    asked = request_to(process, "council-1")

    readdress_request(asked, email="ny@council-1.example", actor=officer_of(process), now=now)
    delivery.deliver(now + LEFT, lambda: now + LEFT)

    asked.refresh_from_db()
    asked.link.refresh_from_db()
    [message] = [message for message in mailoutbox if STAND_IN in message.to[0]]
    assert link_url(asked.link) in message.body
    assert asked.link.version == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": " "}, "name_missing"),
        ({"email": "ikke en adresse"}, "address_space"),
        ({"email": "POST@council-1.example"}, "substitute_is_contact"),
        ({"until_on": date(2019, 3, 10)}, "days_reversed"),
        ({"from_on": date(2019, 1, 1), "until_on": date(2019, 2, 1)}, "day_past"),
        ({"from_on": LAST, "until_on": date(2019, 4, 1)}, "substitute_overlaps"),
    ],
)
def test_name_substitute_that_cannot_be_is_refused(now: datetime, changes: dict[str, Any], code: str) -> None:
    process = in_approval(now)
    if code == "substitute_overlaps":
        name(process, now)

    assert code_of(lambda: name(process, now, **changes)) == code


def test_name_substitute_by_a_stranger_or_for_another_offices_mail_is_refused(now: datetime) -> None:
    process = in_approval(now)

    assert code_of(lambda: name(process, now, actor=a_stranger())) == "not_an_officer"
    assert not Substitute.objects.exists()


def test_walk_kinds_of_mail_each_that_brings_a_link_follows_the_substitute() -> None:
    to_asked = [kind for kind in kinds.kinds() if isinstance(getattr(kind.secrets, "__self__", None), MailsTo)]

    assert len(to_asked) > 15
    wrong = [kind.key for kind in to_asked if getattr(kind.redirected, "__self__", None) is not kind.secrets.__self__]  # type: ignore[attr-defined]
    assert wrong == []


def test_name_substitute_twice_with_one_key_names_one(now: datetime) -> None:
    process = in_approval(now)

    assert name(process, now, key="council-1").pk
    again = {
        "name": "Vera Vikar",
        "email": STAND_IN,
        "from_on": FIRST + timedelta(days=30),
        "until_on": LAST + timedelta(days=30),
    }
    office, body = process.office, request_to(process, "council-1").body
    first = name_substitute(office, body, **again, actor=officer_of(process), now=now, key="k")

    assert name_substitute(office, body, **again, actor=officer_of(process), now=now, key="k").pk == first.pk


@pytest.mark.parametrize("how", ["asked for", "when its day has come"])
def test_erase_substitute_leaves_nothing_of_the_person(now: datetime, how: str) -> None:
    process = in_approval(now)
    substitute = name(process, now, from_on=now.date())
    delivery.deliver(now, lambda: now)

    if how == "asked for":
        erase_person(STAND_IN, reason="Bedt om det", actor=officer_of(process), now=now)
    else:
        purge_due(datetime(2019, 9, 19, 8, 0, tzinfo=UTC))

    substitute.refresh_from_db()
    assert (substitute.name, substitute.email, substitute.erase_on) == ("", "", None)
    assert substitute.erased_at is not None
    details = " ".join(str(body) for body in AuditDetail.objects.values_list("body", flat=True))
    assert "Vera Vikar" not in details
    assert STAND_IN not in details
    if how == "asked for":
        assert not OutgoingMail.objects.filter(to_address=STAND_IN).exists()
    assert remind(process, IN_ITS_DAYS).to_address == "post@council-1.example"
