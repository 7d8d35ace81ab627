"""Starting a process: who fills its places, its number, its stages. The form, the command and the player come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from workflow.actions.mid_course import tell_of_earlier_stages
from workflow.actions.once import Once
from workflow.actions.publication import publish_along
from workflow.actions.rights import insist_officer
from workflow.actions.stages import advance
from workflow.actors import Actor
from workflow.audit import following, record
from workflow.dates import local_day
from workflow.definitions import Definition
from workflow.models import (
    Body,
    Office,
    Process,
    ProcessBody,
    ProcessDefinition,
    Stage,
    TextLine,
)
from workflow.queries.candidates import candidates
from workflow.queries.processes import (
    read_definition,
)
from workflow.rules import Refusal, insist
from workflow.rules.mid_course import EarlierStage, may_begin_in_mid_course
from workflow.rules.starting import given_parameters, may_come_to_approval, may_fill, must_know_names
from workflow.rules.validity import is_valid_on
from workflow.states import Level, PublicThing, Verb


@transaction.atomic
def start_process(
    office: Office,
    definition: ProcessDefinition,
    *,
    title: str,
    parameters: Mapping[str, object] | None = None,
    bodies: Mapping[str, Body | Iterable[Body]] | None = None,
    levels: Mapping[str, Level] | None = None,
    region: str | None = None,
    is_public: bool = False,
    external_case_number: str = "",
    linked_to: Process | None = None,
    done_elsewhere: Sequence[EarlierStage] = (),
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Process:
    """Start a process of a loaded definition and open the stages it begins with.

    parameters: values by the definition's names, dates as local days. bodies: who fills a list or role, by its name;
    what is not named is filled by kind with the bodies valid today, within `region` (default: the office's; "" for the
    whole country). levels: by body key, at which level a body decides here (default: its council). is_public: with it
    opens its public page. done_elsewhere: the stages that were done outside the system; the process begins behind them.

    Refuses everybody but an officer, a missing or wrong parameter, a list or role without a body, a role with several,
    a body that no longer exists, bodies with which an approval could never be reached, and stages told of as done with
    a gap, a wrong day, no reason, or without the papers or the text that the stages ahead need. Leaves the case number
    `<prefix>-<year>-<serial>`, gap-free within office and year, all stages at their first attempt, the places of the
    bodies, every deadline that can be known, and a mark of when to look again.
    """
    # There is no process to lock yet: the office's row guards the key and the case number.
    office = Office.objects.select_for_update().get(pk=office.pk)
    by_name = {name: [value] if isinstance(value, Body) else list(value) for name, value in (bodies or {}).items()}
    choices: tuple[object, ...] = (definition, title, parameters, by_name, levels, region, is_public)
    choices += (external_case_number, linked_to, done_elsewhere)
    once = Once(f"start_process:{office.public_id}", key, choices)
    if earlier := once.made:
        return Process.objects.get(public_id=earlier)
    insist_officer(actor, office, now)
    insist(_must_be_ours(definition, office) or _must_be_our_matter(linked_to, office) or _must_have_title(title))
    content = read_definition(definition)
    values = given_parameters(content, parameters or {})
    today = local_day(now, office.time_zone)
    region = office.region_code if region is None else region
    places = _fill_places(content, by_name, today, region)
    insist(may_come_to_approval(content, {name: [body.kind for body in filled] for name, filled in places.items()}))
    insist(may_begin_in_mid_course(content, done_elsewhere, today))
    plain, texts = split_erasable(content, values)
    process = Process.objects.create(
        office=office,
        definition=definition,
        title=title.strip(),
        case_number=_next_case_number(office, today.year),
        external_case_number=external_case_number,
        time_zone=office.time_zone,
        language=office.language,
        parameters=values,
        linked_to=linked_to,
        started_at=now,
    )
    _lay_out(process, content, places, levels or {})
    codes = {"parameters": plain, "region": region, **_facts_of_start(process, content, places)}
    detail = {"parameters": texts} if texts else {}
    entry = record(Verb.START_PROCESS, process, actor=actor, now=now, process=process, codes=codes, detail=detail)
    tell_of_earlier_stages(process, content, done_elsewhere, actor=actor, now=now)
    if is_public:
        publish_along(process, [(PublicThing.PATH, process.public_id, "")], caused_by=entry, actor=actor)
    advance(process, actor=following(entry), now=now)
    once.keep(process.public_id, now)
    return process


def _must_be_ours(definition: ProcessDefinition, office: Office) -> Refusal | None:
    if definition.office_id == office.pk:
        return None
    return Refusal("definition_elsewhere", _("The definition belongs to another office; load it here first."))


def _must_be_our_matter(linked_to: Process | None, office: Office) -> Refusal | None:
    if linked_to is None or linked_to.office_id == office.pk:
        return None
    return Refusal("linked_elsewhere", _("The earlier process belongs to another office."))


def _must_have_title(title: str) -> Refusal | None:
    return None if title.strip() else Refusal("title_missing", _("Give the process a title."))


def _facts_of_start(process: Process, content: Definition, places: Mapping[str, list[Body]]) -> dict[str, object]:
    """Under which number and definition a process was started, and with whom."""
    return {
        "case_number": process.case_number,
        "definition": content.key,
        "sha256": content.sha256,
        "bodies": {name: [body.key for body in members] for name, members in places.items()},
    }


def _lay_out(
    process: Process, content: Definition, places: Mapping[str, list[Body]], levels: Mapping[str, Level]
) -> None:
    """The places of the bodies, the lines of text, and every stage at its first attempt."""
    ProcessBody.objects.bulk_create(
        ProcessBody(process=process, body=body, name=name, position=position, level=levels.get(body.key, Level.COUNCIL))
        for name, members in places.items()
        for position, body in enumerate(members)
    )
    lines = TextLine.objects.bulk_create(
        TextLine(process=process, key=key, title=title.in_language(process.language), position=position)
        for position, (key, title) in enumerate(content.texts.items())
    )
    by_key = {line.key: line for line in lines}
    Stage.objects.bulk_create(
        Stage(process=process, line=by_key[stage.text], key=stage.key, kind=stage.kind, position=position)
        for position, stage in enumerate(content.stages)
    )


def split_erasable(
    content: Definition, values: Mapping[str, str | int]
) -> tuple[dict[str, str | int], dict[str, str | int]]:
    """Days and numbers, which the record keeps, and texts, which may name somebody and can be erased from it."""
    texts = {name: value for name, value in values.items() if content.parameters[name].type == "text"}
    return {name: value for name, value in values.items() if name not in texts}, texts


def _fill_places(
    content: Definition, bodies_by_name: Mapping[str, list[Body]], today: date, region: str
) -> dict[str, list[Body]]:
    insist(must_know_names(content, list(bodies_by_name)))
    places: dict[str, list[Body]] = {}
    for name in (*content.bodies, *content.lists):
        bodies = bodies_by_name.get(name)
        if bodies is None:
            members = content.lists[name].members if name in content.lists else ()
            places[name] = (
                [body for member in members for body in places[member]]
                if members
                else candidates(content, name, today, region)
            )
        else:
            places[name] = bodies
        insist(may_fill(content, name, len(places[name])))
        for body in places[name]:
            insist(_must_exist(body, today))
    return places


def _must_exist(body: Body, today: date) -> Refusal | None:
    if is_valid_on(body, today):
        return None
    text = _("%(body)s does not exist on the day the process starts. Choose its successor.") % {"body": body.name}
    return Refusal("body_not_valid", text)


def _next_case_number(office: Office, year: int) -> str:
    """The office's row is locked, so no two processes get the same number and none is left out."""
    stem = f"{office.case_prefix}-{year}-"
    last = (
        Process.objects.filter(office=office, case_number__startswith=stem)
        # By length first: as text, 9999 stands after 10000.
        .order_by(Length("case_number").desc(), "-case_number")
        .values_list("case_number", flat=True)
        .first()
    )
    serial = int(last.removeprefix(stem)) + 1 if last else 1
    return f"{stem}{serial:04d}"
