"""Bodies put on the list, renamed and ended by an office."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tests.racing import at_once
from tests.refusals import code_of
from tests.workflow.agreements import decide, in_approval, request_to
from tests.workflow.factories import a_body, an_actor, an_office
from tests.workflow.test_accounts import an_administrator
from workflow.actions.bodies import load_bodies
from workflow.actions.changing_bodies import BodyFacts, change_body, create_body, end_body
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Body, Decision
from workflow.rules.overwriting import digest_of_fields
from workflow.states import BodyKind, Outcome, RequestState

pytestmark = pytest.mark.django_db

ORGANISATION = BodyFacts(kind=BodyKind.ORGANISATION, name="Ældre Sagen i Køge", region_code="sjaelland")


def test_create_body_is_there_for_all_and_twice_under_one_key_makes_one(now: datetime) -> None:
    office = an_office()
    actor = an_administrator(office, now)

    bodies = {create_body(office, ORGANISATION, actor=actor, now=now, key="k1") for _press in range(2)}

    [body] = bodies
    assert (body.key, body.name, body.kind) == ("aeldre-sagen-i-koege", ORGANISATION.name, BodyKind.ORGANISATION)
    entry = AuditEntry.objects.get(verb="create_body")
    assert (entry.subject_id, entry.office_id) == (body.public_id, office.pk)


@pytest.mark.parametrize(
    ("case", "code"), [("same name", "body_exists"), ("no name", "name_wrong"), ("officer", "not_an_administrator")]
)
def test_create_body_in_vain_says_why_and_makes_nothing(now: datetime, case: str, code: str) -> None:
    office = an_office()
    actor = an_actor(office) if case == "officer" else an_administrator(office, now)
    a_body(BodyKind.ORGANISATION, "ÆLDRE SAGEN I KØGE", key="en-anden")
    facts = ORGANISATION if case != "no name" else BodyFacts(kind=BodyKind.ORGANISATION, name=" ")

    assert code_of(lambda: create_body(office, facts, actor=actor, now=now)) == code
    assert Body.objects.count() == 1


def test_create_body_named_as_one_that_has_ended_gets_a_key_of_its_own(now: datetime) -> None:
    office = an_office()
    a_body(BodyKind.ORGANISATION, ORGANISATION.name, key="aeldre-sagen-i-koege", valid_to=date(2018, 12, 31))

    body = create_body(office, ORGANISATION, actor=an_administrator(office, now), now=now)

    assert body.key == "aeldre-sagen-i-koege-2"


def test_change_body_renames_it_keeps_its_key_and_the_record_both_names(now: datetime) -> None:
    office = an_office()
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd")
    key = body.key
    facts = BodyFacts(kind=body.kind, name="Stevns Kommunalbestyrelse", region_code="sjaelland")

    change_body(body, office, facts, actor=an_administrator(office, now), now=now)

    body.refresh_from_db()
    assert (body.name, body.key) == ("Stevns Kommunalbestyrelse", key)
    assert body.sort_key.startswith("stevns k")
    entry = AuditEntry.objects.get(verb="change_body")
    assert entry.codes["changed"] == ["name"]
    assert entry.detail.body["before"] == "Stevns Byråd"


def test_change_body_after_a_colleague_did_is_refused(now: datetime) -> None:
    office = an_office()
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd")
    shown = digest_of_fields(
        {"kind": body.kind, "name": body.name, "name_en": "", "own_name": "", "region_code": body.region_code}
    )
    actor = an_administrator(office, now)
    other, mine = (BodyFacts(kind=body.kind, name=name, region_code="sjaelland") for name in ("Stevns", "Stevns Råd"))
    change_body(body, office, other, shown_digest=shown, actor=actor, now=now)

    refused = code_of(lambda: change_body(body, office, mine, shown_digest=shown, actor=actor, now=now))

    assert refused == "words_changed"


def test_load_bodies_after_a_body_was_renamed_leaves_it(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)
    office = an_office()
    body = Body.objects.filter(kind=BodyKind.MUNICIPAL_COUNCIL).earliest("id")
    facts = BodyFacts(kind=body.kind, name="Et nyt navn", region_code=body.region_code)
    change_body(body, office, facts, actor=an_administrator(office, now), now=now)

    loaded = load_bodies(actor=SYSTEM, now=now)

    body.refresh_from_db()
    assert (body.name, loaded.changed) == ("Et nyt navn", 0)


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ("itself", "successor_circle"),
        ("circle", "successor_circle"),
        ("gone", "successor_gone"),
        ("to come", "successor_to_come"),
        ("without a day", "successor_without_day"),
        ("before it begins", "body_ends_before_it_begins"),
        ("officer", "not_an_administrator"),
    ],
)
def test_end_body_in_vain_says_why_and_changes_nothing(now: datetime, case: str, code: str) -> None:
    office = an_office()
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd", valid_from=date(2007, 1, 1))
    other = a_body(BodyKind.MUNICIPAL_COUNCIL, "Køge Byråd")
    last_on = {"before it begins": date(2006, 12, 31), "without a day": None}.get(case, date(2019, 12, 31))
    if case == "circle":
        Body.objects.filter(pk=other.pk).update(successor=body)
    if case == "to come":
        Body.objects.filter(pk=other.pk).update(valid_from=date(2025, 1, 1))
    if case == "gone":
        Body.objects.filter(pk=other.pk).update(valid_to=date(2019, 6, 30))
    successor = body if case == "itself" else Body.objects.get(pk=other.pk)
    actor = an_actor(office) if case == "officer" else an_administrator(office, now)

    refused = code_of(lambda: end_body(body, office, last_on=last_on, successor=successor, actor=actor, now=now))

    assert refused == code
    body.refresh_from_db()
    assert (body.valid_to, body.successor) == (None, None)


def test_end_body_in_the_middle_of_an_approval_moves_nothing_and_refuses_what_it_decides_afterwards(
    now: datetime,
) -> None:
    process = in_approval(now)
    council = request_to(process, "council-1").body
    successor = a_body(BodyKind.MUNICIPAL_COUNCIL, "Storkommunens Byråd")
    office = process.office

    end_body(
        council,
        office,
        last_on=date(2019, 3, 5),
        successor=successor,
        actor=an_administrator(office, now),
        now=now,
    )

    assert request_to(process, "council-1").state == RequestState.ASKED
    later = now + timedelta(days=10)
    assert code_of(lambda: decide(process, "council-1", later, meeting_on=date(2019, 3, 6))) == "body_succeeded"
    decide(process, "council-1", later, Outcome.APPROVED, meeting_on=date(2019, 3, 5))
    assert Decision.objects.filter(body=council).count() == 1


def test_end_body_by_mistake_is_taken_back_by_giving_no_day(now: datetime) -> None:
    office = an_office()
    body, other = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd"), a_body(BodyKind.MUNICIPAL_COUNCIL, "Køge Byråd")
    actor = an_administrator(office, now)
    end_body(body, office, last_on=date(2019, 12, 31), successor=other, actor=actor, now=now)

    end_body(body, office, last_on=None, successor=None, actor=actor, now=now)

    body.refresh_from_db()
    assert (body.valid_to, body.successor) == (None, None)


def test_end_body_with_what_a_page_showed_before_finds_the_follower_of_today(now: datetime) -> None:
    """Two followers of each other cannot come of rows that were read before."""
    office = an_office()
    actor = an_administrator(office, now)
    first, second = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd"), a_body(BodyKind.MUNICIPAL_COUNCIL, "Køge Byråd")
    stale = Body.objects.get(pk=first.pk)
    day = date(2019, 12, 31)
    end_body(first, office, last_on=day, successor=second, actor=actor, now=now)

    refused = code_of(lambda: end_body(second, office, last_on=day, successor=stale, actor=actor, now=now))

    assert refused == "successor_circle"


def test_end_body_after_a_colleague_did_is_refused(now: datetime) -> None:
    office = an_office()
    actor = an_administrator(office, now)
    body = a_body(BodyKind.MUNICIPAL_COUNCIL, "Stevns Byråd")
    shown = digest_of_fields({"last_on": None, "successor": None})
    end_body(body, office, last_on=date(2019, 6, 30), successor=None, shown_digest=shown, actor=actor, now=now)

    refused = code_of(
        lambda: end_body(
            body, office, last_on=date(2019, 12, 31), successor=None, shown_digest=shown, actor=actor, now=now
        )
    )

    assert refused == "words_changed"


def test_let_a_body_live_on_whose_name_another_bears_by_now_is_refused(now: datetime) -> None:
    office = an_office()
    actor = an_administrator(office, now)
    body = a_body(BodyKind.ORGANISATION, ORGANISATION.name, key="en-anden", valid_to=date(2018, 12, 31))
    create_body(office, ORGANISATION, actor=actor, now=now)

    refused = code_of(lambda: end_body(body, office, last_on=None, successor=None, actor=actor, now=now))

    assert refused == "body_exists"


# ── Races ─────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rename_two_bodies_and_make_a_third_under_one_name_at_once_one_gets_it(now: datetime) -> None:
    office = an_office()
    actor = an_administrator(office, now)
    bodies = [a_body(BodyKind.ORGANISATION, name) for name in ("Den ene", "Den anden")]
    facts = BodyFacts(kind=BodyKind.ORGANISATION, name="Det nye navn")

    at_once(
        *(lambda body=body: change_body(body, office, facts, actor=actor, now=now) for body in bodies),
        lambda: create_body(office, facts, actor=actor, now=now),
    )

    assert Body.objects.filter(name="Det nye navn").count() == 1
