"""What the public gets to see of a process's texts, and when: a text only with its hearing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.url_policies import addresses
from consultations.actions.rounds import launch_round
from consultations.models import HearingRound
from consultations.queries.rounds import round_of
from consultations.states import RoundForm
from tests.consultations.factories import (
    CLOSES_ON,
    HEARD,
    LAUNCHED,
    OFFICER,
    Hearing,
    a_hearing,
    a_locked_bundle,
    a_round_in_draft,
    heard_process,
    make_hearing_public,
)
from tests.consultations.views.conftest import officer_of
from tests.workflow.agreements import a_file
from tests.workflow.factories import make_public, stage_of
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version, create_document
from workflow.actions.processes import abandon_process
from workflow.actions.publication import withdraw_publication
from workflow.actions.stages import complete_stage, return_stage
from workflow.models import Bundle, DocumentVersion, Process
from workflow.queries.publication import live_items
from workflow.states import ChangeKind, ProcessState, PublicThing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SECRET = "Fortroligt: sygehuset lukkes"
IN_FILE = b"Fortroligt bilag om lukning\n"
DOCUMENT = re.compile(r'href="(/offentligt/[^/"]+/dokumenter/[^/"]+/)"')
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>")


def a_public_process(text: str = HEARD) -> Process:
    """A process everyone may follow, with nothing in it yet."""
    return make_public(heard_process(LAUNCHED, 2, text), LAUNCHED)


def locked(process: Process, text: str, *, file: bytes = b"", change: str = ChangeKind.FIRST) -> Bundle:
    """The text as the next version of the process's one document, locked."""
    document = process.documents.first() or create_document(
        process, title="Lukning af sygehuset", actor=OFFICER, now=LAUNCHED
    )
    stored = a_file(process.office, LAUNCHED, "bilag.txt", file) if file else None
    version = add_version(document, markdown=f"# 1 Mål\n\n{text}\n", file=stored, actor=OFFICER, now=LAUNCHED)
    return lock_documents(
        process, [BundleEntry(version, "agreement")], change=change, note="Rettet", actor=OFFICER, now=LAUNCHED
    )


def seen(address: str) -> str:
    """The public page as words, with the documents it leads to, and without the space between the words."""
    visitor = Client()
    page = visitor.get(address).content.decode()
    texts = [visitor.get(url).content.decode() for url in dict.fromkeys(DOCUMENT.findall(page))]
    return " ".join(" ".join([page, *texts]).split())


def every_address(known: dict[str, Any]) -> Iterator[str]:
    """Every address of the installation, with the objects given where an address names one of their kind."""
    for route, _view, name in addresses():
        names = [one or other for one, other in PARAMETER.findall(route)]
        for strange in (uuid4(), 1, "x"):
            try:
                yield reverse(name, kwargs={each: known.get(each, strange) for each in names})
            except NoReverseMatch:
                continue
            break


def test_lock_confidential_draft_in_a_public_process_shows_nothing_at_any_address() -> None:
    process = a_public_process()
    bundle = locked(process, SECRET, file=IN_FILE)
    complete_stage(stage_of(process, "drafting"), actor=OFFICER, now=LAUNCHED)
    version = DocumentVersion.objects.select_related("file", "document").get()
    hearing_stage = stage_of(process, "hearing")
    known = {
        "process_id": process.public_id,
        "stage_id": hearing_stage.public_id,
        "document_id": version.document.public_id,
        "version_id": version.public_id,
        "file_id": version.file.public_id if version.file else None,
    }
    visitor = Client(raise_request_exception=False)

    walked, told = 0, []
    for url in every_address(known):
        walked += 1
        response: Any = visitor.get(url)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if SECRET.encode() in content or IN_FILE in content or version.document.title.encode() in content:
            told.append(url)

    assert walked > 100
    assert not told
    assert bundle.state == "locked"


def test_launch_hearing_of_a_public_process_publishes_the_set_of_that_round_and_no_later_one() -> None:
    process = a_public_process()
    locked(process, "Det, der høres.")
    complete_stage(stage_of(process, "drafting"), actor=OFFICER, now=LAUNCHED)
    hearing_round = round_of(stage_of(process, "hearing"))
    assert hearing_round is not None
    address = reverse("process_public", args=[process.public_id])
    before = seen(address)

    launch_round(hearing_round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=LAUNCHED)
    heard = seen(address)
    locked(process, SECRET, change=ChangeKind.MATERIAL)
    after = seen(address)

    assert "Det, der høres." not in before
    assert "Det, der høres." in heard
    assert "Det, der høres." in after
    assert SECRET not in after


WITH_A_REPORT = (
    HEARD
    + """
  - key: reporting
    kind: drafting
    title: {da: Midtvejsstatus, en: Mid-term status}
    after: [drafting]
    actor: secretariat
    completes: manual
    bundle: locks
    text: report
    gates:
      - gate: bundle_locked
  - key: report_hearing
    kind: consultation
    title: {da: Høring om status, en: Hearing on the status}
    after: [reporting]
    actor: secretariat
    bundle: judges
    text: report
    consultation: {form: full, list: hearing_parties}
    gates:
      - gate: round_closed
    end: true
"""
)


def test_launch_hearing_of_a_report_publishes_it_beside_the_agreement_heard_before() -> None:
    process = a_public_process(WITH_A_REPORT)
    locked(process, "Aftalen, der høres.")
    complete_stage(stage_of(process, "drafting"), actor=OFFICER, now=LAUNCHED)
    address = reverse("process_public", args=[process.public_id])
    launched(process, "hearing")

    report = create_document(process, title="Status", line=process.lines.get(key="report"), actor=OFFICER, now=LAUNCHED)
    version = add_version(report, markdown="# 1 Status\n\nHalvvejs i mål.\n", actor=OFFICER, now=LAUNCHED)
    lock_documents(process, [BundleEntry(version, "agreement")], actor=OFFICER, now=LAUNCHED)
    complete_stage(stage_of(process, "reporting"), actor=OFFICER, now=LAUNCHED)
    only_locked = seen(address)
    launched(process, "report_hearing")
    both = seen(address)

    assert "Aftalen, der høres." in only_locked
    assert "Halvvejs i mål." not in only_locked
    assert both.index("Aftalen, der høres.") < both.index("Halvvejs i mål.")
    heard = [HearingRound.objects.get(stage__key=key).bundle for key in ("hearing", "report_hearing")]
    assert heard == [stage_of(process, key).bundle for key in ("hearing", "report_hearing")]
    assert heard == list(process.bundles.order_by("id"))


def launched(process: Process, stage: str) -> None:
    """Send the round of a stage out to its parties."""
    hearing_round = round_of(stage_of(process, stage))
    assert hearing_round is not None
    launch_round(hearing_round, closes_on=CLOSES_ON, reason="Aftalt", actor=OFFICER, now=LAUNCHED)


def test_launch_early_input_about_a_text_publishes_the_period_and_not_the_text() -> None:
    hearing = a_hearing(parties=1)
    hearing.round.form = RoundForm.LIGHT
    hearing.round.save(update_fields=["form"])
    make_hearing_public(hearing)

    page = seen(reverse("process_public", args=[hearing.process.public_id]))

    assert "Afsnit 1" not in page
    assert "Documents heard" not in page
    assert hearing.party(1).name in page


def test_read_launch_page_of_a_public_process_says_what_becomes_public(clock: time_machine.Traveller) -> None:
    clock.move_to(LAUNCHED + timedelta(minutes=1))
    hearing = a_round_in_draft()
    address = reverse("round_launch", args=[hearing.process.public_id, hearing.round.stage.public_id])
    officer = officer_of(hearing.process.office)

    closed = officer.get(address).content.decode()
    make_public(hearing.process, LAUNCHED)
    public = officer.get(address).content.decode()

    assert "Nothing: the process is not public." in closed
    assert "The period, and the names of 3 parties." in public
    assert "In full: Udkast · Version 1." in public


def a_public_hearing() -> tuple[Hearing, str]:
    """A hearing everyone may follow, and the address of its public page."""
    hearing = make_hearing_public(a_hearing(parties=2))
    return hearing, reverse("process_public", args=[hearing.process.public_id])


def test_send_back_a_public_hearing_keeps_its_text_and_parties_public_with_the_day_it_was_cancelled() -> None:
    hearing, address = a_public_hearing()

    return_stage(hearing.round.stage, reason="Nyt udkast", actor=OFFICER, now=LAUNCHED + timedelta(days=3))
    page = seen(address)

    assert "The consultation was cancelled on 4 March 2019." in page
    assert "From 1 March 2019." in page
    assert "29 March" not in page, "no deadline runs any more"
    assert "The text as it was in the consultation that was cancelled on 4 March 2019." in page
    assert "Afsnit 1" in page
    assert "Part 01" in page
    assert "Who has answered is shown" not in page
    assert "2 parties had been asked when the consultation was cancelled" in page
    assert "consulted" not in page, "nobody was heard to the end"


def test_stand_before_the_next_hearing_is_sent_says_not_begun_and_keeps_the_text_heard_before() -> None:
    hearing, address = a_public_hearing()
    later = LAUNCHED + timedelta(days=3)
    return_stage(hearing.round.stage, reason="Nyt udkast", actor=OFFICER, now=later)
    a_locked_bundle(hearing.process, later, sections=1)
    complete_stage(stage_of(hearing.process, "drafting"), actor=OFFICER, now=later)

    page = seen(address)

    assert "Afsnit 3" in page  # of the set heard; the one locked since has one section
    assert path_note(page, "Hearing") == "Not begun"


def test_abandon_a_public_process_says_so_and_keeps_what_was_public() -> None:
    hearing, address = a_public_hearing()

    abandon_process(hearing.process, reason="Falder bort", actor=OFFICER, now=LAUNCHED + timedelta(days=3))
    page = seen(address)

    assert "The process was given up on 4 March 2019" in page
    assert "The consultation was cancelled on 4 March 2019." in page
    assert "Afsnit 1" in page
    assert "Under way" not in page


def test_suspend_a_public_process_says_under_way_of_nothing() -> None:
    hearing, address = a_public_hearing()
    Process.objects.filter(pk=hearing.process.pk).update(
        state=ProcessState.SUSPENDED, suspended_at=LAUNCHED + timedelta(days=3)
    )

    page = seen(address)

    assert "The process has been suspended since 4 March 2019" in page
    assert path_note(page, "Hearing") == "Suspended"
    assert "since 4 March 2019" in page, "the day of the pause, not the one on which the stage began"
    assert "since 1 March 2019" not in page.replace("public since", "public from")
    assert "Under way" not in page


def test_read_pages_that_send_a_public_hearing_back_or_give_it_up_say_that_its_documents_stay_public() -> None:
    hearing, _address = a_public_hearing()
    process, officer = hearing.process, officer_of(hearing.process.office)
    pages = [
        reverse("stage_return", args=[process.public_id, hearing.round.stage.public_id]),
        reverse("process_abandon", args=[process.public_id]),
    ]

    said = [officer.get(url).content.decode() for url in pages]

    assert all("Documents that are public already stay there" in page for page in said)
    item = live_items(process).get(kind=PublicThing.PATH)
    withdraw_publication(item, reason="Skal ikke være offentlig", actor=OFFICER, now=LAUNCHED)
    assert not any("Documents that are public already" in officer.get(url).content.decode() for url in pages)


@pytest.mark.parametrize(
    ("is_sent", "words"),
    [
        (True, "The consultation goes on with version 1; its parties do not see the new one."),
        (False, ""),
    ],
)
def test_put_forward_says_which_version_is_heard_only_where_a_consultation_has_been_sent(
    is_sent: bool, words: str
) -> None:
    hearing = a_hearing() if is_sent else a_round_in_draft()
    document = hearing.process.documents.get()
    version = add_version(document, title="Udkast", markdown="# 1 Nyt\n\nNyt.\n", actor=OFFICER, now=LAUNCHED)
    entries = [BundleEntry(version, "agreement")]
    bundle = lock_documents(
        hearing.process, entries, change=ChangeKind.MATERIAL, note="Nyt.", actor=OFFICER, now=LAUNCHED
    )

    url = reverse("bundle_put_forward", args=[hearing.process.public_id, bundle.public_id])
    page = " ".join(officer_of(hearing.process.office).get(url).content.decode().split())

    assert words in page
    assert ("goes on with version 1" in page) == is_sent


def path_note(page: str, title: str) -> str:
    """What the path says of the stage of that title."""
    found = re.search(rf'path-title"> {title}.*?path-state" ?>([^<]*)<', page)
    assert found is not None
    return found[1]
