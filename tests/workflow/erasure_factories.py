"""A person whose traces stand everywhere, and everything that can still be read."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from notifications import outbox
from notifications.models import OutgoingMail
from tests.notifications.factories import a_letter
from tests.workflow.document_factories import PDF, a_locked_bundle
from tests.workflow.factories import a_body, a_process, an_officer
from workflow.actions.contacts import set_contact
from workflow.actions.files import store_file
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.audit.proven import decision_codes, decision_words
from workflow.audit.rows import salt_words
from workflow.links import new_link
from workflow.models import ApprovalRequest, Body, Decision, GateOverride, Job, Office, Process, Stage, User, by
from workflow.queries.processes import live_stage
from workflow.states import Basis, Level, LinkPurpose, Outcome, RequestPurpose, Verb

NAME = "Anna Æbelø Sørensen"
EMAIL = "anna.sorensen@roskilde.example"


def everything_readable(media: Path) -> str:
    """Every value of every column of every table, every file, and what sessions hold, as one text in lower case."""
    parts: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                for value in row:
                    text = str(value)
                    parts.append(text)
                    if "\\u" in text:
                        parts.append(text.encode().decode("unicode_escape", "ignore"))
    parts += [str(session.get_decoded()) for session in Session.objects.all()]
    parts += [path.name + path.read_bytes().decode("latin-1") for path in media.rglob("*") if path.is_file()]
    return "\n".join(parts).lower()


def a_request(stage: Stage, body: Body, now: datetime, **changes: Any) -> ApprovalRequest:
    link = new_link(stage.process.office, LinkPurpose.DECISION, now)
    link.save()
    values: dict[str, Any] = {"email": EMAIL, "contact_name": NAME, "purpose": RequestPurpose.APPROVAL}
    return ApprovalRequest.objects.create(
        stage=stage, body=body, link=link, asked_at=now, remind_from_at=now, **{**values, **changes}
    )


def a_decision(request: ApprovalRequest, actor: Actor, now: datetime, text: str) -> Decision:
    decision = Decision(
        request=request,
        bundle=request.bundle,
        body=request.body,
        level=Level.COUNCIL,
        outcome=Outcome.APPROVED,
        basis=Basis.COUNCIL_MEETING,
        meeting_on=date(2019, 5, 1),
        text=text,
        received_at=now,
        recorded_at=now,
        **by(actor),
    )
    words = salt_words(decision, decision_words(decision, []))
    decision.save()
    process = request.stage.process
    codes = {**decision_codes(decision), "words": words}
    record(Verb.RECORD_DECISION, decision, actor=actor, now=now, process=process, codes=codes, detail={"text": text})
    return decision


def anna_everywhere(office: Office, now: datetime) -> tuple[Process, User]:
    """Anna has an account, is a contact, was asked, decided, was mailed, and is named in what others wrote."""
    process = a_process(office, now)
    anna = an_officer(office, EMAIL, NAME)
    acting = Actor.of_user(anna)
    EmailAddress.objects.create(user=anna, email=EMAIL, primary=True, verified=True)
    AccessAttempt.objects.create(
        username=EMAIL, ip_address="192.0.2.1", get_data="", post_data=f"login={EMAIL}", failures_since_start=1
    )
    client = Client()
    client.force_login(anna, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "email": EMAIL}]
    session.save()
    body = a_body()
    set_contact(office, body, email=EMAIL, name=NAME, postal_address="Algade 1", actor=acting, now=now)
    stage = live_stage(process, "first")
    request = a_request(stage, body, now)
    a_decision(
        request, Actor.of_link(request.link, NAME), now, f"Byrådet tiltræder. Talt med {NAME.upper()} ({EMAIL})."
    )
    GateOverride.objects.create(
        stage=stage, gate="x", reason=f"{NAME}s aftale, se {EMAIL}.", at=now, **by(SYSTEM.acting_for(NAME))
    )
    a_locked_bundle(process, now)
    with outbox.without_hints():
        outbox.enqueue(
            [
                a_letter(1, to=EMAIL, to_name=NAME, facts={"contact": NAME}),
                a_letter(2, facts={"said_by": f"Svar fra {NAME}"}, subject_id=request.public_id),
                a_letter(3, facts={"asked": [f"cc {EMAIL}"]}),
            ],
            now,
        )
    OutgoingMail.objects.update(text_sent=f"Kære {NAME}", subject_sent=f"Til {NAME}")
    store_file(office, f"Protokol {NAME}.pdf", PDF, now=now)
    record(Verb.SETTLE_MATTER, process, actor=acting, now=now, process=process, detail={"note": "ringede"})
    record(
        Verb.SETTLE_MATTER,
        process,
        actor=SYSTEM,
        now=now,
        process=process,
        detail={"note": f"med {NAME}", "to": [EMAIL]},
    )
    Job.objects.create(office=office, kind="x", arguments={"for": EMAIL}, error=NAME, created_at=now, not_before=now)
    return process, anna
