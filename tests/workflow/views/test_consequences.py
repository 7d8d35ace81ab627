"""What a page says before a press is what the press then does."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import (
    a_locked_bundle,
    a_working_set,
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
from tests.workflow.views.consequences import LATER, NOW, mail_ids, reader_of, words_of
from workflow.actions.stages import return_stage
from workflow.actions.submissions import make_package
from workflow.gates import gate_statuses
from workflow.models import AuditEntry, Decision, Dispatch, Process
from workflow.queries.processes import live_stage, stage_spec
from workflow.states import ChangeKind, DecisionState, Outcome, StageState
from workflow.views.resuming import nearness

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo"), pytest.mark.slow]


@time_machine.travel(LATER, tick=False)
def test_complete_stage_names_who_is_asked_before_the_press_and_changes_nothing_till_then() -> None:
    process = an_agreement(NOW)
    a_locked_bundle(process, NOW)
    stage = live_stage(process, "drafting")
    url, client = reverse("stage_complete", args=[process.public_id, stage.public_id]), reader_of(process)
    before, entries = mail_ids(), AuditEntry.objects.count()

    said = words_of(client.get(url).content)

    assert (mail_ids(), AuditEntry.objects.count()) == (before, entries)
    stage.refresh_from_db()
    assert stage.state == StageState.OPEN
    client.post(url, {"key": "k1"})
    assert mail_ids() == before
    assert f"udsendelse til 1 organ ({request_to(process, 'committee', 'review').body.name})" in said
    assert "Ingen får mail" in said
    assert "Nej, det kan ikke tages tilbage" in said


@time_machine.travel(LATER, tick=False)
def test_go_on_without_a_body_says_that_it_is_passed_over_and_who_is_asked_then() -> None:
    process = in_review(NOW)
    stage = live_stage(process, "review")
    shut = next(row for row in gate_statuses(stage, LATER) if not row.is_open)
    client = reader_of(process)
    url = reverse("gate", args=[process.public_id, stage.public_id, shut.key])

    said = words_of(client.get(url).content)
    done = client.post(url, {"reason": "Udvalget er enigt på skrift", "key": "k1"}, follow=True)

    committee = request_to(process, "committee", "review").body.name
    assert f"Der gås videre uden dem, og de får ingen mail om det: 1 organ ({committee})" in said
    assert "Der forberedes en udsendelse til 3 organer" in said
    assert "Betingelsen er fraveget." in words_of(done.content)
    assert not OutgoingMail.objects.filter(queued_at=LATER).exists()
    assert Dispatch.objects.get(stage__key="approval").requests.count() == 3


@time_machine.travel(LATER, tick=False)
@pytest.mark.parametrize("change", ["material", "editorial"])
def test_put_forward_says_for_each_kind_of_change_what_falls_and_tells_the_numbers_afterwards(change: str) -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    bundle = a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)
    council, client = request_to(process, "council-1").body.name, reader_of(process)
    url = reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])

    page = client.get(url)
    said = words_of(page.content)
    # Both kinds were read on the page as it was opened: choosing between them needs no second look.
    given = {"change": change, "reason": "Udvalget har bedt om det", "key": "k1", "shown": page.context["look"].shown}
    looked = client.post(url, {**given, "do": "look"})
    done = client.post(url, given, follow=True)
    again = client.post(url, given)

    material, editorial = said.split("Hvis det er: Redaktionel")[0], said.split("Hvis det er: Redaktionel")[1]
    assert re.search(rf"bortfalder: [^.]*{council}", material)
    assert re.search(rf"står ved magt: [^.]*{council}", editorial)
    mails = OutgoingMail.objects.filter(queued_at=LATER).count()
    assert looked.context["look"].shown == given["shown"]
    assert f"{mails} mails sendes kl. " in words_of(done.content)
    assert (change == "material") == Decision.objects.filter(state=DecisionState.FALLEN, body__name=council).exists()
    assert again.status_code == 302
    assert OutgoingMail.objects.filter(queued_at=LATER).count() == mails, "a repeated press puts nothing forward again"


@time_machine.travel(LATER, tick=False)
def test_lock_set_while_the_parties_are_asked_says_that_nobody_is_told_and_touches_nothing() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    version = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    client, url = reader_of(process), reverse("bundle_new", args=[process.public_id])
    page = client.get(url)
    picked = [str(version.public_id)]
    given = {"chosen": picked, "approved": picked, "change": "material", "note": "Rettet", "key": "k1"}

    done = client.post(url, {**given, "shown": page.context["look"].shown}, follow=True)

    assert "Ingen får besked, og ingen beslutning falder." in words_of(page.content)
    assert "Der er ikke sendt nogen mail." in words_of(done.content)
    assert "Den gælder ikke endnu" in words_of(done.content)
    assert not Decision.objects.filter(state=DecisionState.FALLEN).exists()
    assert request_to(process, "council-2").bundle == process.bundles.get(number=1)


@time_machine.travel(LATER, tick=False)
def test_put_forward_of_what_the_parties_approved_says_which_stages_open_again_and_who_is_told() -> None:
    process = in_submission(NOW)
    bundle = a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)

    said = words_of(
        reader_of(process).get(reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])).content
    )

    material = said.split("Hvis det er: Redaktionel")[0]
    assert re.search(r"Trinnene sendes tilbage: [^.]*Politisk godkendelse", material)
    assert re.search(r"bortfalder: [^.]*Regionsrådet", material)
    assert "Der forberedes en udsendelse til 3 organer" in material


@time_machine.travel(LATER, tick=False)
def test_send_back_says_whose_question_is_withdrawn_without_a_mail_and_who_is_asked_anew() -> None:
    process = in_approval(NOW)
    stage = live_stage(process, "approval")
    said = words_of(reader_of(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

    back_to_review = said.split("Tilbage til: ")[-1]
    assert request_to(process, "council-1").body.name in back_to_review
    assert "Spørges ikke længere og får ingen mail om det" in back_to_review
    assert "Der forberedes en udsendelse til 1 organ" in back_to_review


@time_machine.travel(LATER, tick=False)
def test_send_back_says_of_decisions_in_stages_sent_back_when_their_body_is_asked_anew() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    decide(process, "council-2", NOW, Outcome.REJECTED)
    yes, no = (request_to(process, key).body.name for key in ("council-1", "council-2"))
    committee = request_to(process, "committee", "review").body.name
    stage = live_stage(process, "approval")

    said = words_of(reader_of(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

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
def test_read_deeds_under_which_no_decision_can_fall_does_not_list_those_that_stand() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW)
    asked = request_to(process, "council-2")

    pages = [
        reverse("process_suspend", args=[process.public_id]),
        reverse("decision_on_behalf", args=[process.public_id, asked.public_id]),
    ]

    client = reader_of(process)

    assert not [url for url in pages if "står ved magt" in words_of(client.get(url).content)]


@time_machine.travel(LATER, tick=False)
def test_lock_set_editorially_without_a_note_is_refused_as_the_field_says_beforehand() -> None:
    process = in_approval(NOW)
    version = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    url, client = reverse("bundle_new", args=[process.public_id]), reader_of(process)
    page = client.get(url)
    picked = [str(version.public_id)]
    given = {"chosen": picked, "approved": picked, "change": "editorial", "note": "", "key": "k1"}

    refused = client.post(url, {**given, "shown": page.context["look"].shown})

    assert process.bundles.count() == 1
    assert "Skriv, hvad der er ændret" in words_of(refused.content)
    assert "Skal udfyldes ved en redaktionel ændring" in words_of(page.content)
    assert "Teksten står ordret i mailen til de organer" in words_of(page.content)
    assert "Hvad er ændret? (frivilligt)" not in words_of(page.content)


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

    said = words_of(reader_of(process).get(reverse("process_abandon", args=[process.public_id])).content)

    assert "Den offentlige side bliver stående og viser, at processen er opgivet" in said
    assert "Spørges ikke længere og får ingen mail om det: 3 organer" in said


@time_machine.travel(LATER, tick=False)
def test_suspend_says_what_rests_and_gives_a_short_reason_back_in_its_form() -> None:
    process = in_approval(NOW, is_public=True)
    url, client = reverse("process_suspend", args=[process.public_id]), reader_of(process)

    said = words_of(client.get(url).content)
    back = client.post(url, {"reason": "Kort", "key": "k1"})

    assert "Ingen får mail." in said
    assert "Den offentlige side viser med det samme »Sat i bero«" in said
    assert "Der kan ikke skrives til høringsparterne" in said
    assert (back.status_code, back.context["form"]["reason"].value()) == (422, "Kort")


@time_machine.travel(LATER, tick=False)
def test_resume_on_the_day_with_another_day_chosen_does_not_say_that_no_day_moves() -> None:
    process = in_approval(NOW)
    client = reader_of(process)
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})
    url = reverse("process_resume", args=[process.public_id])
    page = client.get(url)
    assert "så ingen dag flyttes, og ingen får besked" in words_of(page.content)
    form = page.context["form"]
    given = {f.html_name: "17/06/2019" for f in form.moving}
    assert given

    looked = client.post(url, {**given, "reason": "Aftalt med udvalget", "do": "look"})

    assert "så ingen dag flyttes" not in words_of(looked.content)
    assert 'class="consequences' in looked.content.decode()
    assert "Besked om ny frist: 3 modtagere" in words_of(looked.content)
    assert "Kun de datoer, du har valgt, flyttes" in words_of(looked.content)


@time_machine.travel(LATER, tick=False)
def test_read_submission_says_before_the_press_who_gets_the_package() -> None:
    process = in_submission(NOW)
    stage = live_stage(process, "submission")
    make_package(stage, actor=officer_of(process), now=NOW)

    said = words_of(reader_of(process).get(reverse("submission", args=[process.public_id, stage.public_id])).content)

    assert "Fremsendelse: 1 modtager" in said


@time_machine.travel(LATER, tick=False)
def test_lock_set_of_other_documents_than_those_shown_tells_of_them_and_locks_only_what_was_seen() -> None:
    process = in_approval(NOW)
    first = a_version(process, LATER, "# 1 Formål\n\nNy tekst.\n", process.documents.get().key)
    second = a_version(process, LATER, "# 1 Økonomi\n\nBilag.\n", "bilag")
    url, client = reverse("bundle_new", args=[process.public_id]), reader_of(process)
    page = client.get(url)
    picked = [str(first.public_id)]
    given = {"chosen": picked, "approved": picked, "change": "material", "note": "Rettet", "key": "k1"}

    blind = client.post(url, {**given, "shown": page.context["look"].shown})
    looked = client.post(url, {**given, "do": "look"})

    assert (blind.status_code, looked.status_code) == (422, 200)
    assert process.bundles.count() == 1
    assert "Det er ikke det, du har set" in words_of(blind.content)
    assert f"Ikke med i sættet: {second}." in words_of(looked.content)
    assert f"Skal godkendes: {first}." in words_of(looked.content)
    assert "At låse offentliggør ingen tekst." in words_of(looked.content)
    done = client.post(url, {**given, "shown": looked.context["look"].shown})
    assert done.status_code == 302
    assert [item.version for item in process.bundles.get(number=2).items.all()] == [first]
    assert client.post(url, {**given, "shown": looked.context["look"].shown}).status_code == 302
    assert process.bundles.count() == 2


@time_machine.travel(LATER, tick=False)
def test_record_day_says_what_follows_while_somebody_is_missing_and_with_the_last() -> None:
    process = in_submission(NOW)
    stage = live_stage(process, "in_force")

    said = words_of(reader_of(process).get(reverse("milestones", args=[process.public_id, stage.public_id])).content)

    first, last = said.split("Så længe nogen mangler")[1].split("Når den sidste er registreret")
    assert "Trinnet venter på dem, der stadig mangler." in first
    assert "Trinnet er afsluttet" in last
    assert "Trinnet er afsluttet" not in first
    assert not stage.milestones.exists()


@time_machine.travel(LATER, tick=False)
def test_send_back_a_submission_says_that_the_authority_is_not_told() -> None:
    process = in_submission(NOW)
    asked = sent(process, NOW)
    stage = live_stage(process, "submission")

    said = words_of(reader_of(process).get(reverse("stage_return", args=[process.public_id, stage.public_id])).content)

    assert f"Spørges ikke længere og får ingen mail om det: 1 organ ({asked.body.name})" in said


@time_machine.travel(LATER, tick=False)
def test_resume_names_what_was_decided_in_the_pause() -> None:
    process = in_approval(NOW)
    client = reader_of(process)
    url = reverse("process_resume", args=[process.public_id])
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})

    nothing = words_of(client.get(url).content)
    decide(process, "council-1", LATER)
    decided = words_of(client.get(url).content)

    body = request_to(process, "council-1").body.name
    assert "Besluttet i pausen" not in nothing
    assert f"Besluttet i pausen, og får virkning nu: {body} (Godkendt)." in decided


@time_machine.travel(LATER, tick=False)
def test_resume_says_whom_a_stage_lists_that_opens_by_what_was_decided_in_the_pause() -> None:
    process = in_review(NOW)
    client = reader_of(process)
    url = reverse("process_resume", args=[process.public_id])
    client.post(reverse("process_suspend", args=[process.public_id]), {"reason": "Venter på ministeriet"})
    decide(process, "committee", LATER, stage="review")

    page = client.get(url)
    seen = mail_ids()
    days = {field.html_name: field.value().strftime("%d/%m/%Y") for field in page.context["form"].moving}
    done = client.post(url, {**days, "key": "once", "shown": page.context["shown"], "do": "resume"})

    assert done.status_code == 302
    assert page.context["mails"] == len(mail_ids() - seen) == 0
    assert "Der forberedes en udsendelse til 3 organer" in words_of(page.content)
    assert "så ingen dag flyttes, og ingen får besked" in words_of(page.content)


@pytest.mark.parametrize(("days", "tone"), [(-1, "error"), (0, "warning"), (29, "warning"), (1645, "neutral")])
def test_tell_how_far_off_a_day_of_law_is_alarms_only_where_it_is_near(days: int, tone: str) -> None:
    assert nearness(days) == tone


@time_machine.travel(LATER, tick=False)
def test_read_process_whose_stage_misses_nothing_says_that_it_is_to_be_completed() -> None:
    process = an_agreement(NOW)
    stage, client = live_stage(process, "drafting"), reader_of(process)
    pages = [reverse("process", args=[process.public_id]), reverse("stage", args=[process.public_id, stage.public_id])]

    before = [words_of(client.get(url).content) for url in pages]
    a_locked_bundle(process, NOW)
    after = [words_of(client.get(url).content) for url in pages]

    assert not any("Trinnet venter ikke på mere." in said for said in before)
    assert all("Trinnet venter ikke på mere." in said for said in after)
    assert reverse("stage_complete", args=[process.public_id, stage.public_id]) in client.get(pages[0]).content.decode()


@time_machine.travel(LATER, tick=False)
def test_suspend_says_that_answer_days_move_by_the_length_of_the_pause() -> None:
    process = in_approval(NOW)

    said = words_of(reader_of(process).get(reverse("process_suspend", args=[process.public_id])).content)

    assert "Svarfristerne flyttes med pausens længde, når processen genoptages." in said
