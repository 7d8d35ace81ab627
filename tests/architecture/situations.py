"""Matters at every point of their way, and every page and form that can be reached from there by following links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from consultations.actions.parties import forward, promise_answer
from consultations.actions.rounds import launch_round
from consultations.models import Invitation
from tests.architecture.estate import NOW, an_estate
from tests.architecture.pressed_forms import WORDS
from tests.architecture.test_url_policies import signed_in
from tests.consultations.factories import OFFICER, Hearing, a_hearing, a_round_in_draft, an_input_round
from tests.consultations.supplementary import HEARD_AGAIN
from tests.consultations.test_provisional import answered_provisionally
from tests.consultations.views.conftest import officer_of
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    a_working_set,
    an_agreement,
    decide,
    in_approval,
    in_review,
    in_submission,
    request_to,
    sent,
)
from tests.workflow.agreements import officer_of as actor_of
from tests.workflow.factories import a_body, a_lone_process, an_office, an_officer, stage_of
from tests.workflow.sub_agreements import open_to_others, question_to
from tests.workflow.test_corrections import corrected
from tests.workflow.test_objections import objected
from workflow.actions.accounts import close_account, invite_person
from workflow.actions.deadlines import pause_clock
from workflow.actions.dispatches import schedule_dispatch
from workflow.actions.documents import add_version, create_document
from workflow.actions.offices import grant_role
from workflow.actions.processes import suspend_process
from workflow.actions.submissions import acknowledge, make_package
from workflow.actors import SYSTEM
from workflow.links import link_path
from workflow.mails.accounts import password_address
from workflow.models import ApprovalRequest, Dispatch, ExternalRequest, PersonalLink, Process
from workflow.queries.processes import live_deadlines, live_stage, read_definition
from workflow.states import UNSENT, BodyKind, ChangeKind, Channel, Outcome, Role

PAUSING = AGREEMENT.replace("pauses_on_question: false", "pauses_on_question: true")
LATER = timedelta(days=40)


@dataclass(frozen=True)
class Situation:
    """Who comes, from which pages on, and how much later."""

    comes: Callable[[], Client]
    starts: tuple[str, ...]
    later: timedelta = timedelta(0)


def _process_page(process: Process) -> str:
    return reverse("process", args=[process.public_id])


def _officer(process: Process, *more: str, later: timedelta = timedelta(0)) -> Situation:
    return Situation(lambda: _lenient(officer_of(process.office)), (_process_page(process), *more), later)


def _lenient(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def _holder(link: PersonalLink, *names: str) -> Situation:
    def comes() -> Client:
        client = Client()
        assert client.post(link_path(link)).status_code == 302
        return client

    return Situation(comes, tuple(reverse(name, args=[link.public_id]) for name in names))


def _member(process: Process, request: ApprovalRequest) -> Situation:
    starts = (reverse("decision_member", args=[request.public_id]),)
    return Situation(lambda: signed_in(office=process.office, body=request.body), starts)


def _everything() -> Situation:
    """The estate: a hearing answered in part, decisions made, a package received; and what is of no one matter."""
    estate = an_estate("oest")
    body = [estate.council.public_id, estate.office.public_id]
    definition = estate.process.definition
    behind_the_first = next(spec.key for spec in read_definition(definition).stages if spec.after)
    in_mid_course = f"{reverse('process_new')}?definition={definition.pk}&begins={behind_the_first}"
    return _officer(
        estate.process,
        reverse("process_new"),
        in_mid_course,
        reverse("body_contact", args=body),
        reverse("body_substitutes", args=body),
        reverse("office_templates"),
        reverse("contacts_import", args=[estate.office.public_id]),
    )


FIRST_STEPS = ("first_steps", "shipped_bodies_load", "shipped_definitions_load", "first_steps_put_away")


def _people() -> Situation:
    """An office with somebody invited, somebody at work and somebody gone, as its administrator sees it."""
    office = an_office()
    at_work, gone = (an_officer(office, f"{name}@region.example", name) for name in ("jens", "gitte"))
    invited = invite_person(office, Role.AUDITOR, name="Ida Berg", email="ida@region.example", actor=SYSTEM, now=NOW)
    grant_role(at_work, office, Role.AUDITOR, actor=SYSTEM, now=NOW)
    close_account(gone, actor=SYSTEM, now=NOW)
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd")
    people = tuple(reverse("person", args=[office.public_id, one.public_id]) for one in (at_work, gone, invited))
    return Situation(
        lambda: signed_in(office=office, role=Role.ADMIN),
        (
            reverse("office"),
            reverse("office_change", args=[office.public_id]),
            reverse("person_invite", args=[office.public_id]),
            reverse("body_new", args=[office.public_id]),
            *(reverse(name, args=[office.public_id]) for name in FIRST_STEPS),
            reverse("definition_load", args=[office.public_id]),
            *(reverse(name, args=[office.public_id, body.public_id]) for name in ("body_change", "body_end")),
            *people,
        ),
    )


def _without_password() -> Situation:
    """Somebody who has been invited opens the link in the mail, or asks for another."""
    user = invite_person(an_office(), Role.AUDITOR, name="Ida", email="ida@region.example", actor=SYSTEM, now=NOW)
    link = urlsplit(password_address(user)).path
    return Situation(lambda: Client(raise_request_exception=False), (link, reverse("password_forgotten")))


def _passed_on() -> Situation:
    hearing = a_hearing(NOW)
    mailbox = _holder(hearing.party(1).link)
    passed_on = forward(hearing.party(1), to_email="kollega@part.example", actor=hearing.by_link(1), now=NOW)
    client = mailbox.comes()
    return Situation(
        lambda: client, (reverse("reply_take_back", args=[hearing.party(1).link.public_id, passed_on.public_id]),)
    )


def _light_round() -> Situation:
    hearing = an_input_round(NOW)
    Invitation.objects.filter(pk=hearing.party(1).pk).update(email="raad@part.example", channel=Channel.EMAIL)
    launch_round(hearing.round, closes_on=None, reason=WORDS, actor=OFFICER, now=NOW)
    return _officer(hearing.process)


def _to_launch(*, is_reachable: bool) -> Situation:
    hearing = a_round_in_draft(NOW)
    if not is_reachable:
        Invitation.objects.filter(pk=hearing.party(2).pk).update(email="")
    at = [hearing.process.public_id, hearing.round.stage.public_id]
    looked_at = reverse("round_launch", args=at) + "?closes_on=29%2F03%2F2019&clock=12.00"
    return _officer(hearing.process, looked_at)


def _under_way() -> Hearing:
    hearing = a_hearing(NOW)
    promise_answer(hearing.party(1), promised_on=date(2019, 4, 5), actor=hearing.by_link(1), now=NOW)
    Invitation.objects.filter(pk=hearing.party(2).pk).update(channel=Channel.PAPER, email="")
    Invitation.objects.filter(pk=hearing.party(3).pk).update(bounced_at=NOW)
    return hearing


def _answered_late() -> Situation:
    hearing = a_hearing(NOW)
    hearing.answers(1)
    hearing.answers(2, at=NOW + LATER)
    return _officer(hearing.process, later=LATER)


def _drafting() -> Situation:
    process = an_agreement(NOW)
    document = create_document(process, title="Aftale", actor=actor_of(process), now=NOW)
    add_version(document, markdown="# 1 Mål\n\nTekst.\n", actor=actor_of(process), now=NOW)
    return _officer(process)


def _drafted() -> Situation:
    process = an_agreement(NOW)
    a_locked_bundle(process, NOW)
    return _officer(process, reverse("publication_publish", args=[process.public_id, "path"]))


def _to_put_forward() -> Situation:
    process = _approving()
    a_working_set(process, NOW, text="# 1 Mål\n\nEn anden tekst.\n", change=ChangeKind.MATERIAL)
    return _officer(process)


def _corrected() -> Process:
    """Approved by every party, and corrected since; one has objected."""
    process = in_submission(NOW)
    corrected(process, NOW)
    objected(process, NOW)
    return process


def _unknown_fact() -> Situation:
    return _officer(an_agreement(NOW, parameters={}))


def _optional() -> Situation:
    process = a_lone_process(NOW)
    at = [process.public_id, stage_of(process, "second").public_id]
    return _officer(process, reverse("stage_skip", args=at))


def _as_member(body: str) -> Situation:
    process = _approving()
    return _member(process, request_to(process, body))


def _approving(*, is_lost: bool = False) -> Process:
    process = in_approval(NOW)
    if is_lost:
        ApprovalRequest.objects.filter(stage__process=process, body__key="council-1").update(bounced_at=NOW)
    decide(process, "council-2", NOW, Outcome.REJECTED)
    return process


def _listed(*, is_leaving: bool = False) -> Situation:
    """Nobody has been asked: the dispatch waits to be sent, or is to leave."""
    process = in_review(NOW)
    decide(process, "committee", NOW, stage="review")
    dispatch = Dispatch.objects.get(stage__process=process, state__in=UNSENT)
    if is_leaving:
        schedule_dispatch(dispatch, actor=actor_of(process), now=NOW)
    return _officer(process, reverse("dispatch", args=[process.public_id, dispatch.public_id]))


def _reserved() -> Situation:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    return _officer(process)


def _suspended() -> Situation:
    process = in_approval(NOW)
    # By then what is asked about the set put forward has left.
    later = timedelta(hours=1)
    suspend_process(process, reason=WORDS, actor=actor_of(process), now=NOW + later)
    return _officer(process, later=later)


def _packed() -> Situation:
    process = in_submission(NOW)
    make_package(live_stage(process, "submission"), actor=actor_of(process), now=NOW)
    return _officer(process)


def _ruling(*, stands_still: bool = False) -> Process:
    process = in_submission(NOW, text=PAUSING)
    acknowledge(sent(process, NOW), received_at=NOW, number="19/1", actor=actor_of(process), now=NOW)
    if stands_still:
        [clock] = [one for one in live_deadlines(process) if one.stage and one.stage.key == "ruling"]
        pause_clock(clock, reason=WORDS, actor=actor_of(process), now=NOW)
    return process


def _asked_of_authority(process: Process) -> PersonalLink:
    return ExternalRequest.objects.filter(stage__process=process).latest("id").link


SITUATIONS: Mapping[str, Callable[[], Situation]] = {
    "everything begun": _everything,
    "a round in preparation": lambda: _to_launch(is_reachable=True),
    "a round with a party mail cannot reach": lambda: _to_launch(is_reachable=False),
    "a light round": _light_round,
    "an office with people": _people,
    "a person invited": _without_password,
    "a task passed on": _passed_on,
    "a text locked": _drafted,
    "a text locked and not put forward": _to_put_forward,
    "a fact not known yet": _unknown_fact,
    "a stage that may be left out": _optional,
    "bodies mail cannot reach": lambda: _officer(_approving(is_lost=True)),
    "a party that has decided": lambda: _holder(request_to(_approving(), "council-2").link, "decision_link"),
    "a member whose body decides": lambda: _as_member("council-1"),
    "a member whose body has decided": lambda: _as_member("council-2"),
    "an authority that rules by its link": lambda: _holder(_asked_of_authority(_ruling()), "authority"),
    "a round under way": lambda: _officer(_under_way().process),
    "a party asked": lambda: _holder(_under_way().party(1).link, "reply"),
    "an answer that came late": _answered_late,
    "a party that answered provisionally": lambda: _holder(answered_provisionally(NOW).party(1).link, "reply"),
    "a provisional answer": lambda: _officer(answered_provisionally(NOW).process),
    **{name: lambda made=made: _officer(made().process, later=LATER) for name, made in HEARD_AGAIN.items()},
    "a text being drafted": _drafting,
    "a dispatch being prepared": _listed,
    "a dispatch about to leave": lambda: _listed(is_leaving=True),
    "parties asked": lambda: _officer(_approving()),
    "a party that decides": lambda: _holder(request_to(in_approval(NOW), "council-1").link, "decision_link"),
    "a text corrected and objected to": lambda: _officer(_corrected()),
    "a party whose text was corrected": lambda: _holder(request_to(_corrected(), "council-2").link, "decision_link"),
    "a member whose text was corrected": lambda: _member(process := _corrected(), request_to(process, "region")),
    "a reservation made": _reserved,
    "a matter suspended": _suspended,
    "an agreement that others may join": lambda: _officer(open_to_others(NOW)),
    "a party that declined to join": lambda: _holder(
        question_to(open_to_others(NOW), "council-2").link, "decision_link"
    ),
    "a package made": _packed,
    "a package sent": lambda: _officer(sent(in_submission(NOW), NOW).stage.process),
    "an authority that has not received it": lambda: _holder(sent(in_submission(NOW), NOW).link, "authority"),
    "an authority that rules": lambda: _officer(_ruling()),
    "a clock that stands still": lambda: _officer(_ruling(stands_still=True)),
}
