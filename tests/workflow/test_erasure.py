"""Erasing people: nothing readable is left anywhere, namesakes are spared, and the record still proves itself."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from notifications import outbox
from notifications.models import OutgoingMail
from tests.notifications.factories import a_letter
from tests.workflow.agreements import AGREEMENT, in_submission, officer_of
from tests.workflow.document_factories import PDF
from tests.workflow.erasure_factories import EMAIL, NAME, a_request, anna_everywhere, everything_readable
from tests.workflow.factories import a_body, a_lone_process, a_process, an_office, an_officer
from workflow.actions.bodies import load_bodies
from workflow.actions.contacts import set_contact
from workflow.actions.deadlines import move_statutory_deadline
from workflow.actions.erasure import erase_person, next_purge_due, purge_due
from workflow.actions.erasure.days import set_erasure_day
from workflow.actions.erasure.striking import pattern
from workflow.actions.files import store_file
from workflow.actions.processes import abandon_process, set_parameter
from workflow.actions.sealing import seal_audit, verify_audit
from workflow.actions.submissions import acknowledge, make_package, send_submission
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.links import read_link
from workflow.models import (
    ApprovalRequest,
    AuditDetail,
    AuditEntry,
    Body,
    Contact,
    Deadline,
    Decision,
    GateOverride,
    Office,
    PersonalLink,
    Process,
    StoredFile,
    User,
    by,
)
from workflow.models.guards import ERASED_MARK
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.states import Outcome, Role, Verb

pytestmark = pytest.mark.django_db
ASKED = "Anmodning om sletning, GDPR artikel 17"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.mark.parametrize("subject", ["account", "address"])
def test_erase_person_leaves_nothing_readable_and_the_record_still_stands(
    now: datetime, media: Path, subject: str
) -> None:
    office = an_office()
    process, anna = anna_everywhere(office, now)
    Office.objects.filter(pk=office.pk).update(contact_person=f"{NAME}, fuldmægtig")
    seal_audit(now=now)
    before = everything_readable(media)
    assert NAME.lower() in before
    assert EMAIL in before

    done = erase_person(
        anna if subject == "account" else EMAIL.upper(),
        reason=f"{ASKED}, fra {NAME}",
        actor=Actor("user", anna.public_id, NAME),
        now=now,
    )

    after = everything_readable(media)
    for trace in (NAME.lower(), EMAIL, "anna", "æbelø", "algade 1"):
        assert trace not in after
    assert done.counts["accounts"] == 1
    assert verify_audit(now=now).ok
    assert AuditEntry.objects.filter(actor_id=anna.public_id).exists(), "what was done stays, done by nobody named"
    assert Process.objects.filter(pk=process.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_erase_person_after_its_commit_mails_nothing_more_and_opens_no_link(now: datetime, media: Path) -> None:
    office = an_office()
    anna_everywhere(office, now)
    link = PersonalLink.objects.get()
    from workflow.links import link_path

    token = link_path(link).rstrip("/").rpartition("/")[2]
    assert not read_link(link.public_id, token).is_old

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=now)

    assert read_link(link.public_id, token).is_old
    assert not OutgoingMail.objects.filter(to_address__iexact=EMAIL).exists()
    assert EMAIL not in everything_readable(media)


def test_erase_person_of_a_decision_keeps_what_was_decided(now: datetime) -> None:
    anna_everywhere(an_office(), now)

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=now)

    decision = Decision.objects.get()
    assert decision.outcome == Outcome.APPROVED
    assert decision.text == f"Byrådet tiltræder. Talt med {ERASED_MARK} ({ERASED_MARK})."
    assert (decision.by_kind, decision.by_label) == ("link", "")


def test_erase_person_in_one_office_leaves_the_other_office_alone(now: datetime) -> None:
    ours, theirs = an_office("sjaelland"), an_office("hovedstaden")
    body = a_body()
    for office in (ours, theirs):
        set_contact(office, body, email=EMAIL, name=NAME, actor=SYSTEM, now=now)
        process = a_process(office, now, title=f"Sag om {NAME}")
        a_request(live_stage(process, "first"), body, now)
        with outbox.without_hints():
            outbox.enqueue([a_letter(1, to=EMAIL, office_id=office.public_id)], now)

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=now, office=ours)

    assert [c.email for c in Contact.objects.order_by("office_id")] == ["", EMAIL]
    assert [r.email for r in ApprovalRequest.objects.order_by("id")] == ["", EMAIL]
    assert [p.title for p in Process.objects.order_by("id")] == [f"Sag om {ERASED_MARK}", f"Sag om {NAME}"]
    assert [m.to_address for m in OutgoingMail.objects.order_by("id")] == ["", EMAIL]


def test_erase_person_who_is_a_contact_stays_within_the_contacts_office(now: datetime) -> None:
    body = a_body()
    ours = set_contact(an_office("sjaelland"), body, email=EMAIL, name=NAME, actor=SYSTEM, now=now)
    set_contact(an_office("hovedstaden"), body, email=EMAIL, name=NAME, actor=SYSTEM, now=now)

    erase_person(ours, reason=ASKED, actor=SYSTEM, now=now)

    assert list(Contact.objects.order_by("office_id").values_list("email", "name")) == [("", ""), (EMAIL, NAME)]
    assert AuditDetail.objects.filter(entry__verb="set_contact").count() == 1


def test_erase_person_spares_namesakes_and_longer_addresses(now: datetime) -> None:
    process = a_lone_process(now)
    office = process.office
    set_contact(office, a_body(), email="anna@koege.example", name="Anna Holm", actor=SYSTEM, now=now)
    other = an_officer(office, "johanna@koege.example", "Anna Holm")
    stage = live_stage(process, "first")
    GateOverride.objects.create(
        stage=stage, gate="x", reason="Johanna@koege.example og Anna Holmstrup", at=now, **by(Actor.of_user(other))
    )

    erase_person("anna@koege.example", reason=ASKED, actor=SYSTEM, now=now)

    other.refresh_from_db()
    assert (other.email, other.name) == ("johanna@koege.example", "Anna Holm")
    override = GateOverride.objects.get()
    assert (override.reason, override.by_label) == ("Johanna@koege.example og Anna Holmstrup", "Anna Holm")


def test_erase_person_whose_contact_carries_the_bodys_name_spares_the_body(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)
    office = an_office()
    roskilde = Body.objects.get(key="roskilde")
    set_contact(office, roskilde, email="post@roskilde.example", name="Roskilde Kommune", actor=SYSTEM, now=now)
    process = a_process(office, now, title="Roskilde Kommune og regionen")

    erase_person("post@roskilde.example", reason=ASKED, actor=SYSTEM, now=now)

    process.refresh_from_db()
    roskilde.refresh_from_db()
    assert (process.title, roskilde.name) == ("Roskilde Kommune og regionen", "Roskilde Kommune")


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("Anna Holms svar", "XXs svar"),
        ("ANNA HOLM.", "XX."),
        ("Svar fra Anna Holm.pdf", "Svar fra XX.pdf"),
        ("Anna Holmstrup", "Anna Holmstrup"),
        ("Johanna Holm", "Johanna Holm"),
        ("<anna@x.dk>, skriv til anna@x.dk.", "<XX>, skriv til XX."),
        ("johanna@x.dk hans.anna@x.dk anna@x.dk.example", "johanna@x.dk hans.anna@x.dk anna@x.dk.example"),
    ],
)
def test_pattern_of_a_person_finds_the_person_and_nobody_else(text: str, struck: str) -> None:
    assert pattern(["Anna Holm", "anna@x.dk"]).sub("XX", text) == struck


@pytest.mark.parametrize(
    ("address", "reason", "code"),
    [
        ("nobody@roskilde.example", ASKED, "person_unknown"),
        (EMAIL, " ", "reason_missing"),
        ("sekretariatet@sjaelland.example", ASKED, "office_mailbox"),
    ],
)
def test_erase_person_unknown_without_reason_or_of_the_office_itself_is_refused(
    now: datetime, address: str, reason: str, code: str
) -> None:
    office = an_office()
    set_contact(office, a_body(), email=EMAIL, name=NAME, actor=SYSTEM, now=now)
    set_contact(office, a_body(name="Køge"), email=office.reply_to, actor=SYSTEM, now=now)

    with pytest.raises(Refused) as refused:
        erase_person(address, reason=reason, actor=SYSTEM, now=now)

    assert refused.value.refusal.code == code
    assert Contact.objects.filter(erased_at=None).count() == 2


def test_erase_person_only_named_in_a_text_strikes_the_address_out(now: datetime) -> None:
    process = a_lone_process(now, title=f"Brev fra {EMAIL}")

    erase_person(EMAIL, reason=ASKED, actor=SYSTEM, now=now)

    process.refresh_from_db()
    assert process.title == f"Brev fra {ERASED_MARK}"


def test_erase_person_leaves_nothing_typed_in_the_record(now: datetime, media: Path) -> None:
    asked = "  contact:\n    type: text\n    title: {da: Kontakt, en: Contact}\n"
    told = "  told:\n    type: text\n    title: {da: Oplyst, en: Told}\n"
    text = AGREEMENT.replace("parameters:\n", f"parameters:\n{asked}{told}", 1)
    process = in_submission(now, text=text, parameters={"contact": f"{NAME}, 46 30 00 00"})
    set_parameter(process, "told", NAME, actor=officer_of(process), now=now)
    anna = an_officer(process.office, EMAIL, NAME)
    stage = live_stage(process, "submission")
    package = make_package(stage, actor=officer_of(process), now=now)
    request = send_submission(stage, package, actor=officer_of(process), now=now)
    acknowledge(request, received_at=now, number=f"{NAME}, 46 30 00 00", actor=officer_of(process), now=now)
    for day, source in ((1, f"Mail fra {NAME} 3. marts"), (2, "Brev fra styrelsen")):
        move_statutory_deadline(
            Deadline.objects.get(process=process, name="ruling"),
            new_on=date(2019, 7, day),
            reason="Styrelsen har flyttet den",
            source=source,
            actor=officer_of(process),
            now=now,
        )

    erase_person(anna, reason=ASKED, actor=SYSTEM, now=now)

    assert [entry.verb for entry in AuditEntry.objects.all() if "Anna" in str(entry.codes)] == []
    assert "anna" not in everything_readable(media)
    assert verify_audit(now=now).ok


def test_erased_account_cannot_sign_in_and_has_no_role(now: datetime) -> None:
    _process, anna = anna_everywhere(an_office(), now)

    erase_person(anna, reason=ASKED, actor=SYSTEM, now=now)

    anna.refresh_from_db()
    assert not anna.is_active
    assert not anna.has_usable_password()
    assert not anna.memberships.filter(role=Role.SECRETARIAT).exists()
    assert anna.erased_at == now


# ── Dates ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_purge_due_erases_on_the_day_set_and_not_before(now: datetime, media: Path) -> None:
    office = an_office()
    set_contact(office, a_body(), email=EMAIL, name=NAME, erase_on=date(2019, 3, 2), actor=SYSTEM, now=now)
    file = store_file(office, "svar.pdf", PDF, now=now)
    StoredFile.objects.filter(pk=file.pk).update(erase_on=date(2019, 3, 2))
    anna = an_officer(office, "bent@region.example", "Bent Bro")
    User.objects.filter(pk=anna.pk).update(erase_on=date(2019, 3, 2))
    before_midnight = datetime.fromisoformat("2019-03-01T23:59:59+01:00")

    assert purge_due(before_midnight) == 0
    due = next_purge_due()
    assert due == before_midnight + timedelta(seconds=1)
    assert purge_due(due) == 3
    assert purge_due(due) == 0
    assert next_purge_due() is None

    text = everything_readable(media)
    assert EMAIL not in text
    assert "bent bro" not in text
    assert StoredFile.objects.get().erased_at == due
    assert verify_audit(now=now).ok


def test_purge_due_of_a_process_forgets_whom_it_asked_and_the_words_of_its_record(now: datetime) -> None:
    process, _anna = anna_everywhere(an_office(), now)
    other = a_process(process.office, now, title="En anden sag")
    record(Verb.SETTLE_MATTER, other, actor=SYSTEM, now=now, process=other, detail={"note": "blev her"})
    Process.objects.filter(pk=process.pk).update(erase_on=date(2019, 3, 1))

    assert (next_purge_due(), purge_due(now)) == (None, 0), "a matter under way keeps its people"
    abandon_process(process, reason="Opgivet efter aftale", actor=SYSTEM, now=now)
    assert purge_due(now) == 1

    request = ApprovalRequest.objects.get()
    assert (request.email, request.contact_name, request.erased_at) == ("", "", now)
    assert not AuditDetail.objects.filter(entry__process_id=process.public_id).exists()
    assert AuditDetail.objects.filter(entry__process_id=other.public_id).exists()
    decision = Decision.objects.get()
    assert decision.text == f"Byrådet tiltræder. Talt med {ERASED_MARK} ({ERASED_MARK})."
    assert User.objects.get(email=EMAIL).erased_at is None, "an account has a day of its own"
    assert Contact.objects.get().email == EMAIL
    assert purge_due(now) == 0
    assert verify_audit(now=now).ok


def test_set_erasure_day_of_a_matter_is_kept_recorded_and_acted_on_once_it_has_ended(now: datetime) -> None:
    process, _anna = anna_everywhere(an_office(), now)
    officer = Actor.of_user(an_officer(process.office))
    day = date(2019, 3, 20)

    set_erasure_day(process, date(2019, 3, 10), actor=officer, now=now)
    set_erasure_day(process, day, actor=officer, now=now)

    last = AuditEntry.objects.filter(verb="set_erasure_day").latest("id")
    assert last.codes == {"old_day": "2019-03-10", "day": "2019-03-20"}
    assert next_purge_due() is None
    abandon_process(process, reason="Opgivet efter aftale", actor=officer, now=now)
    due = next_purge_due()
    assert due == datetime.fromisoformat("2019-03-20T00:00:00+01:00")
    assert purge_due(due) == 1
    assert ApprovalRequest.objects.get().email == ""
    set_erasure_day(process, day + timedelta(days=9), actor=officer, now=due)
    set_erasure_day(process, None, actor=officer, now=due)
    assert next_purge_due() is None


@pytest.mark.parametrize(
    ("days", "who", "code"), [(0, "officer", "erasure_day_past"), (1, "auditor", "not_an_officer")]
)
def test_set_erasure_day_gone_by_or_by_others_is_refused(now: datetime, days: int, who: str, code: str) -> None:
    process = a_lone_process(now)
    elsewhere = an_office("hovedstaden")
    actor = Actor.of_user(an_officer(process.office if who == "officer" else elsewhere))

    with pytest.raises(Refused) as refused:
        set_erasure_day(process, now.date() + timedelta(days=days), actor=actor, now=now)

    assert refused.value.refusal.code == code
    assert not Process.objects.filter(erase_on__isnull=False).exists()


def test_erase_person_by_command_says_what_it_erased(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    set_contact(an_office(), a_body(), email=EMAIL, name=NAME, actor=SYSTEM, now=now)

    call_command("erase_person", EMAIL, reason=ASKED)

    assert "contacts: 1" in capsys.readouterr().out
    with pytest.raises(CommandError, match=r"Nothing is kept|Der er intet"):
        call_command("erase_person", "nobody@roskilde.example", reason=ASKED)
    with pytest.raises(CommandError):
        call_command("erase_person", EMAIL, reason=ASKED, office="nowhere")
