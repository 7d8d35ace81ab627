"""What was taken up on a closed item leaves no trace with anybody but the body itself and the office.

Every page, file and mail that others can get in a matter that has come as far as a matter comes is read for it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from notifications.states import MailState
from tests.workflow.agreements import a_file, decide, in_approval, officer_of, request_to
from tests.workflow.factories import make_public
from tests.workflow.submission_factories import acknowledged, the_zip
from tests.workflow.views.consequences import LATER, NOW, reader_of
from tests.workflow.views.visitors import a_member, holder_of, signed_in
from workflow.actions.approvals import add_addendum, settle_reservation
from workflow.actions.publication import publish
from workflow.models import Body, ExternalRequest, Package, Process
from workflow.public_kinds import public_kind
from workflow.rules.decisions import MinorityFacts
from workflow.states import Level, Outcome, PublicThing, Settlement

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo"), pytest.mark.slow]

SECRET = "HEMMELIGT"
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
WITH_SECRET = {
    "is_closed_item": True,
    "agenda_item": f"{SECRET} punkt",
    "body_case_number": f"{SECRET} sag",
    "text": f"{SECRET} ord",
    "remarks": f"{SECRET} forbehold",
    "mandate_holder": f"{SECRET} borgmester",
    "mandate_scope": f"{SECRET} mandat",
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_matter() -> Process:
    """Council 1 has decided on a closed item with everything a decision may hold, its committee before it; all are
    asked, all is published that may be, and the package lies with the authority."""
    process = make_public(in_approval(NOW), NOW)
    officer, words = officer_of(process), dict(WITH_SECRET)
    step = {name: text for name, text in words.items() if not name.startswith("mandate")}
    decide(process, "council-1", NOW, level=Level.STANDING_COMMITTEE, **step)
    minutes = a_file(process.office, NOW, f"{SECRET.lower()}.txt", SECRET.encode())
    decision = decide(process, "council-1", NOW, Outcome.APPROVED_WITH_RESERVATION, minutes=minutes, **words)
    extra = a_file(process.office, NOW, f"{SECRET.lower()}-2.txt", SECRET.encode())
    add_addendum(decision, text=f"{SECRET} rettelse", file=extra, actor=officer, now=NOW)
    settle_reservation(decision, Settlement.IMMATERIAL, reason=f"{SECRET} grund", actor=officer, now=NOW)
    for body in ("council-2", "region"):
        decide(process, body, NOW, minutes=a_file(process.office, NOW))
    for thing in PublicThing:
        of_kind = [one for one in public_kind(thing).candidates(process) if one.refusal is None]
        ids = [one.subject_id for one in of_kind if thing != PublicThing.PATH]
        if ids:
            publish(process, thing, ids, reason="Den endelige tekst.", actor=officer, now=NOW)
    acknowledged(process, NOW)
    return process


def everything_from(client: Client, *starts: str) -> Iterator[tuple[str, bytes]]:
    """Whatever can be fetched from these pages on by following links, files and what is in them included."""
    waiting, seen = [*starts], {*starts}
    while waiting:
        at = waiting.pop(0)
        answer: Any = client.get(at)
        if answer.status_code != 200:
            continue
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        yield at, content
        if answer.headers.get("Content-Type") == "application/zip":
            yield from members(at, content)
        elif "html" in answer.headers.get("Content-Type", ""):
            for link in LINK.findall(content.decode()):
                address = link.replace("&amp;", "&")
                if address not in seen and not address.startswith(("/konto", "/static", "/luk", "/sprog")):
                    seen.add(address)
                    waiting.append(address)


def members(at: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield f"{at}!{name}", archive.read(name) + name.encode()


@time_machine.travel(LATER, tick=False)
def test_walk_everything_others_can_get_a_closed_item_leaves_no_trace() -> None:
    process = a_matter()
    own = request_to(process, "council-1")
    with delivery.recording():
        delivery.deliver(LATER, delivery.clock_from(LATER))
    found: list[tuple[str, bytes]] = []
    found += everything_from(Client(), reverse("process_public", args=[process.public_id]))
    for key in ("council-2", "region"):
        link = request_to(process, key).link
        found += everything_from(holder_of(link), reverse("decision_link", args=[link.public_id]))
    body = Body.objects.get(key="council-2")
    member = signed_in(a_member(process.office, body))
    found += everything_from(member, reverse("decision_member", args=[request_to(process, "council-2").public_id]))
    for sent in ExternalRequest.objects.select_related("link"):
        found += everything_from(holder_of(sent.link), reverse("authority", args=[sent.link.public_id]))
    for package in Package.objects.all():
        found.append((f"package {package.number}", json.dumps(package.manifest).encode()))
        with the_zip(package) as archive:
            found += [(name, archive.read(name) + name.encode()) for name in archive.namelist()]
    for mail in OutgoingMail.objects.filter(state=MailState.SENT).exclude(subject_id=own.public_id):
        found.append((f"mail {mail.kind}", f"{mail.subject_sent} {mail.text_sent}".encode()))

    traces = [at for at, content in found if SECRET.encode() in content or SECRET.lower().encode() in content]

    assert traces == []
    assert {"mail decision_receipt", "3-beslutninger/beslutninger.json"} <= {at for at, _content in found}
    assert any(at.endswith("byraad-1-beslutning.txt") for at, _content in found), (
        "the decision itself is in the package"
    )
    assert any(".zip" in at or "bilag" in at for at, _content in found), "papers were fetched"


@time_machine.travel(LATER, tick=False)
def test_read_closed_item_by_the_body_itself_and_the_office_shows_all_of_it() -> None:
    process = a_matter()
    request = request_to(process, "council-1")

    own = holder_of(request.link).get(reverse("decision_link", args=[request.link.public_id])).content.decode()
    office = reader_of(process).get(reverse("approval", args=[process.public_id, request.public_id])).content.decode()

    for page in (own, office):
        for words in ("ord", "forbehold", "rettelse", "grund", "mandat"):
            assert f"{SECRET} {words}" in page


def test_make_package_with_a_closed_item_keeps_the_fact_and_the_minority_statement() -> None:
    process = in_approval(NOW)
    statement = MinorityFacts("Bo Berg", "Stemte imod.")
    decide(
        process, "council-1", NOW, minority_statements=(statement,), minutes=a_file(process.office, NOW), **WITH_SECRET
    )
    for body in ("council-2", "region"):
        decide(process, body, NOW, minutes=a_file(process.office, NOW))
    acknowledged(process, NOW)

    with the_zip(process.packages.get()) as archive:
        text = archive.read("3-beslutninger/politisk-godkendelse/byraad-1-beslutning.txt").decode()
        [data] = [
            row for row in json.loads(archive.read("3-beslutninger/beslutninger.json")) if row["body"] == "council-1"
        ]

    assert "protokoludskriften opbevares af sekretariatet" in text
    assert "Stemte imod." in text
    assert (data["outcome"], data["is_closed_item"], data["files"]) == ("approved", True, [])
    assert "text" not in data
