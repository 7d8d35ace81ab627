"""Every form of the product that takes files, filled in so that its deed can be done."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from consultations.forms.answers import AnswerForm, BehalfForm
from consultations.forms.rounds import NoteForm
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.views.conftest import holder_of as party_of
from tests.workflow.agreements import decide, in_approval, in_submission, request_to, sent_off
from tests.workflow.factories import a_shipped_definition, an_office, an_officer, stage_of, the_bodies
from tests.workflow.test_corrections import corrected
from tests.workflow.views.sent_papers import awaiting_ruling
from tests.workflow.views.visitors import a_decision, a_member, holder_of, signed_in
from workflow.forms.approvals import AddendumForm, ConfirmedDecisionForm, DecisionOnBehalfForm, MinutesForm
from workflow.forms.documents import VersionForm
from workflow.forms.files import FilesForm
from workflow.forms.mid_course import StartInMidCourseForm
from workflow.forms.objections import ObjectionOnBehalfForm
from workflow.forms.submissions import MilestoneForm, OwnRulingForm, ReceiptOnBehalfForm, RulingForm
from workflow.models import ApprovalRequest, Body, Contact, Process
from workflow.states import ProcessState


@dataclass
class Form:
    """A page's form, filled in so that its deed can be done.

    page: where it stands, when it is sent elsewhere. lacking: what makes the form itself refuse. unfit: what makes the
    deed's rule refuse. hinder, free: what stands in the way of a form of which nothing else can be wrong.
    """

    browser: Client
    url: str
    facts: dict[str, Any]
    files: tuple[str, ...]
    lacking: dict[str, Any] = field(default_factory=dict)
    unfit: dict[str, Any] = field(default_factory=dict)
    hinder: Callable[[], object] = lambda: None
    free: Callable[[], object] = lambda: None
    page: str = ""

    def sent(self) -> dict[str, Any]:
        """The facts, and every other control that a browser sends with the page's form, empty."""
        shown = self.browser.get(self.page or self.url).content.decode()
        controls = re.findall(r'<(?:textarea|input\s+type="(?:text|hidden)")\s+name="([\w-]+)"', shown)
        return {**{name: "" for name in controls if name not in ("csrfmiddlewaretoken", "next")}, **self.facts}


def _officer(process: Process) -> Client:
    return signed_in(an_officer(process.office, email="own@example.dk"))


def _asked(*, has_decided: bool = False) -> ApprovalRequest:
    process = in_approval(LAUNCHED)
    if has_decided:
        decide(process, "council-1", LAUNCHED)
    return request_to(process, "council-1")


def _of_asked(name: str, request: ApprovalRequest) -> str:
    return reverse(name, args=[request.stage.process.public_id, request.public_id])


def _decision(request: ApprovalRequest, browser: Client, url: str) -> Form:
    facts = a_decision(request.link, meeting_on="01/03/2019")
    return Form(browser, url, facts, ("minutes",), {"confirmed": ""}, {"meeting_on": "02/03/2019"})


def decision_link() -> Form:
    request = _asked()
    return _decision(request, holder_of(request.link), reverse("decision_link", args=[request.link.public_id]))


def decision_member() -> Form:
    request = _asked()
    browser = signed_in(a_member(request.stage.process.office, request.body))
    return _decision(request, browser, reverse("decision_member", args=[request.public_id]))


def decision_on_behalf() -> Form:
    request = _asked()
    facts = a_decision(request.link, meeting_on="01/03/2019", received_on="01/03/2019", received_clock="09.30")
    lacking, unfit = {"outcome": ""}, {"received_on": "02/03/2019"}
    url = _of_asked("decision_on_behalf", request)
    return Form(_officer(request.stage.process), url, facts, ("minutes", "source"), lacking, unfit)


def _addendum(browser: Client, url: str, page: str = "") -> Form:
    return Form(browser, url, {"text": "Punkt 8.", "key": "k"}, ("file",), {"text": ""}, page=page)


def decision_addendum_link() -> Form:
    request = _asked(has_decided=True)
    url, page = (reverse(name, args=[request.link.public_id]) for name in ("decision_addendum_link", "decision_link"))
    return _addendum(holder_of(request.link), url, page)


def decision_addendum_member() -> Form:
    request = _asked(has_decided=True)
    browser = signed_in(a_member(request.stage.process.office, request.body))
    url, page = (reverse(name, args=[request.public_id]) for name in ("decision_addendum_member", "decision_member"))
    return _addendum(browser, url, page)


def addendum_on_behalf() -> Form:
    request = _asked(has_decided=True)
    return _addendum(_officer(request.stage.process), _of_asked("addendum_on_behalf", request))


def _minutes(request: ApprovalRequest, browser: Client, url: str, page: str = "") -> Form:
    process = Process.objects.filter(pk=request.stage.process_id)

    def hinder() -> None:
        process.update(state=ProcessState.ABANDONED)  # no deed could free it again

    def free() -> None:
        process.update(state=ProcessState.RUNNING)

    return Form(browser, url, {"key": "k"}, ("minutes",), hinder=hinder, free=free, page=page)


def decision_minutes_link() -> Form:
    request = _asked(has_decided=True)
    url, page = (reverse(name, args=[request.link.public_id]) for name in ("decision_minutes_link", "decision_link"))
    return _minutes(request, holder_of(request.link), url, page)


def decision_minutes_member() -> Form:
    request = _asked(has_decided=True)
    browser = signed_in(a_member(request.stage.process.office, request.body))
    url, page = (reverse(name, args=[request.public_id]) for name in ("decision_minutes_member", "decision_member"))
    return _minutes(request, browser, url, page)


def minutes_on_behalf() -> Form:
    request = _asked(has_decided=True)
    return _minutes(request, _officer(request.stage.process), _of_asked("minutes_on_behalf", request))


def objection_on_behalf() -> Form:
    process = in_submission(LAUNCHED)
    bundle = corrected(process, LAUNCHED)
    facts = {"bundle": bundle.sha256, "text": "Det ændrer meningen.", "key": "k"}
    facts |= {"received_on": "01/03/2019", "received_clock": "10.00"}
    url = _of_asked("objection_on_behalf", request_to(process, "council-1"))
    return Form(_officer(process), url, facts, ("source",), {"text": ""}, {"received_on": "02/03/2019"})


def receipt_on_behalf() -> Form:
    process, sent = sent_off(LAUNCHED)
    facts = {"received_on": "01/03/2019", "received_clock": "10.00", "number": "05-1", "key": "k"}
    url = reverse("receipt_on_behalf", args=[process.public_id, sent.public_id])
    return Form(_officer(process), url, facts, ("file",), {"received_on": ""}, {"received_on": "01/02/2019"})


def _ruling(browser: Client, url: str, page: str = "", **signer: str) -> Form:
    facts = {"outcome": "approved", "ruled_on": "01/03/2019", "text": "Godkendt.", "key": "k", **signer}
    return Form(browser, url, facts, ("file",), {"outcome": ""}, {"ruled_on": "02/03/2019"}, page=page)


def ruling_on_behalf() -> Form:
    sent = awaiting_ruling(LAUNCHED)
    url = reverse("ruling_on_behalf", args=[sent.stage.process.public_id, sent.public_id])
    return _ruling(_officer(sent.stage.process), url)


def authority_ruling() -> Form:
    sent = awaiting_ruling(LAUNCHED)
    url, page = (reverse(name, args=[sent.link.public_id]) for name in ("authority_ruling", "authority"))
    return _ruling(holder_of(sent.link), url, page, signer_name="Sif Sund", signer_position="Kontorchef")


def milestone_record() -> Form:
    process = in_submission(LAUNCHED)
    facts = {"happened_on": "01/03/2019", "bodies": [str(Body.objects.get(key="council-1").public_id)], "key": "k"}
    ids = [process.public_id, stage_of(process, "in_force").public_id]
    url, page = (reverse(name, args=ids) for name in ("milestone_record", "milestones"))
    return Form(_officer(process), url, facts, ("file",), {"bodies": []}, {"happened_on": "02/03/2019"}, page=page)


def process_new() -> Form:
    """In mid-course: what was done before comes with its papers."""
    office = an_office()
    for number, body in enumerate(the_bodies().values()):
        Contact.objects.create(office=office, body=body, email=f"post@organ-{number}.example")
    browser = signed_in(an_officer(office, email="own@example.dk"))
    definition = a_shipped_definition(office, "hoering", LAUNCHED)
    url = f"{reverse('process_new')}?definition={definition.pk}&begins=hearing"
    told = {"on": "01/02/2019", "reason": "Skrevet uden for systemet.", "title": "Planen", "words": "# 1 Mål\n\nOrd."}
    facts = {"title": "Trafikplan", "begins": "hearing", "key": "k"}
    facts |= {f"stage_drafting__{part}": words for part, words in told.items()}
    facts["shown"] = browser.post(url, {**facts, "do": "look"}).context["look"].shown
    unfit = {"stage_drafting__on": "02/03/2019"}
    return Form(browser, url, facts, ("stage_drafting__files",), {"title": ""}, unfit)


def document_new() -> Form:
    process = in_approval(LAUNCHED)
    facts = {"title": "Bilag", "text": "# 1. Bilag\n\nOrd.", "key": "k"}
    return Form(_officer(process), reverse("document_new", args=[process.public_id]), facts, ("file",), {"title": ""})


def version_new() -> Form:
    process = in_approval(LAUNCHED)
    facts = {"title": "Aftale", "text": "# 1. Bilag\n\nOrd.", "key": "k"}
    url = reverse("version_new", args=[process.public_id, process.documents.get().public_id])
    return Form(_officer(process), url, facts, ("file",), {"title": ""})


def note_new() -> Form:
    hearing = a_hearing()
    stage = hearing.round.stage
    facts = {"held_on": "01/03/2019", "occasion": "Temadrøftelse", "text": "Ældrerådet talte.", "key": "k"}
    url = reverse("note_new", args=[hearing.process.public_id, stage.public_id])
    return Form(_officer(hearing.process), url, facts, ("file",), {"text": ""})


def party_answer() -> Form:
    hearing = a_hearing()
    stage, party = hearing.round.stage, hearing.party()
    facts = {"road": "paper", "received_on": "01/03/2019", "received_clock": "10.00", "kind": "remarks", "key": "k"}
    url = reverse("party_answer", args=[hearing.process.public_id, stage.public_id, party.public_id])
    files = ("source", "attachments")
    return Form(_officer(hearing.process), url, facts, files, {"received_on": ""}, {"received_on": "01/01/2019"})


def reply_write() -> Form:
    hearing = a_hearing()
    facts = {"do": "send", "version": "0", "text": "Vi er enige.", "key": "k"}
    url = reverse("reply_write", args=[hearing.party().link.public_id])
    lacking = {"confidential_note": "x" * 5001}
    return Form(party_of(hearing), url, facts, ("attachments",), lacking, {"version": "7"})


WALKED: dict[type[FilesForm], tuple[Callable[[], Form], ...]] = {
    ConfirmedDecisionForm: (decision_link, decision_member),
    DecisionOnBehalfForm: (decision_on_behalf,),
    AddendumForm: (decision_addendum_link, decision_addendum_member, addendum_on_behalf),
    MinutesForm: (decision_minutes_link, decision_minutes_member, minutes_on_behalf),
    ObjectionOnBehalfForm: (objection_on_behalf,),
    StartInMidCourseForm: (process_new,),
    ReceiptOnBehalfForm: (receipt_on_behalf,),
    RulingForm: (ruling_on_behalf,),
    OwnRulingForm: (authority_ruling,),
    MilestoneForm: (milestone_record,),
    VersionForm: (document_new, version_new),
    NoteForm: (note_new,),
    BehalfForm: (party_answer,),
    AnswerForm: (reply_write,),
}
FORMS = {form.__name__: form for forms in WALKED.values() for form in forms}
