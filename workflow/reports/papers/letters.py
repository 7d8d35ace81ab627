"""Letters with which a text is sent on, and the case presentation that goes on a body's agenda."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.dates import deadline_words
from workflow.models import ApprovalRequest, Bundle, BundleItem, Package, Stage
from workflow.queries.documents import bundle_of
from workflow.queries.presentations import presentation_of, words_of_presentation
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.queries.submissions import receiver_of
from workflow.reports.papers.course import course_before
from workflow.reports.papers.facts import Fact, Template, Value
from workflow.reports.papers.heads import paper_of, signature_of
from workflow.reports.papers.markdown import blocks_of
from workflow.reports.papers.model import Block, Gap, Heading, ItemList, Paper, Paragraph, Words, line
from workflow.reports.papers.registry import PaperKind
from workflow.rules.presentations import may_present
from workflow.rules.refusals import Refused
from workflow.states import ChangeKind, RequestPurpose

TRANSMITTAL: Final = "transmittal"
PRESENTATION: Final = "case_presentation"


# ── Transmittal letter ────────────────────────────────────────────────────────────────────────────────────────
def find_sent(public_id: UUID) -> ApprovalRequest | Package | None:
    """What is sent on: a question to a body, or a package for an authority."""
    requests = ApprovalRequest.objects.select_related("stage__process__office", "stage__process__definition")
    request = requests.select_related("body", "bundle__line", "dispatch").filter(public_id=public_id).first()
    if request is not None:
        return request
    packages = Package.objects.select_related("stage__process__office", "stage__process__definition")
    return packages.select_related("bundle__line", "file").filter(public_id=public_id).first()


def _transmittal(sent: ApprovalRequest | Package) -> Paper:
    return _to_authority(sent) if isinstance(sent, Package) else _to_body(sent)


def _to_body(request: ApprovalRequest) -> Paper:
    process, bundle = request.stage.process, request.bundle
    words = {"title": process.title}
    asks = {
        RequestPurpose.RECOMMENDATION: _("%(title)s is hereby sent to you for your recommendation."),
        RequestPurpose.APPROVAL: _("%(title)s is hereby sent to you for approval."),
        RequestPurpose.ACCESSION: _("%(title)s is hereby sent to you, so that you can decide whether to join it."),
    }
    blocks: list[Block] = [Paragraph(line(asks[RequestPurpose(request.purpose)] % words))]
    blocks += _recommended(request.stage)
    blocks += [Paragraph(line(own)) for own in _own_words(request)]
    if request.reply_by_at is not None:
        by = deadline_words(request.reply_by_at, process.time_zone)
        blocks.append(Paragraph((Words(_("We ask for your decision by %(day)s.") % {"day": by}, is_strong=True),)))
    blocks.append(
        Paragraph(
            line(
                _(
                    "The decision is recorded by the personal link in the mail from the secretariat, with an extract "
                    "of the minutes. It may also be sent to the secretariat, which then records it."
                )
            )
        )
    )
    blocks += _enclosed(bundle)
    blocks.append(signature_of(process))
    title = _("Transmittal of %(title)s") % words
    return paper_of(
        process,
        TRANSMITTAL,
        title,
        blocks,
        at=request.asked_at,
        named=(_("Transmittal letter"), request.body.name),
        recipient=(request.body.name,),
    )


def _own_words(request: ApprovalRequest) -> list[str]:
    """What the office wrote to all on the dispatch, by paragraphs."""
    words = request.dispatch.words if request.dispatch else ""
    return [part.strip() for part in words.split("\n\n") if part.strip()]


def _to_authority(package: Package) -> Paper:
    process = package.stage.process
    receiver = receiver_of(package.stage)
    words = {"title": process.title, "number": package.number, "set": _version(package.bundle)}
    blocks: list[Block] = [
        Paragraph(line(_("%(title)s is hereby submitted. Package %(number)d holds %(set)s.") % words)),
    ]
    if package.is_provisional:
        blocks.append(Paragraph(line(_("The package is provisional. What is missing is named in it and follows."))))
    blocks.append(Paragraph(line(_("We ask you to acknowledge it by the personal link in the mail."))))
    blocks.append(Paragraph(line(_("SHA-256 of the package: %(sha256)s") % {"sha256": package.file.sha256})))
    blocks += _enclosed(package.bundle)
    blocks.append(signature_of(process))
    return paper_of(
        process,
        TRANSMITTAL,
        _("Submission of %(title)s") % words,
        blocks,
        at=package.created_at,
        named=(_("Transmittal letter"), receiver.name),
        recipient=(receiver.name,) if receiver.name else (_("The authority"),),
    )


def _version(bundle: Bundle) -> str:
    """A set as it is called within a sentence."""
    return _("version %(number)d") % {"number": bundle.number}


def _recommended(stage: Stage) -> Iterator[Block]:
    review = stage_spec(stage).review
    if review is not None:
        yield Paragraph(
            line(_("It is recommended %(words)s.") % {"words": str(review.recommendation.text).rstrip(".")})
        )


def _enclosed(bundle: Bundle | None) -> Iterator[Block]:
    """The documents of a set, as a list of enclosures."""
    if bundle is None:
        return
    yield Heading(1, line(_("Enclosures")))
    yield _documents(bundle)


def _documents(bundle: Bundle) -> ItemList:
    items = []
    for item in bundle.items.select_related("version").order_by("position"):
        role = _("to be approved") if item.needs_approval else _("for information")
        items.append((Paragraph(line(f"{item.version.title} ({role})")),))
    return ItemList(tuple(items), is_numbered=True)


# ── Case presentation ─────────────────────────────────────────────────────────────────────────────────────────
def find_stage(public_id: UUID) -> Stage | None:
    """A stage with its process."""
    stages = Stage.objects.select_related("process__office", "process__definition", "line", "bundle__line")
    return stages.filter(public_id=public_id).first()


def presentation_parts(stage: Stage) -> list[tuple[str, tuple[Block, ...]]]:
    """The case presentation of a stage, part by part. The headings are those of an agenda system, so that each part can
    be put into its field. What the system does not know is a gap with its name. Refuses a stage in which no body
    decides."""
    refusal = may_present(stage)
    if refusal is not None:
        raise Refused(refusal)
    bundle = bundle_of(stage)
    annexes = _documents(bundle) if bundle else Gap(_("Annexes: no set of documents is locked yet."))
    words = {part: blocks_of(text, below=1) for part, text in words_of_presentation(stage).items()}
    case = _("Presentation of the case: what the text contains, and why, is to be written by the secretariat.")
    economy = _("Economy: the system knows nothing of it. To be written by the secretariat.")
    return [
        (_("Abstract"), (*words["abstract"], *_summary(stage, bundle))),
        (_("Presentation of the case"), (*_course(stage), *(words["presentation"] or [Gap(case)]))),
        (
            _("Legal basis"),
            (*_law(stage), *(words["law"] or [Gap(_("Legal basis: to be written by the secretariat."))])),
        ),
        (_("Economy"), words["economy"] or (Gap(economy),)),
        (_("Recommendation"), words["recommendation"] or tuple(_recommendation(stage, bundle))),
        (_("Annexes"), (annexes,)),
    ]


def _presentation(stage: Stage) -> Paper:
    parts, process = presentation_parts(stage), stage.process
    return paper_of(
        process,
        PRESENTATION,
        _("Case presentation: %(title)s") % {"title": process.title},
        [block for heading, below in parts for block in (Heading(1, line(heading)), *below)],
        at=_presented_at(stage, bundle_of(stage)),
        named=(_("Case presentation"), process.title),
        subtitle=str(stage_spec(stage).title),
    )


def _presented_at(stage: Stage, bundle: Bundle | None) -> datetime:
    """When the case was last as it is presented: its stage opened, its set was locked, or words were written."""
    locked_at = bundle.locked_at if bundle is not None else None
    written = presentation_of(stage)
    instants = (stage.opened_at, locked_at, written.changed_at if written else None)
    return max(filter(None, instants), default=stage.process.started_at)


def _summary(stage: Stage, bundle: Bundle | None) -> Iterator[Block]:
    process = stage.process
    words = {"title": process.title, "set": _version(bundle) if bundle else ""}
    if bundle is not None:
        yield Paragraph(line(_("A decision is asked for on %(title)s, %(set)s.") % words))
    else:
        yield Paragraph(line(_("A decision is asked for on %(title)s.") % words))
    deadline = stage_deadline(stage)
    if deadline is not None:
        by = deadline_words(deadline.at, process.time_zone)
        yield Paragraph(line(_("The decision is asked for by %(day)s.") % {"day": by}))


def _course(stage: Stage) -> Iterator[Block]:
    steps = course_before(stage)
    if steps:
        yield Paragraph(line(_("Up to now:")))
        yield ItemList(tuple((Paragraph(line(step.sentence)),) for step in steps))
    bundle = bundle_of(stage)
    if bundle is not None and bundle.change_note and bundle.change != ChangeKind.FIRST:
        yield Paragraph(line(_("Changed since the version before: %(note)s") % {"note": bundle.change_note}))


def _law(stage: Stage) -> Iterator[Block]:
    """The sources of the deadlines set by law are what the system knows of the law."""
    deadline = stage_deadline(stage)
    if deadline is not None and deadline.source:
        yield Paragraph(line(_("The deadline rests on: %(source)s.") % {"source": deadline.source.rstrip(".")}))


def _recommendation(stage: Stage, bundle: Bundle | None) -> Iterator[Block]:
    review = stage_spec(stage).review
    if review is not None:
        yield Paragraph(
            line(_("It is recommended %(words)s.") % {"words": str(review.recommendation.text).rstrip(".")})
        )
    elif bundle is not None:
        words = {"title": stage.process.title, "set": _version(bundle)}
        yield Paragraph(line(_("It is recommended that %(title)s, %(set)s, be approved.") % words))
    else:
        yield Gap(_("Recommendation: to be written by the secretariat."))


# ── What an office's own template may say ─────────────────────────────────────────────────────────────────────
def _transmittal_values(sent: ApprovalRequest | Package, paper: Paper) -> dict[str, Value]:
    reply_by = None if isinstance(sent, Package) else sent.reply_by_at
    titles = [item.version.title for item in _items(sent.bundle)] if sent.bundle else []
    return {
        "frist": deadline_words(reply_by, sent.stage.process.time_zone) if reply_by else "",
        "bilag": tuple(titles),
        "pakke": str(sent.number) if isinstance(sent, Package) else "",
        "kontrolsum": sent.file.sha256 if isinstance(sent, Package) else "",
        "trin": str(stage_spec(sent.stage).title),
    }


def _items(bundle: Bundle) -> Iterator[BundleItem]:
    yield from bundle.items.select_related("version").order_by("position")


def _presentation_values(stage: Stage, paper: Paper) -> dict[str, Value]:
    parts = [blocks for _name, blocks in presentation_parts(stage)]
    deadline = stage_deadline(stage)
    names = ("resume", "sagsfremstilling", "lovgrundlag", "oekonomi", "indstilling", "bilag")
    return {
        **dict(zip(names, parts, strict=True)),
        "frist": deadline_words(deadline.at, stage.process.time_zone) if deadline else "",
        "trin": str(stage_spec(stage).title),
    }


_DEADLINE: Final = Fact(
    "frist",
    gettext_lazy("by when an answer is asked for; empty where there is no deadline"),
    "29. marts 2026 kl. 12.00",
)
_STAGE: Final = Fact("trin", gettext_lazy("the stage it belongs to"), "Politisk godkendelse")
_TRANSMITTAL_FACTS: Final = (
    _DEADLINE,
    _STAGE,
    Fact(
        "bilag", gettext_lazy("the titles of the enclosures, one by one"), ("Sundhedsaftale 2027–2030", "Høringsnotat")
    ),
    Fact("pakke", gettext_lazy("the number of the package; empty in a letter to a body"), "1"),
    Fact("kontrolsum", gettext_lazy("the SHA-256 of the package; empty in a letter to a body"), "8d5c…"),
)
_PRESENTATION_FACTS: Final = (
    _DEADLINE,
    _STAGE,
    Fact(
        "resume",
        gettext_lazy("the abstract"),
        "Der bedes om en beslutning om **Sundhedsaftale 2027–2030**.",
        is_long=True,
    ),
    Fact(
        "sagsfremstilling",
        gettext_lazy("the presentation of the case, with what has happened up to now"),
        "Indtil nu:\n\n- Udkast: låst den 3. marts 2026\n- Høring: 12 af 20 har svaret",
        is_long=True,
    ),
    Fact("lovgrundlag", gettext_lazy("the legal basis"), "Sundhedslovens § 204.", is_long=True),
    Fact("oekonomi", gettext_lazy("the economy"), "Aftalen holdes inden for de givne rammer.", is_long=True),
    Fact("indstilling", gettext_lazy("the recommendation"), "Det indstilles, at aftalen godkendes.", is_long=True),
    Fact("bilag", gettext_lazy("the annexes, as a list"), "1. Sundhedsaftale 2027–2030\n2. Høringsnotat", is_long=True),
)


KINDS: Final = (
    PaperKind(
        TRANSMITTAL,
        gettext_lazy("Transmittal letter"),
        "a question to a body, or a package for an authority",
        find_sent,
        lambda sent: sent.stage.process.language,
        _transmittal,
        template=Template(_TRANSMITTAL_FACTS, lambda sent: sent.stage.process.office, _transmittal_values),
    ),
    PaperKind(
        PRESENTATION,
        gettext_lazy("Case presentation"),
        "a stage in which bodies decide",
        find_stage,
        lambda stage: stage.process.language,
        _presentation,
        template=Template(_PRESENTATION_FACTS, lambda stage: stage.process.office, _presentation_values),
    ),
)
