"""From the plain body of a checked definition to its typed shape; `parse` and `from_canonical` come in."""

import json
from collections.abc import Mapping
from datetime import date, time
from types import MappingProxyType
from typing import Any

from workflow.definitions.shape import (
    DEFAULT_CLOCK,
    DEFAULT_COUNTS,
    ApprovalTerms,
    BodyList,
    BodyRole,
    BundleUse,
    Completes,
    ConsultationTerms,
    DeadlineRule,
    Definition,
    ExternalClock,
    ExternalTerms,
    Gate,
    GateName,
    MilestoneTerms,
    NamedDeadline,
    Parameter,
    Phrase,
    ReviewTerms,
    RuleKind,
    StageSpec,
    Text,
)
from workflow.states import BodyKind, Outcome, StageKindName


def canonical_json(body: Mapping[str, Any]) -> str:
    """The body as JSON with sorted keys and no spare space, so that the same content always gives the same bytes."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def build(body: Mapping[str, Any]) -> Definition:
    """The definition of an already checked body. Unchecked bodies go through `parse`."""
    return Definition(
        key=body["key"],
        schema_version=body["schema_version"],
        title=_text(body["title"]),
        description=_text(body["description"]),
        stages=tuple(_stage(stage) for stage in body["stages"]),
        lists=MappingProxyType({key: _list(key, value) for key, value in body.get("lists", {}).items()}),
        bodies=MappingProxyType(
            {
                key: BodyRole(key, _text(value["title"]), BodyKind(value["kind"]))
                for key, value in body.get("bodies", {}).items()
            }
        ),
        parameters=MappingProxyType({key: _parameter(key, value) for key, value in body.get("parameters", {}).items()}),
        deadlines=MappingProxyType(
            {
                key: NamedDeadline(key, _text(value["title"]), _deadline(value["deadline"]))
                for key, value in body.get("deadlines", {}).items()
            }
        ),
        canonical=canonical_json(body),
    )


def _text(value: Mapping[str, str]) -> Text:
    return Text(da=value["da"], en=value["en"])


def _phrase(value: Mapping[str, Any]) -> Phrase:
    return Phrase(value["key"], _text(value["text"]))


def _clock(value: Mapping[str, Any], default: time = DEFAULT_CLOCK) -> time:
    return time.fromisoformat(value["clock"]) if "clock" in value else default


def _list(key: str, value: Mapping[str, Any]) -> BodyList:
    return BodyList(
        key=key,
        title=_text(value["title"]),
        description=_text(value["description"]),
        kinds=tuple(BodyKind(kind) for kind in value.get("kinds", ())),
        members=tuple(value.get("members", ())),
    )


def _parameter(key: str, value: Mapping[str, Any]) -> Parameter:
    default = value.get("default")
    return Parameter(
        key=key,
        type=value["type"],
        title=_text(value["title"]),
        required=value.get("required", False),
        default=date.fromisoformat(default) if value["type"] == "date" and default is not None else default,
    )


def _deadline(value: Mapping[str, Any]) -> DeadlineRule:
    return DeadlineRule(
        rule=RuleKind(value["rule"]),
        source=value["source"],
        clock=_clock(value),
        on=date.fromisoformat(value["date"]) if "date" in value else None,
        **{
            name: value[name]
            for name in ("parameter", "event", "deadline", "days", "weeks", "months", "years")
            if name in value
        },
    )


def _gate(value: Mapping[str, Any]) -> Gate:
    return Gate(
        gate=GateName(value["gate"]),
        rulings=tuple(
            value.get(
                "rulings", ("approved", "approved_with_remarks") if value["gate"] == GateName.EXTERNAL_RULING else ()
            )
        ),
        message=_text(value["message"]) if "message" in value else None,
        **{name: value[name] for name in ("body", "list", "stage", "parameter", "deadline") if name in value},
    )


def _counts(value: Mapping[str, Any]) -> tuple[Outcome, ...]:
    return tuple(Outcome(outcome) for outcome in value["counts"]) if "counts" in value else DEFAULT_COUNTS


def _approval(value: Mapping[str, Any]) -> ApprovalTerms:
    return ApprovalTerms(
        list=value["list"],
        rule=value["rule"],
        k=value.get("k"),
        weights=MappingProxyType(dict(value.get("weights", {}))),
        threshold=value.get("threshold"),
        vetoes=tuple(BodyKind(kind) for kind in value.get("vetoes", ())),
        accession=value.get("accession", False),
        counts=_counts(value),
        requires_minutes=value.get("requires_minutes", False),
    )


def _external(value: Mapping[str, Any]) -> ExternalTerms:
    clock = value.get("clock")
    return ExternalTerms(
        body=value["body"],
        awaits=value["awaits"],
        clock=ExternalClock(
            weeks=clock["weeks"],
            event=clock["from"],
            pauses_on_question=clock["pauses_on_question"],
            source=clock["source"],
            clock=_clock(clock),
        )
        if clock
        else None,
    )


def _stage(value: Mapping[str, Any]) -> StageSpec:
    kind = StageKindName(value["kind"])
    by_default = Completes.MANUAL if kind is StageKindName.DRAFTING else Completes.AUTOMATIC
    review, consultation, milestone = (value.get(name) for name in ("review", "consultation", "milestone"))
    return StageSpec(
        key=value["key"],
        kind=kind,
        title=_text(value["title"]),
        description=_text(value["description"]) if "description" in value else None,
        after=tuple(value["after"]),
        actor=value["actor"],
        optional=value.get("optional", False),
        end=value.get("end", False),
        completes=Completes(value.get("completes", by_default)),
        bundle=BundleUse(value.get("bundle", BundleUse.NONE)),
        gates=tuple(_gate(gate) for gate in value.get("gates", ())),
        deadline=_deadline(value["deadline"]) if "deadline" in value else None,
        reminders=tuple(sorted(value.get("reminders", ()), reverse=True)),
        on_return=value.get("on_return"),
        on_outcome=MappingProxyType(dict(value.get("on_outcome", {}))),
        review=ReviewTerms(_phrase(review["recommendation"]), _counts(review), review.get("requires_minutes", False))
        if review
        else None,
        consultation=ConsultationTerms(
            form=consultation["form"],
            list=consultation["list"],
            length_days=consultation.get("length_days"),
            clock=_clock(consultation, time(12, 0)),
        )
        if consultation
        else None,
        approval=_approval(value["approval"]) if "approval" in value else None,
        external=_external(value["external"]) if "external" in value else None,
        milestone=MilestoneTerms(_phrase(milestone["fact"]), milestone.get("each")) if milestone else None,
    )
