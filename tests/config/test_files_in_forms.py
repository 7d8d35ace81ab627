"""Every form of the product that takes files: whatever is refused, no file has to be chosen again, and the reason that
is told is the true one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from config.url_policies import addresses, takes_files
from consultations.forms.answers import AnswerForm, BehalfForm
from consultations.forms.rounds import NoteForm
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.views.conftest import holder_of as party_of
from tests.styleguide import SampleForm
from tests.uploads import names_received_in, received_in, token_of
from tests.workflow.agreements import decide, in_approval, in_submission, officer_of, request_to, sent_off
from tests.workflow.document_factories import LOCKED
from tests.workflow.factories import an_officer, stage_of
from tests.workflow.views.visitors import a_decision, a_member, holder_of, signed_in
from workflow.actions.submissions import acknowledge
from workflow.forms.approvals import (
    AddendumForm,
    ConfirmedDecisionForm,
    DecisionForm,
    DecisionOnBehalfForm,
    MinutesForm,
)
from workflow.forms.documents import VersionForm
from workflow.forms.files import FilesForm
from workflow.forms.submissions import MilestoneForm, OwnRulingForm, ReceiptOnBehalfForm, RulingForm
from workflow.models import ApprovalRequest, Body, ExternalRequest, Process, StoredFile
from workflow.states import ProcessState

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "clock", "media")]


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(LAUNCHED, tick=False):
        yield


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


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


def receipt_on_behalf() -> Form:
    process, sent = sent_off(LAUNCHED)
    facts = {"received_on": "01/03/2019", "received_clock": "10.00", "number": "05-1", "key": "k"}
    url = reverse("receipt_on_behalf", args=[process.public_id, sent.public_id])
    return Form(_officer(process), url, facts, ("file",), {"received_on": ""}, {"received_on": "01/02/2019"})


def _in_ruling() -> ExternalRequest:
    process, sent = sent_off(LAUNCHED)
    acknowledge(sent, received_at=LAUNCHED, number="05-1", actor=officer_of(process), now=LAUNCHED)
    return ExternalRequest.objects.select_related("link", "stage__process").get(stage=stage_of(process, "ruling"))


def _ruling(browser: Client, url: str, page: str = "", **signer: str) -> Form:
    facts = {"outcome": "approved", "ruled_on": "01/03/2019", "text": "Godkendt.", "key": "k", **signer}
    return Form(browser, url, facts, ("file",), {"outcome": ""}, {"ruled_on": "02/03/2019"}, page=page)


def ruling_on_behalf() -> Form:
    sent = _in_ruling()
    url = reverse("ruling_on_behalf", args=[sent.stage.process.public_id, sent.public_id])
    return _ruling(_officer(sent.stage.process), url)


def authority_ruling() -> Form:
    sent = _in_ruling()
    url, page = (reverse(name, args=[sent.link.public_id]) for name in ("authority_ruling", "authority"))
    return _ruling(holder_of(sent.link), url, page, signer_name="Sif Sund", signer_position="Kontorchef")


def milestone_record() -> Form:
    process = in_submission(LAUNCHED)
    facts = {"happened_on": "01/03/2019", "bodies": [str(Body.objects.get(key="council-1").public_id)], "key": "k"}
    ids = [process.public_id, stage_of(process, "in_force").public_id]
    url, page = (reverse(name, args=ids) for name in ("milestone_record", "milestones"))
    return Form(_officer(process), url, facts, ("file",), {"bodies": []}, {"happened_on": "02/03/2019"}, page=page)


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


def chosen(form: Form, content: bytes = b"Bilag\n", ending: str = "txt") -> dict[str, SimpleUploadedFile]:
    """A file in each of the form's fields, under the field's name."""
    return {name: SimpleUploadedFile(f"{name}.{ending}", content) for name in form.files}


def names_of(form: Form) -> list[str]:
    return [f"{name}.txt" for name in form.files]


def stored() -> list[str]:
    """The names of all files kept, but for packages."""
    return sorted(StoredFile.objects.exclude(name__endswith=".zip").values_list("name", flat=True))


@pytest.mark.parametrize("name", FORMS)
def test_send_form_with_files_and_something_else_wrong_holds_the_files_until_the_deed_is_done(name: str) -> None:
    form = FORMS[name]()
    before = stored()
    form.hinder()

    lacking = form.browser.post(form.url, {**form.facts, **form.lacking, **form.unfit, **chosen(form)})
    unfit = form.browser.post(form.url, {**form.facts, **(form.unfit or form.lacking), **received_in(lacking)})
    form.free()
    nothing = stored()
    done = form.browser.post(form.url, {**form.facts, **received_in(unfit)})
    again = form.browser.post(form.url, {**form.facts, **received_in(unfit)})

    assert (lacking.status_code // 100, unfit.status_code // 100) == (4, 4)
    assert names_received_in(lacking) == names_received_in(unfit) == names_of(form)
    assert nothing == before, "a form that is refused keeps nothing"
    assert done.status_code == 302, done.content.decode()
    assert stored() == sorted([*before, *names_of(form)])
    assert again.status_code == 302, errors_in(again)
    assert stored() == sorted([*before, *names_of(form)]), "two presses are one deed"


@pytest.mark.parametrize("name", FORMS)
def test_send_form_with_a_file_that_is_not_taken_in_says_so_beside_what_else_is_wrong(name: str) -> None:
    form = FORMS[name]()
    locked = chosen(form, LOCKED["svar.pdf"], "pdf")
    hindered = {**form.facts, **(form.unfit or form.lacking)}
    form.hinder()

    fit = form.browser.post(form.url, {**hindered, **chosen(form)})
    both = form.browser.post(form.url, {**hindered, **locked})
    form.free()
    for upload in locked.values():
        upload.seek(0)
    alone = form.browser.post(form.url, {**form.facts, **locked})

    reasons = errors_in(fit)
    told = {
        f"“{name}.pdf” cannot be opened without a password. Save it without one, and choose it again."
        for name in form.files
    }
    assert reasons
    assert not reasons & told
    assert errors_in(both) == reasons | told
    assert errors_in(alone) == told
    assert names_received_in(both) == names_received_in(alone) == []
    assert not StoredFile.objects.filter(name__endswith=".pdf").exists()


@pytest.mark.parametrize("name", FORMS)
def test_send_form_again_with_a_file_left_out_or_received_for_another_matter_goes_without_it(name: str) -> None:
    form = FORMS[name]()
    hindered = {**form.facts, **(form.unfit or form.lacking)}
    form.hinder()
    refused = form.browser.post(form.url, {**hindered, **chosen(form)})
    file = form.files[-1]
    left_out = {f"{file}-leave-out": token_of(refused, f"{file}.txt")}

    without = form.browser.post(form.url, {**hindered, **received_in(refused), **left_out})
    foreign = form.browser.post(form.url, {**hindered, f"{file}-received": "WyJhIl0:1tYQ9d:c2lnbmF0dXJl"})

    assert names_received_in(without) == names_of(form)[:-1]
    assert "A file that came with the form before is no longer here. Choose it again." in errors_in(foreign)


@pytest.mark.parametrize("name", FORMS)
def test_press_language_with_files_chosen_shows_them_as_received_in_the_other_language(name: str) -> None:
    form = FORMS[name]()
    before, facts, page = stored(), form.sent(), form.page or form.url

    there = form.browser.post(page, {**facts, **chosen(form), "switch_language": "da"})
    back = form.browser.post(page, {**facts, **received_in(there), "switch_language": "en"})
    locked = chosen(form, LOCKED["svar.pdf"], "pdf")
    unfit = form.browser.post(page, {**facts, **locked, "switch_language": "da"})
    done = form.browser.post(form.url, {**form.facts, **received_in(back)})

    assert (there.status_code, back.status_code, unfit.status_code) == (200, 200, 200)
    assert names_received_in(there) == names_received_in(back) == names_of(form)
    assert "Udelad" in there.content.decode()
    assert names_received_in(unfit) == []
    assert unfit.content.decode().count("kan ikke åbnes uden adgangskode") >= len(form.files)
    assert done.status_code == 302
    assert stored() == sorted([*before, *names_of(form)])


@pytest.mark.parametrize("name", FORMS)
def test_press_language_on_a_form_that_was_refused_leads_to_a_page_that_can_be_read(name: str) -> None:
    form = FORMS[name]()
    form.hinder()

    refused = form.browser.post(form.url, {**form.facts, **(form.unfit or form.lacking), **chosen(form)})

    assert set(re.findall('formaction="([^"]+)"', refused.content.decode())) == {form.page or form.url}


@pytest.mark.parametrize("name", ["party_answer", "reply_write"])
def test_send_form_with_three_hundred_files_names_the_limit_and_loses_none(name: str) -> None:
    form = FORMS[name]()
    many = [SimpleUploadedFile(f"bilag-{number}.txt", b"Bilag %d" % number) for number in range(300)]

    refused = form.browser.post(form.url, {**form.facts, "attachments": many})
    held = form.browser.post(form.url, {**form.facts, **received_in(refused)})
    tokens = received_in(held)["attachments-received"]
    few = {"attachments-received": tokens, "attachments-leave-out": tokens[20:]}
    done = form.browser.post(form.url, {**form.facts, **few})

    for page in (refused, held):
        assert page.status_code == 422
        assert errors_in(page) == {
            "300 files are chosen; at most 100 can be sent. Leave some out, or send one archive."
        }
        assert names_received_in(page) == [f"bilag-{number}.txt" for number in range(300)]
    assert done.status_code == 302
    assert len(stored()) == 20


def errors_in(page: Any) -> set[str]:
    """What the forms of a page say is wrong."""
    shown = [page.context.get(name) for name in ("form", "addendum_form", "minutes_form", "ruling_form")]
    found = [form.errors for form in shown if isinstance(form, FilesForm) and form.is_bound]
    return {text for errors in found for texts in errors.values() for text in texts}


def test_read_source_no_form_takes_files_another_way_than_those_walked_over() -> None:
    others = [
        str(path.relative_to(ROOT))
        for app in ("config", "consultations", "workflow", "notifications")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"\b(FileField|ImageField|FileInput|\.FILES\.get)", path.read_text(encoding="utf-8"))
    ]

    assert others == ["workflow/forms/files.py"]
    assert {name for _route, view, name in addresses() if takes_files(view)} == set(FORMS)
    assert set(_below(FilesForm)) - {DecisionForm, SampleForm} == set(WALKED)


def _below(form: type[FilesForm]) -> Iterator[type[FilesForm]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)
