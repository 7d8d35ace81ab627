"""A hearing made by the very actions the screens use: a process, its documents, a round with parties, answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from consultations.actions.answers import AnswerContent, submit_answer
from consultations.actions.invitation_list import remove_party
from consultations.actions.rounds import launch_round, public_with_launch
from consultations.models import Answer, HearingRound, Invitation
from consultations.queries.rounds import round_of
from notifications import outbox
from notifications.models import OutgoingMail
from tests.kept import kept
from tests.workflow.factories import a_body, a_process, an_actor, an_office, an_unnamed_officer, make_public, stage_of
from workflow.actions.gates import override_gate
from workflow.actions.publication import publish
from workflow.actions.stages import complete_stage
from workflow.actors import Actor
from workflow.models import Body, Bundle, BundleItem, Contact, Document, DocumentVersion, Office, Process, Section, by
from workflow.states import BodyKind, BundleState, ChangeKind

HEARD = """
schema_version: 1
key: heard
title: {da: Hørt, en: Heard}
description: {da: Udkast og høring, en: Draft and hearing}
lists:
  input_parties:
    title: {da: Inddragede, en: Early input}
    description: {da: Dem der inddrages, en: Those giving early input}
    kinds: [senior_council]
  hearing_parties:
    title: {da: Høringsparter, en: Hearing parties}
    description: {da: Dem der høres, en: Those heard}
    kinds: [organisation]
stages:
  - key: drafting
    kind: drafting
    title: {da: Udkast, en: Draft}
    after: []
    actor: secretariat
    completes: manual
    bundle: locks
    gates:
      - gate: bundle_locked
  - key: input
    kind: consultation
    title: {da: Inddragelse, en: Early input}
    after: []
    actor: secretariat
    completes: automatic
    consultation: {form: light, list: input_parties}
    gates:
      - gate: round_closed
  - key: hearing
    kind: consultation
    title: {da: Høring, en: Hearing}
    after: [drafting]
    actor: secretariat
    completes: automatic
    bundle: judges
    consultation: {form: full, list: hearing_parties, length_days: 28, clock: "12:00"}
    gates:
      - gate: round_closed
    reminders: [14, 7, 1]
    on_return: drafting
  - key: consolidation
    kind: drafting
    title: {da: Tilretning, en: Consolidation}
    after: [hearing, input]
    actor: secretariat
    completes: manual
    gates:
      - gate: remarks_disposed
        stage: hearing
    on_return: hearing
    end: true
"""
"""Drafting, then a hearing beside early input, then consolidation that waits for the remarks to be dealt with."""

OFFICER = an_unnamed_officer()
LAUNCHED = datetime(2019, 3, 1, 9, 0, tzinfo=UTC)
CLOSES_ON = date(2019, 3, 29)  # a Friday, 29 days both ends counted
CLOSES_AT = datetime(2019, 3, 29, 11, 0, tzinfo=UTC)  # 12.00 in Copenhagen, winter time
MICROSECOND = timedelta(microseconds=1)
WORDS = AnswerContent(text="Vi støtter udkastet, men savner et afsnit om ældre.")
NO_REMARKS = AnswerContent(kind="no_remarks")


@dataclass
class Hearing:
    """A round with what belongs to it; `party(1)` is the first party as it is in the database now."""

    process: Process
    round: HearingRound
    now: datetime = LAUNCHED
    sections: list[Section] = field(default_factory=list)

    def reread(self) -> HearingRound:
        self.round = HearingRound.objects.select_related("stage__process__office").get(pk=self.round.pk)
        return self.round

    def party(self, number: int = 1) -> Invitation:
        return Invitation.objects.select_related("link", "round__stage__process__office").get(
            round=self.round, number=number
        )

    def by_link(self, number: int = 1) -> Actor:
        party = self.party(number)
        return Actor.of_link(party.link, party.name)

    def answers(
        self, number: int = 1, at: datetime | None = None, content: AnswerContent = WORDS, **more: Any
    ) -> Answer:
        """The party answers by its link, at the instant given."""
        at = at or self.now
        return submit_answer(
            self.party(number), content=content, received_at=at, now=at, actor=self.by_link(number), **more
        )

    def mails(self, kind: str) -> list[OutgoingMail]:
        ids = [party.public_id for party in self.round.invitations.all()]
        return list(OutgoingMail.objects.filter(subject_id__in=ids, kind=kind).order_by("id"))


def a_locked_bundle(process: Process, now: datetime, sections: int = 3, *, counts: bool = True) -> Bundle:
    """One document with so many sections, locked and, unless it does not count yet, put forward."""
    number = process.bundles.count() + 1
    line = process.lines.all()[0]
    document, _made = Document.objects.get_or_create(
        process=process, line=line, key="udkast", defaults={"title": "Udkast"}
    )
    version = DocumentVersion.objects.create(
        document=document, number=number, title="Udkast", sha256="0" * 64, created_at=now, **by(OFFICER)
    )
    for position in range(1, sections + 1):
        Section.objects.create(version=version, position=position, number=str(position), heading=f"Afsnit {position}")
    bundle = Bundle.objects.create(process=process, line=line, number=number, created_at=now, **by(OFFICER))
    BundleItem.objects.create(bundle=bundle, version=version, position=1, role="agreement")
    bundle.lock()
    bundle.sha256, bundle.locked_at, bundle.manifest = f"{number:064d}", now, {"items": []}
    if counts:
        bundle.put_forward_at, bundle.put_forward_as, bundle.questions_leave_at = now, ChangeKind.FIRST, now
    bundle.save()
    assert bundle.state == BundleState.LOCKED
    return bundle


def organisations(office: Office, count: int) -> list[Body]:
    """Bodies "Part 01" and on, each with the office's contact part1@example.dk and on."""
    bodies = []
    for number in range(1, count + 1):
        name, key = f"Part {number:02d}", f"part-{number}"
        body = Body.objects.filter(key=key).first() or a_body(BodyKind.ORGANISATION, name, key=key)
        Contact.objects.create(office=office, body=body, email=f"part{number}@example.dk", language="da")
        bodies.append(body)
    return bodies


def heard_process(now: datetime, parties: int, text: str = HEARD) -> Process:
    """A process under an office of its own, with so many hearing parties and one body for early input."""
    office = an_office(f"kontor-{Process.objects.count()}")
    council = Body.objects.filter(key="raad").first() or a_body(BodyKind.SENIOR_COUNCIL, "Ældrerådet", key="raad")
    bodies = {"hearing_parties": organisations(office, max(parties, 1)), "input_parties": [council]}
    return a_process(office, now, text, bodies=bodies)


@kept
def a_round_in_draft(
    now: datetime = LAUNCHED, parties: int = 3, *, lock: bool = True, text: str = HEARD, sections: int = 3
) -> Hearing:
    """A hearing in preparation, under an office of its own, with parties added by name."""
    process = heard_process(now, parties, text)
    drafting = stage_of(process, "drafting")
    if lock:
        a_locked_bundle(process, now, sections)
    else:
        officer = an_actor(process.office)
        override_gate(drafting, "bundle_locked", reason="Der er ingen tekst endnu", actor=officer, now=now)
    complete_stage(drafting, actor=OFFICER, now=now)
    hearing_round = round_of(stage_of(process, "hearing"))
    assert hearing_round is not None
    hearing = Hearing(process, hearing_round, now, list(Section.objects.filter(version__document__process=process)))
    hearing.reread()
    if not parties:
        remove_party(hearing.party(), actor=OFFICER, now=now)
    return hearing


def make_hearing_public(hearing: Hearing) -> Hearing:
    """The hearing as if it had been sent in a process that everyone may follow."""
    make_public(hearing.process, hearing.now)
    for thing, subject_id, reason in public_with_launch(hearing.reread()):
        publish(hearing.process, thing, [subject_id], reason=reason, actor=OFFICER, now=hearing.now)
    hearing.process.refresh_from_db()
    hearing.reread()
    return hearing


@kept
def a_hearing(
    now: datetime = LAUNCHED,
    parties: int = 3,
    closes_on: date = CLOSES_ON,
    clock: time | None = None,
    *,
    sections: int = 3,
    **more: Any,
) -> Hearing:
    """A hearing under way, closing on 29 March 2019 at noon unless another day is given."""
    hearing = a_round_in_draft(now, parties, sections=sections)
    with outbox.without_hints():
        launch_round(
            hearing.round,
            closes_on=closes_on,
            clock=clock,
            reason=more.pop("reason", "Aftalt med parterne"),
            actor=OFFICER,
            now=now,
            **more,
        )
    hearing.reread()
    return hearing


def an_input_round(now: datetime = LAUNCHED) -> Hearing:
    """A light round in preparation, with one party that has no address."""
    process = heard_process(now, 1)
    hearing_round = round_of(stage_of(process, "input"))
    assert hearing_round is not None
    hearing = Hearing(process, hearing_round, now)
    hearing.reread()
    return hearing


def launch(hearing: Hearing, **changes: Any) -> HearingRound:
    """Send the round out with the deadline that most tests go by."""
    values = {"closes_on": CLOSES_ON, "actor": OFFICER, "now": hearing.now} | changes
    return launch_round(hearing.round, **values)


def everything_stored() -> str:
    """Every row of every table, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found)


def bounce(hearing: Hearing, number: int) -> None:
    """The mail to a party came back an hour after the launch."""
    Invitation.objects.filter(pk=hearing.party(number).pk).update(
        bounced_at=LAUNCHED + timedelta(hours=1), bounce_reason="No such user", next_check_at=None
    )
