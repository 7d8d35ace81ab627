"""Starting in mid-course: stages done outside the system, told of with day, reason, files and the text they left."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from notifications.models import OutgoingMail
from tests.refusals import code_in
from tests.workflow.agreements import a_file, a_locked_bundle, the_facts
from tests.workflow.factories import (
    SMALL,
    a_process,
    a_shipped_process,
    an_office,
    an_officer,
    an_unnamed_officer,
    stage_of,
    the_bodies,
)
from tests.workflow.mid_course_factories import WHY, all_before, an_earlier_stage, started_at
from workflow.actions.approvals import record_decision
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version
from workflow.actions.erasure import erase_person
from workflow.actions.erasure.files import FilesDecided
from workflow.actions.putting_forward import put_forward
from workflow.actions.sealing import seal_audit, verify_audit
from workflow.actions.stages import complete_stage, return_stage
from workflow.actions.taking_back import take_back_bundle
from workflow.actors import Actor
from workflow.definitions import ancestors, ready, shipped, shipped_paths
from workflow.gates import gate_statuses
from workflow.models import (
    ApprovalRequest,
    AuditDetail,
    AuditEntry,
    Bundle,
    Contact,
    Deadline,
    Decision,
    DoneElsewhere,
    Process,
    Stage,
)
from workflow.queries.documents import current_bundle
from workflow.queries.processes import live_stages
from workflow.rules import Refused
from workflow.rules.mid_course import TextOfStage
from workflow.states import ChangeKind, StageState

pytestmark = pytest.mark.django_db

EACH_BEGINNING = [(path.stem, spec.key) for path in shipped_paths() for spec in shipped(path.stem).stages if spec.after]


@pytest.mark.parametrize(("key", "begins"), EACH_BEGINNING)
def test_start_process_of_each_kind_at_each_of_its_stages_opens_what_comes_next(
    now: datetime, key: str, begins: str
) -> None:
    office = an_office()
    the_bodies()

    process = started_at(office, key, begins, now)

    definition = shipped(key)
    done = set(ancestors(definition, begins))
    stages = {stage.key: stage for stage in live_stages(process)}
    assert {one for one, stage in stages.items() if stage.done_on} == done
    assert stages[begins].state == StageState.OPEN
    assert {one for one in done if stages[one].state != StageState.COMPLETED} == set()
    assert ready(definition, {one: stage.state for one, stage in stages.items()}) == []
    assert all(gate_statuses(stage, now) is not None for stage in stages.values())
    assert AuditEntry.objects.filter(verb="tell_of_stage").count() == len(done)
    assert not AuditEntry.objects.filter(verb="open_stage", subject_id__in=[stages[one].public_id for one in done])


def test_start_process_behind_the_committee_asks_the_parties_about_the_text_that_came_out_of_it(now: datetime) -> None:
    office = an_office()
    bodies = the_bodies()
    for number, body in enumerate(bodies.values()):
        Contact.objects.create(office=office, body=body, email=f"post@organ-{number}.example")

    process = started_at(office, "samarbejdsaftale", "accession", now)

    drafting, committee = stage_of(process, "drafting"), stage_of(process, "committee_approval")
    bundle = current_bundle(drafting.line_id)
    assert bundle is not None
    assert (bundle.number, bundle.change, bundle.put_forward_as) == (1, "first", "first")
    assert drafting.bundle == committee.bundle == bundle
    asked = ApprovalRequest.objects.filter(stage=stage_of(process, "accession"))
    assert {row.bundle for row in asked} == {bundle}
    assert OutgoingMail.objects.filter(kind="decision_request").count() == asked.count() > 0
    assert not OutgoingMail.objects.filter(kind="decision_request", not_before__gt=now).exists(), "they leave at once"
    told = DoneElsewhere.objects.get(stage=committee)
    assert (told.reason, told.by_label) == (WHY, "Somebody")
    assert [row.file.name for row in told.files.all()] == ["committee_approval.txt"]
    entry = AuditEntry.objects.get(verb="tell_of_stage", subject_id=committee.public_id)
    assert entry.codes["done_on"] == committee.done_on.isoformat() if committee.done_on else False
    assert (entry.codes["files"], entry.actor_kind) == ([told.files.get().file.sha256], "user")


def test_start_process_behind_the_hearing_waits_for_a_text_made_since(now: datetime) -> None:
    office = an_office()
    the_bodies()

    process = started_at(office, "sundhedsaftale", "consolidation", now)

    stage = stage_of(process, "consolidation")
    [gate] = [row for row in gate_statuses(stage, now) if row.key == "bundle_locked"]
    assert not gate.is_open
    assert current_bundle(stage.line_id) is not None
    a_locked_bundle(process, now, text="# 1 Rettet efter høringen\n", change=ChangeKind.MATERIAL)
    [gate] = [row for row in gate_statuses(stage, now) if row.key == "bundle_locked"]
    assert gate.is_open


def test_start_process_in_mid_course_reckons_deadlines_from_the_days_that_were_told(now: datetime) -> None:
    text = SMALL.replace(
        "    optional: true\n",
        "    optional: true\n    deadline: {rule: days_after, event: first.completed, days: 30, source: Procesplan}\n",
    )
    office = an_office()
    told = [an_earlier_stage(office, now, "first", date(2019, 2, 10))]

    process = a_process(office, now, text, done_elsewhere=told)

    deadline = Deadline.objects.get(process=process)
    assert (deadline.name, deadline.on) == ("second", date(2019, 3, 12))
    assert stage_of(process, "first").done_on == date(2019, 2, 10)


def test_start_process_whose_submission_was_received_elsewhere_gives_the_authority_its_weeks_from_that_day(
    now: datetime,
) -> None:
    office = an_office()
    the_bodies()

    process = started_at(office, "sundhedsaftale", "national_review", now)

    received_on = stage_of(process, "submission").done_on
    assert received_on is not None
    deadline = Deadline.objects.get(process=process, name="national_review")
    assert deadline.on == received_on + timedelta(weeks=8)


def test_return_stage_to_one_done_elsewhere_does_it_anew_here(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = started_at(office, "sundhedsaftale", "committee_endorsement", now)

    return_stage(
        stage_of(process, "committee_endorsement"), to="hearing", reason=WHY, actor=an_unnamed_officer(), now=now
    )

    hearing = stage_of(process, "hearing")
    assert (hearing.state, hearing.attempt, hearing.done_on) == (StageState.OPEN, 2, None)
    earlier = Stage.objects.get(process=process, key="hearing", attempt=1)
    assert (earlier.state, earlier.done_on is not None) == (StageState.RETURNED, True)


def test_start_process_past_an_optional_stage_leaves_it_out(now: datetime) -> None:
    office = an_office()
    the_bodies()
    told = all_before(shipped("sundhedsaftale"), "national_review", office, now)
    told = [one for one in told if one.key != "final_endorsement"]

    process = a_shipped_process(office, "sundhedsaftale", now, done_elsewhere=told)

    assert stage_of(process, "final_endorsement").state == StageState.SKIPPED
    assert stage_of(process, "national_review").state == StageState.OPEN


def test_complete_what_follows_a_process_begun_in_mid_course_to_its_end(now: datetime) -> None:
    office = an_office()
    told = [an_earlier_stage(office, now, key, date(2019, 2, 10)) for key in ("first", "second")]
    process = a_process(office, now, done_elsewhere=told)

    complete_stage(stage_of(process, "side"), actor=an_unnamed_officer(), now=now)

    assert stage_of(process, "last").state == StageState.OPEN


def _changed(of: str, **changes: Any) -> Any:
    return lambda told: [replace(one, **changes) if one.key == of else one for one in told]


def _without(key: str) -> Any:
    return lambda told: [one for one in told if one.key != key]


@pytest.mark.parametrize(
    ("wrong", "code", "words"),
    [
        (_without("drafting"), "stage_before_missing", "Udkast"),
        (_changed("steering_group", on=date(2019, 3, 2)), "happened_in_future", "2. marts 2019"),
        (_changed("drafting", on=date(1899, 12, 31)), "day_too_early", "1900"),
        (_changed("steering_group", on=date(2019, 1, 1)), "days_out_of_order", "1. januar 2019"),
        (_changed("drafting", reason="  "), "reason_missing", "Udkast"),
        (_changed("drafting", reason="kort"), "reason_too_short", "Udkast"),
        (_changed("committee_approval", files=()), "stage_not_shown", "Godkendelse i udvalget"),
        (_changed("drafting", texts=()), "stage_without_text", "Udkast"),
        (
            _changed("steering_group", texts=(TextOfStage("Aftalen", markdown="Ord"),)),
            "text_not_its_last",
            "Behandling",
        ),
        (_changed("drafting", texts=(TextOfStage("Aftalen"),)), "version_empty", ""),
        (_changed("steering_group", key="styregruppen"), "stage_unknown", "styregruppen"),
        (lambda told: [*told, told[0]], "stage_twice", ""),
    ],
)
def test_start_process_with_a_stage_wrongly_told_of_is_refused_and_leaves_nothing(
    now: datetime, wrong: Any, code: str, words: str
) -> None:
    office = an_office()
    the_bodies()
    told = all_before(shipped("samarbejdsaftale"), "accession", office, now)
    parameters = {"effective_on": date(2020, 3, 1)}

    with pytest.raises(Refused) as refused:
        a_shipped_process(office, "samarbejdsaftale", now, parameters=parameters, done_elsewhere=wrong(told))

    assert code_in(refused) == code
    assert words in str(refused.value.refusal.text)
    assert not Process.objects.exists()


def test_start_process_of_which_everything_was_done_elsewhere_is_refused(now: datetime) -> None:
    office = an_office()
    told = [an_earlier_stage(office, now, key, date(2019, 2, 10)) for key in ("first", "side", "last")]

    with pytest.raises(Refused) as refused:
        a_process(office, now, done_elsewhere=told)

    assert code_in(refused) == "nothing_left"


def test_start_process_in_mid_course_twice_under_one_key_is_one_deed_and_with_another_day_refused(
    now: datetime,
) -> None:
    office = an_office()
    one = an_earlier_stage(office, now, "first", date(2019, 2, 10), files=(a_file(office, now),))
    first = a_process(office, now, done_elsewhere=[one], key="press")

    again = a_process(office, now, done_elsewhere=[one], key="press")
    with pytest.raises(Refused) as refused:
        a_process(office, now, done_elsewhere=[replace(one, on=date(2019, 2, 11))], key="press")

    assert again == first
    assert code_in(refused) == "form_used"


def test_change_the_text_after_approvals_given_elsewhere_asks_every_party_here(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = started_at(office, "sundhedsaftale", "submission", now)

    new_text = _with_a_new_text(process, now)

    approval = stage_of(process, "party_approval")
    assert (approval.attempt, approval.state, approval.done_on) == (2, StageState.OPEN, None)
    assert ApprovalRequest.objects.filter(stage=approval, bundle=new_text).count() == 4


def test_change_the_text_after_it_was_sent_elsewhere_leaves_what_was_approved_elsewhere(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = started_at(office, "sundhedsaftale", "national_review", now)

    _with_a_new_text(process, now)

    assert stage_of(process, "party_approval").attempt == 1


def test_record_decision_of_a_meeting_between_a_text_made_elsewhere_and_the_start_is_taken_and_of_one_before_refused(
    now: datetime,
) -> None:
    office = an_office()
    the_bodies()
    process = started_at(office, "sundhedsaftale", "party_approval", now)
    made_on = min(stage.done_on for stage in process.stages.exclude(done_on=None).filter(bundle__isnull=False))
    requests = list(ApprovalRequest.objects.filter(stage__process=process).order_by("id"))
    assert made_on < now.date()

    taken = _decided_on(requests[0], made_on, now)
    with pytest.raises(Refused) as refused:
        _decided_on(requests[1], made_on - timedelta(days=1), now)

    assert taken.meeting_on == made_on
    assert code_in(refused) == "meeting_before_text"


def _decided_on(request: ApprovalRequest, meeting_on: date, now: datetime) -> Decision:
    """A body's decision in a meeting of this day, given by its link."""
    assert request.bundle is not None
    return record_decision(
        request,
        the_facts(now, meeting_on=meeting_on),
        bundle_sha256=request.bundle.sha256,
        actor=Actor.of_link(request.link, request.body.name),
        now=now,
    )


def _with_a_new_text(process: Process, now: datetime) -> Bundle:
    """A set put forward that changes the text in its substance."""
    document, officer = process.documents.get(), an_unnamed_officer()
    version = add_version(document, markdown="# 1 Mål\n\nEt nyt mål.", actor=officer, now=now)
    entries = [BundleEntry(version, "agreement")]
    bundle = lock_documents(process, entries, change=ChangeKind.MATERIAL, actor=officer, now=now)
    return put_forward(bundle, reason=WHY, change=ChangeKind.MATERIAL, actor=officer, now=now)


def test_erase_whom_a_stage_done_elsewhere_names_takes_the_name_and_leaves_the_day(
    now: datetime, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    office = an_office()
    officer = an_officer(office, "anna@kommune.example", name="Anna Æbelø Sørensen")
    told = [an_earlier_stage(office, now, "first", date(2019, 2, 10), reason="Skrevet af Anna Æbelø Sørensen")]
    process = a_process(office, now, done_elsewhere=told, actor=Actor.of_user(officer))
    seal_audit(now=now)

    decided = FilesDecided(keep_others="Papiret er sagens.")
    erase_person(officer, reason="Anmodning om sletning", files=decided, actor=an_unnamed_officer(), now=now)

    row = DoneElsewhere.objects.get()
    assert "Anna" not in row.reason + row.by_label
    assert stage_of(process, "first").done_on == date(2019, 2, 10)
    assert not AuditDetail.objects.filter(body__icontains="Æbelø").exists()
    assert verify_audit(now=now).ok


def test_take_back_the_text_that_a_process_began_with_is_refused_for_a_stage_rests_on_it(now: datetime) -> None:
    office = an_office()
    the_bodies()
    process = started_at(office, "hoering", "hearing", now)

    with pytest.raises(Refused) as refused:
        take_back_bundle(process.bundles.get(), reason=WHY, actor=an_unnamed_officer(), now=now)

    assert code_in(refused) in ("happened_since", "too_late_to_take_back")
    assert current_bundle(process.lines.get().pk) == process.bundles.get()
