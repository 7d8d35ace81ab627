"""Matters at every point of their way, and every page and form that can be reached from there by following links."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from consultations.actions.parties import forward, promise_answer
from consultations.actions.rounds import launch_round
from consultations.models import Invitation
from tests.architecture.estate import NOW, an_estate
from tests.architecture.odd_visitors import Controls
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
    in_submission,
    request_to,
    sent,
)
from tests.workflow.agreements import officer_of as actor_of
from tests.workflow.factories import a_lone_process, stage_of
from tests.workflow.sub_agreements import open_to_others, question_to
from tests.workflow.test_corrections import corrected
from tests.workflow.test_objections import objected
from workflow.actions.deadlines import pause_clock
from workflow.actions.documents import add_version, create_document
from workflow.actions.processes import suspend_process
from workflow.actions.submissions import acknowledge, make_package
from workflow.links import link_path
from workflow.models import ApprovalRequest, ExternalRequest, PersonalLink, Process
from workflow.queries.processes import live_deadlines, live_stage, read_definition
from workflow.states import ChangeKind, Channel, Outcome

LINK = re.compile(r'href="(/[^"#]*)')
PAUSING = AGREEMENT.replace("pauses_on_question: false", "pauses_on_question: true")
WORDS, TODAY, COMING = "En begrundelse, der er lang nok", "01/03/2019", "20/05/2019"
BY_END = {
    "held_on": TODAY,
    "next_meeting_on": "",
    "meeting_on": TODAY,
    "received_on": TODAY,
    "ruled_on": TODAY,
    "happened_on": TODAY,
    "closes_on": "29/03/2019",
    "reply_by": COMING,
    "_on": COMING,
    "day": COMING,
    "value": COMING,
    "received_clock": "10.00",
    "clock": "12.00",
}
"""What is written in fields whose names end so; the first that fits counts."""
PLAIN = {"copies": "kollega@anden.example", "level": "council", "ground": "", "lapses_on": ""}
"""Fields in which a plain decision, a reservation settled at once or a contact has this and nothing else."""
ANNOUNCING = ("request_meeting", "decision_meeting_link", "decision_meeting_member")
"""Forms that ask for a meeting to come."""
LATER = timedelta(days=40)
LEAVING = ("", "set_language", "account_logout", "link_close")
"""Forms that write nothing of a matter: the language, and the ways out of a browser."""


@dataclass(frozen=True)
class Form:
    """A form as a browser shows it. at: the page it stands on. target: where it is sent to, and that address's name."""

    at: str
    target: str
    name: str
    values: Mapping[str, str]
    typed: frozenset[str]
    files: frozenset[str]


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
    starts = (
        reverse("process_new"),
        in_mid_course,
        reverse("body_contact", args=body),
        reverse("body_substitutes", args=body),
    )
    return _officer(estate.process, *starts)


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


def _reserved() -> Situation:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, remarks="Hvis penge følger med.")
    return _officer(process)


def _suspended() -> Situation:
    process = in_approval(NOW)
    suspend_process(process, reason=WORDS, actor=actor_of(process), now=NOW)
    return _officer(process)


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


def _sent_link(process: Process) -> PersonalLink:
    return sent(process, NOW).link


SITUATIONS: Mapping[str, Callable[[], Situation]] = {
    "everything begun": _everything,
    "a round in preparation": lambda: _to_launch(is_reachable=True),
    "a round with a party mail cannot reach": lambda: _to_launch(is_reachable=False),
    "a light round": _light_round,
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
    "an authority that has not received it": lambda: _holder(_sent_link(in_submission(NOW)), "authority"),
    "an authority that rules": lambda: _officer(_ruling()),
    "a clock that stands still": lambda: _officer(_ruling(stands_still=True)),
}


def forms_of(client: Client, starts: tuple[str, ...]) -> Iterator[Form]:
    """Every form that can be reached by following links from these pages within the same matter, each sort once."""
    waiting, seen, known = list(starts), set(starts), set()
    within = tuple(_within(start) for start in starts)
    while waiting:
        at = waiting.pop(0)
        page: Any = client.get(at)
        if page.status_code != 200 or "html" not in page.headers.get("Content-Type", ""):
            continue
        html = page.content.decode()
        for form in forms_on(html, at):
            sort = (form.name, frozenset(form.values), form.files, form.target if "/parter/" in form.target else "")
            if sort not in known:
                known.add(sort)
                yield form
        for link in LINK.findall(html):
            address = link.replace("&amp;", "&")
            if address.startswith(within) and "?" not in address and address not in seen:
                seen.add(address)
                waiting.append(address)


def _within(start: str) -> str:
    return "/".join(urlsplit(start).path.split("/")[:3]) + "/"


def forms_on(html: str, at: str) -> list[Form]:
    """The forms of a page that are sent, but for the language button."""
    controls = _WithFiles()
    controls.feed(html)
    found = []
    for (action, values, typed, _id), files in zip(controls.forms, controls.files, strict=True):
        target = urlsplit(action).path or urlsplit(at).path
        if action == "-" or name_of(target) in LEAVING:
            continue
        found.append(Form(at, target, name_of(target), values, frozenset(typed), frozenset(files)))
    return found


def name_of(path: str) -> str:
    """The name of an address; "" where there is none."""
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""


class _WithFiles(Controls):
    def __init__(self) -> None:
        super().__init__()
        self.files: list[set[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        given = dict(attrs)
        if tag == "form":
            self.files.append(set())
        elif tag == "input" and given.get("type") == "file" and self.files and given.get("name"):
            self.files[-1].add(str(given["name"]))


def filled_in(name: str, value: str, typed: frozenset[str] | set[str]) -> str:
    """What a person might write in a field."""
    if "email" in name:
        return "ny.person@anden.example"
    for end, day in BY_END.items():
        if name.endswith(end):
            return day
    return WORDS if name in typed and value in ("", "1", "Behold disse ord") else value


def written(form: Form, **other: str) -> dict[str, Any]:
    """What a person sends with a form: every field filled in, a file where one may be given."""
    sent: dict[str, Any] = {name: filled_in(name, value, form.typed) for name, value in form.values.items()}
    if form.name in ANNOUNCING:
        sent["meeting_on"] = COMING
    sent |= {name: "" for name in sent if name.startswith("minority-0")}
    sent |= {name: value for name, value in PLAIN.items() if name in sent}
    sent |= {name: SimpleUploadedFile("svar.txt", b"Svar\n", content_type="text/plain") for name in form.files}
    return sent | other
