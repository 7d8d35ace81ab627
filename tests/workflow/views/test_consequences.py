"""What a page says before a press is what the press then does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import (
    AGREEMENT,
    a_locked_bundle,
    an_agreement,
    decide,
    in_approval,
    in_review,
    in_submission,
    officer_of,
    request_to,
    sent,
)
from tests.workflow.document_factories import a_version
from tests.workflow.factories import an_officer
from tests.workflow.views.visitors import holder_of, no_minority, signed_in
from workflow.actions.stages import return_stage
from workflow.actions.submissions import make_package
from workflow.forms.approvals import DecisionOnBehalfForm
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Decision, Process, StoredFile
from workflow.queries.processes import live_stage, stage_spec
from workflow.states import ChangeKind, DecisionState, Outcome, StageState
from workflow.views.resuming import nearness

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
REVIEWED_WITH_MINUTES = AGREEMENT.replace(
    "      - gate: body_decision\n        body: committee\n",
    "      - gate: body_decision\n        body: committee\n      - gate: minutes_received\n",
    1,
)
LATER = NOW + timedelta(days=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def _client(process: Process) -> Client:
    return signed_in(an_officer(process.office, email="reader@example.dk"))


def _said(content: bytes) -> str:
    """The words of the page, as they are read."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def _mails() -> set[int]:
    return set(OutgoingMail.objects.values_list("id", flat=True))


@time_machine.travel(LATER, tick=False)
def test_complete_stage_names_who_is_asked_before_the_press_and_changes_nothing_till_then() -> None:
    process = an_agreement(NOW)
    a_locked_bundle(process, NOW)
    stage = live_stage(process, "drafting")
    url, client = reverse("stage_complete", args=[process.public_id, stage.public_id]), _client(process)
    before, entries = _mails(), AuditEntry.objects.count()

    said = _said(client.get(url).content)

    assert (_mails(), AuditEntry.objects.count()) == (before, entries)
    stage.refresh_from_db()
    assert stage.state == StageState.OPEN
    client.post(url, {"key": "k1"})
    [mail] = OutgoingMail.objects.exclude(id__in=before)
    assert f"Anmodning om beslutning: 1 modtager ({request_to(process, 'committee', 'review').body.name})" in said
    assert mail.kind == "decision_request"
    assert "Nej, det kan ikke tages tilbage" in said


@time_machine.travel(LATER, tick=False)
def test_go_on_without_a_body_says_that_it_is_passed_over_and_who_is_asked_then() -> None:
    process = in_review(NOW)
    stage = live_stage(process, "review")
    shut = next(row for row in gate_statuses(stage, LATER) if not row.is_open)
    client = _client(process)
    url = reverse("gate", args=[process.public_id, stage.public_id, shut.key])

    said = _said(client.get(url).content)
    done = client.post(url, {"reason": "Udvalget er enigt på skrift", "key": "k1"}, follow=True)

    committee = request_to(process, "committee", "review").body.name
    assert f"Der gås videre uden dem, og de får ingen mail om det: 1 organ ({committee})" in said
    assert "Anmodning om beslutning: 3 modtagere" in said
    assert "Betingelsen er fraveget." in _said(done.content)
    assert "3 mails er på vej." in _said(done.content)
    assert OutgoingMail.objects.filter(queued_at=LATER, kind="decision_request").count() == 3


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("change", ["material", "editorial"])
def test_lock_set_says_for_each_kind_of_change_what_falls_and_tells_the_numbers_afterwards(change: str) -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    version = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    council, client = request_to(process, "council-1").body.name, _client(process)
    url = reverse("bundle_new", args=[process.public_id])

    page = client.get(url)
    said = _said(page.content)
    picked = [str(version.public_id)]
    given = {"chosen": picked, "approved": picked, "change": change, "note": "Rettet", "key": "k1"}
    done = client.post(url, {**given, "shown": page.context["look"].shown}, follow=True)

    material, editorial = said.split("Hvis det er: Redaktionel")[0], said.split("Hvis det er: Redaktionel")[1]
    assert re.search(rf"bortfalder: [^.]*{council}", material)
    assert re.search(rf"står ved magt: [^.]*{council}", editorial)
    mails = OutgoingMail.objects.filter(queued_at=LATER).count()
    assert f"{mails} mails er på vej." in _said(done.content)
    assert (change == "material") == Decision.objects.filter(state=DecisionState.FALLEN, body__name=council).exists()


@time_machine.travel(LATER, tick=False)
def test_send_back_says_whose_question_is_withdrawn_without_a_mail_and_who_is_asked_anew() -> None:
    process = in_approval(NOW)
    stage = live_stage(process, "approval")
    said = _said(_client(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

    back_to_review = said.split("Tilbage til: ")[-1]
    assert request_to(process, "council-1").body.name in back_to_review
    assert "Spørges ikke længere og får ingen mail om det" in back_to_review
    assert "Anmodning om beslutning: 1 modtager" in back_to_review


@time_machine.travel(LATER, tick=False)
def test_send_back_says_of_decisions_in_stages_sent_back_when_their_body_is_asked_anew() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    decide(process, "council-2", NOW, Outcome.REJECTED)
    yes, no = (request_to(process, key).body.name for key in ("council-1", "council-2"))
    committee = request_to(process, "committee", "review").body.name
    stage = live_stage(process, "approval")

    said = _said(_client(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

    [to_drafting] = [part for part in said.split("Tilbage til: ") if part.startswith(_title(process, "drafting"))]
    changed = re.search(r"spørges organet kun på ny, hvis teksten er ændret indholdsmæssigt: ([^.]*)\.", to_drafting)
    anew = re.search(r"organet spørges så på ny: ([^.]*)\.", to_drafting)
    assert changed
    assert committee in changed[1]
    assert yes in changed[1]
    assert anew
    assert no in anew[1]
    assert yes not in anew[1]


def _title(process: Process, key: str) -> str:
    return str(stage_spec(live_stage(process, key)).title)


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("outcome", [Outcome.APPROVED, Outcome.REJECTED, Outcome.NOTED, Outcome.REFERRED_BACK])
def test_record_decision_never_says_that_the_body_that_decides_is_asked_no_longer(outcome: Outcome) -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")
    url = reverse("decision_on_behalf", args=[process.public_id, asked.public_id])

    said = _said(_client(process).get(url).content)

    told = next(
        part for part in said.split("Hvis beslutningen er: ")[1:] if str(outcome.label) in part.split("Hvad sker")[0]
    )
    assert "Spørges ikke længere" not in told
    assert "Nej. En tilføjelse ændrer ikke udfaldet." in told
    duty = "Der kommer en opgave på sekretariatets liste."
    assert (duty in told) == (outcome is not Outcome.APPROVED)


@time_machine.travel(LATER, tick=False)
def test_record_decision_that_does_not_count_says_what_the_stage_waits_for_and_how_it_is_put_right() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")
    url, client = reverse("decision_on_behalf", args=[process.public_id, asked.public_id]), _client(process)

    said = _said(client.get(url).content)
    decide(process, "council-1", NOW, Outcome.REJECTED)
    again = client.get(reverse("request_ask_again", args=[process.public_id, asked.public_id]))

    told = next(
        part for part in said.split("Hvis beslutningen er: ")[1:] if "Ikke godkendt" in part.split("Hvad sker")[0]
    )
    assert "til I spørger organet igen, låser en version med indholdsmæssige ændringer eller sender sagen" in told
    assert "så brug »Spørg igen«: Organet får en mail" in told
    assert "Ny anmodning om beslutning: 1 modtager" in _said(again.content)
    yes = next(part for part in said.split("Hvis beslutningen er: ")[1:] if part.startswith("Godkendt"))
    assert "Spørg igen" not in yes, "a body that has approved is not asked again"


@time_machine.travel(LATER, tick=False)
def test_read_deeds_under_which_no_decision_can_fall_does_not_list_those_that_stand() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    asked = request_to(process, "council-2")

    pages = [
        reverse("process_suspend", args=[process.public_id]),
        reverse("decision_on_behalf", args=[process.public_id, asked.public_id]),
    ]

    client = _client(process)

    assert not [url for url in pages if "står ved magt" in _said(client.get(url).content)]


@time_machine.travel(LATER, tick=False)
def test_lock_set_editorially_without_a_note_is_refused_as_the_field_says_beforehand() -> None:
    process = in_approval(NOW)
    version = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    url, client = reverse("bundle_new", args=[process.public_id]), _client(process)
    page = client.get(url)
    picked = [str(version.public_id)]
    given = {"chosen": picked, "approved": picked, "change": "editorial", "note": "", "key": "k1"}

    refused = client.post(url, {**given, "shown": page.context["look"].shown})

    assert process.bundles.count() == 1
    assert "Skriv, hvad der er ændret" in _said(refused.content)
    assert "Skal udfyldes ved en redaktionel ændring" in _said(page.content)
    assert "Teksten står ordret i mailen til de organer" in _said(page.content)
    assert "Hvad er ændret? (frivilligt)" not in _said(page.content)


def test_lock_set_that_nobody_is_asked_about_does_not_say_in_the_record_that_bodies_are_asked() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    return_stage(live_stage(process, "approval"), to="drafting", reason="Ny tekst", actor=officer_of(process), now=NOW)
    mails = OutgoingMail.objects.count()

    a_locked_bundle(process, LATER, text="Nyt.", change=ChangeKind.MATERIAL)

    assert OutgoingMail.objects.count() == mails
    written = set(AuditEntry.objects.filter(at=LATER).values_list("verb", flat=True))
    assert "let_fall" in written
    assert "rebind_requests" not in written


@time_machine.travel(LATER, tick=False)
def test_give_up_says_what_the_public_page_shows_afterwards() -> None:
    process = in_approval(NOW, is_public=True)

    said = _said(_client(process).get(reverse("process_abandon", args=[process.public_id])).content)

    assert "Den offentlige side bliver stående og viser, at processen er opgivet" in said
    assert "Spørges ikke længere og får ingen mail om det: 3 organer" in said


@time_machine.travel(LATER, tick=False)
def test_suspend_says_what_rests_and_gives_a_short_reason_back_in_its_form() -> None:
    process = in_approval(NOW, is_public=True)
    url, client = reverse("process_suspend", args=[process.public_id]), _client(process)

    said = _said(client.get(url).content)
    back = client.post(url, {"reason": "Kort", "key": "k1"})

    assert "Ingen får mail." in said
    assert "Den offentlige side viser med det samme »Sat i bero«" in said
    assert "Der kan ikke skrives til høringsparterne" in said
    assert (back.status_code, back.context["form"]["reason"].value()) == (422, "Kort")


@time_machine.travel(LATER, tick=False)
def test_resume_on_the_day_with_another_day_chosen_does_not_say_that_no_day_moves() -> None:
    process = in_approval(NOW)
    client = _client(process)
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})
    url = reverse("process_resume", args=[process.public_id])
    page = client.get(url)
    assert "så ingen dag flyttes, og ingen får besked" in _said(page.content)
    form = page.context["form"]
    given = {f.html_name: "17/06/2019" for f in form.moving}
    assert given

    looked = client.post(url, {**given, "reason": "Aftalt med udvalget", "do": "look"})

    assert "så ingen dag flyttes" not in _said(looked.content)
    assert 'class="consequences' in looked.content.decode()
    assert "Besked om ny frist: 3 modtagere" in _said(looked.content)
    assert "Kun de datoer, du har valgt, flyttes" in _said(looked.content)


@time_machine.travel(LATER, tick=False)
def test_read_page_of_a_body_says_what_its_two_presses_do() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")

    said = _said(_client(process).get(reverse("approval", args=[process.public_id, asked.public_id])).content)

    assert "Det link, der er sendt tidligere, holder op med at virke med det samme." in said
    assert "Mailadressen fjernes, og der sendes ingen påmindelser." in said


@time_machine.travel(LATER, tick=False)
def test_read_submission_says_before_the_press_who_gets_the_package() -> None:
    process = in_submission(NOW)
    stage = live_stage(process, "submission")
    make_package(stage, actor=officer_of(process), now=NOW)

    said = _said(_client(process).get(reverse("submission", args=[process.public_id, stage.public_id])).content)

    assert "Fremsendelse: 1 modtager" in said


@time_machine.travel(LATER, tick=False)
def test_record_last_decision_says_who_is_asked_then_and_a_reservation_must_be_written() -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")
    url, client = reverse("decision_on_behalf", args=[process.public_id, asked.public_id]), _client(process)
    values = {
        "bundle": asked.bundle.sha256 if asked.bundle else "",
        "outcome": Outcome.APPROVED_WITH_RESERVATION,
        "basis": "council_meeting",
        "meeting_on": "15/01/2019",
        "text": "Godkendt med forbehold.",
        "received_on": "15/01/2019",
        "received_clock": "12.00",
        "key": "k1",
        **no_minority(),
    }

    said = _said(client.get(url).content)
    refused = client.post(url, values)

    counting, rest = said.split("Hvis beslutningen er: Godkendt, Godkendt med bemærkninger")[1].split(
        "Hvis beslutningen er: ", 1
    )
    assert "Tæller med: Sagen kan gå videre. Trinnet er afsluttet" in counting
    assert "Anmodning om beslutning: 3 modtagere" in counting
    waiting = next(part for part in rest.split("Hvis beslutningen er: ") if part.startswith("Udsat"))
    assert "Tæller ikke med: Organet er stadig spurgt" in waiting
    assert "Kvittering: 1 modtager (" in waiting
    assert "Anmodning om beslutning" not in waiting
    back = next(
        part for part in f"Hvis: {rest}".split("Hvis beslutningen er: ") if "Hjemvist" in part.split("Hvad sker")[0]
    )
    assert "sendes tilbage" in back
    assert f": {asked.email}" in counting
    assert refused.status_code == 422
    assert "Skriv forbeholdet, som det er formuleret." in _said(refused.content)


@time_machine.travel(LATER, tick=False)
def test_lock_set_of_other_documents_than_those_shown_tells_of_them_and_locks_only_what_was_seen() -> None:
    process = in_approval(NOW)
    first = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    second = a_version(process, LATER, "# 1 Økonomi\n\nBilag.\n", "bilag")
    url, client = reverse("bundle_new", args=[process.public_id]), _client(process)
    page = client.get(url)
    picked = [str(first.public_id)]
    given = {"chosen": picked, "approved": picked, "change": "material", "note": "Rettet", "key": "k1"}

    blind = client.post(url, {**given, "shown": page.context["look"].shown})
    looked = client.post(url, {**given, "do": "look"})

    assert (blind.status_code, looked.status_code) == (422, 200)
    assert process.bundles.count() == 1
    assert "Det er ikke det, du har set" in _said(blind.content)
    assert f"Ikke med i sættet: {second}." in _said(looked.content)
    assert f"Skal godkendes: {first}." in _said(looked.content)
    assert "At låse offentliggør ingen tekst." in _said(looked.content)
    done = client.post(url, {**given, "shown": looked.context["look"].shown})
    assert done.status_code == 302
    assert [item.version for item in process.bundles.get(number=2).items.all()] == [first]
    assert client.post(url, {**given, "shown": looked.context["look"].shown}).status_code == 302
    assert process.bundles.count() == 2


@time_machine.travel(LATER, tick=False)
def test_record_minutes_that_are_waited_for_says_beforehand_who_is_asked_then() -> None:
    process = in_review(NOW, text=REVIEWED_WITH_MINUTES)
    decision = decide(process, "committee", NOW, stage="review")
    client, asked = _client(process), decision.request
    url = reverse("minutes_on_behalf", args=[process.public_id, asked.public_id])
    files = StoredFile.objects.count()

    said = _said(client.get(url).content)

    assert "Anmodning om beslutning: 3 modtagere" in said
    assert "Trinnet er afsluttet" in said
    assert StoredFile.objects.count() == files
    assert live_stage(process, "review").state == StageState.OPEN


@time_machine.travel(LATER, tick=False)
def test_record_day_says_what_follows_while_somebody_is_missing_and_with_the_last() -> None:
    process = in_submission(NOW)
    stage = live_stage(process, "in_force")

    said = _said(_client(process).get(reverse("milestones", args=[process.public_id, stage.public_id])).content)

    first, last = said.split("Så længe nogen mangler")[1].split("Når den sidste er registreret")
    assert "Trinnet venter på dem, der stadig mangler." in first
    assert "Trinnet er afsluttet" in last
    assert "Trinnet er afsluttet" not in first
    assert not stage.milestones.exists()


@time_machine.travel(LATER, tick=False)
def test_decide_by_link_says_above_the_button_who_gets_a_mail_and_which_outcomes_count() -> None:
    process = in_approval(NOW)
    asked = request_to(process, "council-1")
    client = holder_of(asked.link)
    url = reverse("decision_link", args=[asked.link.public_id])

    waiting = _said(client.get(url).content)
    for body in ("region", "council-2"):
        decide(process, body, NOW)
    last = _said(client.get(url).content)

    assert f"I får en kvittering: {asked.email}." in waiting
    assert "Sagen venter også på 2 andre organer" in waiting
    assert "Tæller den, ventes der ikke på andre" in last
    assert "Tæller ikke med: Trinnet venter." in last


@time_machine.travel(LATER, tick=False)
def test_send_back_a_submission_says_that_the_authority_is_not_told() -> None:
    process = in_submission(NOW)
    asked = sent(process, NOW)
    stage = live_stage(process, "submission")

    said = _said(_client(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

    assert f"Spørges ikke længere og får ingen mail om det: 1 organ ({asked.body.name})" in said


@time_machine.travel(LATER, tick=False)
def test_resume_names_what_was_decided_in_the_pause() -> None:
    process = in_approval(NOW)
    client = _client(process)
    url = reverse("process_resume", args=[process.public_id])
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})

    nothing = _said(client.get(url).content)
    decide(process, "council-1", LATER)
    decided = _said(client.get(url).content)

    body = request_to(process, "council-1").body.name
    assert "Besluttet i pausen" not in nothing
    assert f"Besluttet i pausen, og får virkning nu: {body} (Godkendt)." in decided


@pytest.mark.parametrize(("days", "tone"), [(-1, "error"), (0, "warning"), (29, "warning"), (1645, "neutral")])
def test_tell_how_far_off_a_day_of_law_is_alarms_only_where_it_is_near(days: int, tone: str) -> None:
    assert nearness(days) == tone


@time_machine.travel(LATER, tick=False)
def test_read_process_whose_stage_misses_nothing_says_that_it_is_to_be_completed() -> None:
    process = an_agreement(NOW)
    stage, client = live_stage(process, "drafting"), _client(process)
    pages = [reverse("process", args=[process.public_id]), reverse("stage", args=[process.public_id, stage.public_id])]

    before = [_said(client.get(url).content) for url in pages]
    a_locked_bundle(process, NOW)
    after = [_said(client.get(url).content) for url in pages]

    assert not any("Alt er på plads." in said for said in before)
    assert all("Alt er på plads." in said for said in after)
    assert reverse("stage_complete", args=[process.public_id, stage.public_id]) in client.get(pages[0]).content.decode()


@time_machine.travel(LATER, tick=False)
def test_decide_where_there_is_no_text_yet_speaks_of_the_plan() -> None:
    process = in_review(NOW)
    asked = request_to(process, "committee", "review")

    with_text = str(DecisionOnBehalfForm(asked=asked)["outcome"])
    asked.bundle = None
    without = str(DecisionOnBehalfForm(asked=asked)["outcome"])

    assert "godkender teksten, som den er" in with_text
    assert "godkender planen, som den er" in without
    assert "teksten" not in without
    assert DecisionOnBehalfForm(asked=asked)["body_case_number"].label == "Organets sagsnummer"


@time_machine.travel(LATER, tick=False)
def test_suspend_says_that_answer_days_move_by_the_length_of_the_pause() -> None:
    process = in_approval(NOW)

    said = _said(_client(process).get(reverse("process_suspend", args=[process.public_id])).content)

    assert "Svarfristerne flyttes med pausens længde, når processen genoptages." in said
