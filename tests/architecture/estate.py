"""One office with an object of every kind that stands in an address, made by the actions the screens use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator

from consultations.actions.answers import AnswerContent
from consultations.actions.notes import add_note
from consultations.actions.parties import forward
from consultations.actions.rounds import launch_round
from consultations.models import HearingRound
from consultations.queries.rounds import round_of
from notifications import outbox
from notifications.models import OutgoingMail
from tests.consultations.factories import Hearing, organisations
from tests.workflow.agreements import AGREEMENT, a_contact, a_file, ask_all, asked, decide, officer_of, request_to
from tests.workflow.done_to import a_long_work, a_parcel
from tests.workflow.factories import a_body, a_process, an_office, make_public, stage_of
from tests.workflow.pictures import a_picture, found
from tests.workflow.template_files import a_template
from workflow.actions.approvals import settle_reservation
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.stages import complete_stage
from workflow.actions.submissions import acknowledge, ask_question, make_package, send_submission
from workflow.actors import Actor
from workflow.links import link_path
from workflow.models import Body, Dispatch, Membership, Objection, Office, PersonalLink, Process, Substitute, User, by
from workflow.queries.processes import stage_deadline
from workflow.queries.publication import live_items
from workflow.states import BodyKind, ChangeKind, Outcome, PublicThing, Role, Settlement

NOW = datetime(2019, 3, 1, 9, 0, tzinfo=UTC)

HEARD_BESIDE = """
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
    on_return: drafting
    end: true
  - key: confirmation
    kind: drafting
    title: {da: Bekræftelse, en: Confirmation}
    after: []
    actor: secretariat
    completes: manual
    gates:
      - gate: manual_with_reason
    end: true
"""
PARTIES = """lists:
  hearing_parties:
    title: {da: Høringsparter, en: Hearing parties}
    description: {da: Dem der høres, en: Those heard}
    kinds: [organisation]
"""
TEXT = "# 1 Formål\n\n{}\n"
WHOLE = AGREEMENT.replace("lists:\n", PARTIES, 1) + HEARD_BESIDE
"""The agreement with a hearing beside the approvals, and a stage that waits for somebody's word."""


@dataclass(frozen=True)
class Address:
    """One address of the installation: its view's full name and its route."""

    name: str
    route: str


@dataclass(frozen=True)
class Estate:
    """An office, its process, and what each name in an address stands for there."""

    office: Office
    process: Process
    round: HearingRound
    links: Mapping[str, PersonalLink]
    council: Body
    kwargs: Mapping[str, Callable[[Address], Any]]


def an_estate(key: str, *, many: int = 1) -> Estate:
    """An office of that key with a hearing under way, answered and noted in; approvals given; a package received.

    many: so many of whatever there can be more of: documents and their versions, answers and their files, forwards,
    notes, packages, questions of the authority, processes beside this one; twice as many parties and councils.
    """
    office = an_office(key, region_code="sjaelland")
    organisations(office, 2 * many)
    bodies = BODIES | {f"council-{number}": BodyKind.MUNICIPAL_COUNCIL for number in range(1, 2 * many + 1)}
    for name, kind in bodies.items():
        body = Body.objects.filter(key=name).first() or a_body(kind, name.capitalize(), key=name)
        a_contact(office, body)
    process = a_process(office, NOW, WHOLE, parameters={"reply_on": date(2019, 3, 29)})
    make_public(process, NOW)
    officer = officer_of(process)
    entries: list[BundleEntry] = []

    annex = a_file(office, NOW, "bilag.txt", b"Bilag\n")
    # Of each office another, so that nobody is shown somebody else's.
    picture = found(a_picture((sum(key.encode()) % 256, 0, 0)))
    for number in range(many, 0, -1):
        document = create_document(
            process, title="Aftale" if number == 1 else f"Bilag {number}", actor=officer, now=NOW
        )
        for words in ["Tekst.", *(f"Tekst {more}." for more in range(2, many + 1))][::-1]:
            markdown = TEXT.format(f"{words} ![Kurve]({picture.name})")
            version = add_version(document, markdown=markdown, file=annex, pictures=[picture], actor=officer, now=NOW)
        entries.append(BundleEntry(version, "agreement"))
    bundle = create_bundle(process, entries, actor=officer, now=NOW)
    lock_bundle(bundle, change=ChangeKind.FIRST, actor=officer, now=NOW)
    complete_stage(stage_of(process, "drafting"), actor=officer, now=NOW)

    with outbox.without_hints():
        hearing_round = round_of(stage_of(process, "hearing"))
        assert hearing_round is not None
        launch_round(hearing_round, closes_on=date(2019, 3, 29), reason="Aftalt", actor=officer, now=NOW)
        hearing = Hearing(process, hearing_round, NOW)
        for number in range(many, 0, -1):
            files = [a_file(office, NOW, "svar.txt", b"Svar\n" * count) for count in range(1, many + 1)]
            comments = {section.lineage_id: "Bemærkning" for section in hearing.sections}
            answer = hearing.answers(number, files=files, content=AnswerContent(text="Ja", comments=comments))
            note = add_note(
                hearing_round,
                held_on=NOW.date(),
                occasion="Møde",
                text="Sagt på mødet",
                file=a_file(office, NOW, "referat.txt", b"Referat\n"),
                actor=officer,
                now=NOW,
            )
            by_link = hearing.by_link(1)
            forwarded = forward(hearing.party(1), to_email=f"kollega{number}@part.example", actor=by_link, now=NOW)
        decide(process, "committee", NOW, stage="review")
        ask_all(process, NOW)
        minutes = a_file(office, NOW)
        for request in asked(process, "approval"):
            # One with a reservation, one without its minutes: what an officer settles afterwards.
            changes: dict[str, Any] = {} if request.body.key == "council-2" else {"minutes": minutes}
            if request.body.key == "council-1":
                changes |= {"outcome": Outcome.APPROVED_WITH_RESERVATION, "remarks": "Hvis penge følger med."}
            decision = decide(process, request.body.key, NOW, **changes)
            if request.body.key == "council-1":
                reason = "Pengene er bevilget."
                settle_reservation(decision, Settlement.IMMATERIAL, reason=reason, actor=officer, now=NOW)
        for _number in range(many):
            why = "En protokol eftersendes."
            stage = stage_of(process, "submission")
            package = make_package(stage, is_provisional=True, reason=why, actor=officer, now=NOW)
        sent = send_submission(stage_of(process, "submission"), package, actor=officer, now=NOW)
        receipt = a_file(office, NOW, "kvittering.txt", b"Modtaget\n")
        acknowledge(sent, received_at=NOW, number="19/1", file=receipt, actor=officer, now=NOW)
        for number in range(1, many):
            ask_question(sent, text=f"Hvad menes med {number}?", actor=Actor.of_link(sent.link, "Styrelsen"), now=NOW)
            a_process(office, NOW, WHOLE, parameters={"reply_on": date(2019, 3, 29)})

    party, question = hearing.party(1), request_to(process, "council-1")
    # As if a correction had been objected to: one put forward now would be another set for every page.
    objection = Objection.objects.create(
        request=question,
        body=question.body,
        bundle=bundle,
        text="Det ændrer meningen.",
        received_at=NOW,
        recorded_at=NOW,
    )
    # As if fetched by hand: written by the deed it would lay out every paper for every page.
    parcel = a_parcel(process, NOW)
    work = a_long_work(process, NOW)
    links = {"answer": party.link, "decision": question.link, "authority": sent.link}
    stages = {"hearing": stage_of(process, "hearing"), "approval": stage_of(process, "approval")}
    stages |= {name: stage_of(process, name) for name in ("submission", "in_force", "confirmation")}
    # Of days to come: until then mail goes to the body itself.
    substitute = Substitute.objects.create(
        office=office,
        body=question.body,
        name="Vera Vikar",
        email=f"vikar@{key}.example",
        from_on=date(2019, 12, 1),
        until_on=date(2019, 12, 31),
        named_at=NOW,
        **by(officer_of(process)),
    )

    in_use, waiting = (a_template(office, NOW, is_in_use=is_in_use) for is_in_use in (True, False))
    colleague = User.objects.create_user(f"kollega@{key}.example", "et-langt-kodeord", name="Karl Kollega")
    place = Membership.objects.create(user=colleague, office=office, role=Role.AUDITOR)

    def public_text() -> Any:
        return live_items(process).filter(kind=PublicThing.TEXT).earliest("id").public_id

    def compared_with(at: Address) -> Any:
        """What is compared at an address: the estate has one version of all, which is compared with itself."""
        by_name = {"sets_compared": process.bundles.get().public_id, "versions_compared": version.public_id}
        return by_name.get(at.name) or public_text()

    return Estate(
        office,
        process,
        hearing_round,
        links,
        question.body,
        {
            "process_id": lambda at: process.public_id,
            "stage_id": lambda at: stages[stage_behind(at)].public_id,
            "gate_key": lambda at: "manual_with_reason",
            "door_key": lambda at: "demo",
            "body_id": lambda at: question.body.public_id,
            "office_id": lambda at: office.public_id,
            "definition_id": lambda at: process.definition.public_id,
            "user_id": lambda at: colleague.public_id,
            "place_id": lambda at: place.public_id,
            "dispatch_id": lambda at: Dispatch.objects.get(stage=stages["approval"]).public_id,
            "fact": lambda at: "reply_on",
            "thing": lambda at: "decision",
            "substitute_id": lambda at: substitute.public_id,
            "item_id": lambda at: public_text(),
            "deadline_id": lambda at: stage_deadline(stages["approval"]).public_id,
            "document_id": lambda at: document.public_id,
            "version_id": lambda at: version.public_id,
            "before_id": compared_with,
            "after_id": compared_with,
            "bundle_id": lambda at: process.bundles.get().public_id,
            "objection_id": lambda at: objection.public_id,
            "picture": lambda at: picture.name,
            "file_id": lambda at: (
                {
                    "answer_file": answer.files.first().file,
                    "reply_file": answer.files.first().file,
                    "approval_file": minutes,
                    "decision_file_link": minutes,
                    "decision_file_member": minutes,
                    "submission_file": receipt,
                    "authority_file": receipt,
                }.get(at.name, annex).public_id
            ),
            "invitation_id": lambda at: party.public_id,
            "answer_id": lambda at: answer.public_id,
            "forward_id": lambda at: forwarded.public_id,
            "note_id": lambda at: note.public_id,
            "asked_id": lambda at: question.public_id,
            "request_id": lambda at: (sent if at.name in OF_AUTHORITY else question).public_id,
            "package_id": lambda at: package.public_id,
            "template_id": lambda at: (waiting if at.name == "template_use" else in_use).public_id,
            "paper": lambda at: "hearing_letter",
            "parcel_id": lambda at: parcel.public_id,
            "job_id": lambda at: work.public_id,
            "matter": lambda at: "minutes",
            "subject_id": lambda at: request_to(process, "council-2").decisions.get().public_id,
            "link_id": lambda at: links[purpose_of(at.name)].public_id,
            "token": lambda at: (
                default_token_generator.make_token(colleague)
                if at.name == "password_set"
                else link_path(links["answer"]).split("/")[3]
            ),
            "rest": lambda at: "afkortet",
            "ending": lambda at: "xlsx" if "list" in at.name else "docx",
            "number": lambda at: answer.number,
            "mail_id": lambda at: OutgoingMail.objects.filter(process_id=process.public_id).latest("id").public_id,
            "public_id": lambda at: OutgoingMail.objects.filter(process_id=process.public_id).latest("id").public_id,
        },
    )


BODIES = {
    "committee": BodyKind.COORDINATION_COMMITTEE,
    "authority": BodyKind.NATIONAL_AUTHORITY,
    "region": BodyKind.REGIONAL_COUNCIL,
    "council-1": BodyKind.MUNICIPAL_COUNCIL,
    "council-2": BodyKind.MUNICIPAL_COUNCIL,
}
STAGE_OF = {
    "approvals": "approval",
    "approvals_list": "approval",
    "case_presentation": "approval",
    "kits": "approval",
    "presentation_write": "approval",
    "party_add": "approval",
    "submission": "submission",
    "package_new": "submission",
    "stage_return": "in_force",
    "milestones": "in_force",
    "milestone_record": "in_force",
}
OF_AUTHORITY = ("submission_readdress", "receipt_on_behalf", "ruling_on_behalf", "submission_file", "receipt_paper")


def stage_behind(at: Address) -> str:
    """The key of the stage that a page of a stage shows."""
    return "hearing" if "/hoering/" in at.route else STAGE_OF.get(at.name, "confirmation")


def purpose_of(view: str) -> str:
    """Which of the three kinds of link opens a page of link holders."""
    for start, purpose in (
        ("reply", "answer"),
        ("link", "answer"),
        ("decision", "decision"),
        ("authority", "authority"),
    ):
        if view.startswith(start):
            return purpose
    raise LookupError(
        f"“{view}” is a page of link holders and no kind of link is known for it: add it to purpose_of in estate.py."
    )
