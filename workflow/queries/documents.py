"""What is known of documents and bundles: which bundle counts now in each line of text, which one a stage is about,
and whose decisions still stand for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import IntegerField, QuerySet

from notifications.queries import waits_until
from notifications.statements import Given, Read
from workflow.dates import local_day
from workflow.definitions import BundleUse
from workflow.models import Bundle, Document, DocumentVersion, Process, Stage, TextLine
from workflow.queries.processes import definition_of, open_stages, stage_spec
from workflow.rules.documents import SectionText, as_markdown, given_to, text_digest
from workflow.states import BundleState, ChangeKind, StageKindName, StageState

_CURRENT: Final = Read(
    lambda: (
        Bundle.objects.filter(line_id=Given("line_id"), put_forward_at__isnull=False)
        .select_related("line")
        .order_by("-number")[:1]
    )
)
_NEWEST: Final = Read(
    lambda: (
        Bundle.objects.filter(line_id=Given("line_id"), state=BundleState.LOCKED)
        .select_related("line")
        .order_by("-number")[:1]
    )
)


def questions_leave_at(process: Process, now: datetime) -> datetime | None:
    """When (UTC) the last questions about sets put forward in a process leave, of those that wait still; None where
    none waits. One query, two where a set has been put forward within minutes."""
    sets = process.bundles.filter(questions_leave_at__gt=now).values_list("questions_leave_at", flat=True)
    instants = {at for at in sets if at is not None}
    return max(instants & waits_until(process.public_id), default=None) if instants else None


def current_bundle(line_id: int) -> Bundle | None:
    """The set that counts now in a line of text: the newest that has been put forward; None before the first. Sets are
    locked, and put forward, in the order of their numbers."""
    return next(iter(_CURRENT(line_id=line_id)), None)


def newest_locked(line_id: int) -> Bundle | None:
    """The newest locked set of a line of text, whether or not it has been put forward; None before the first."""
    return next(iter(_NEWEST(line_id=line_id)), None)


def bundle_before(bundle: Bundle) -> Bundle | None:
    """The set that counted in its line before this one; None where none did."""
    earlier = Bundle.objects.filter(line_id=bundle.line_id, put_forward_at__isnull=False, number__lt=bundle.number)
    return earlier.select_related("line").order_by("-number").first()


def documents_for_information(bundle: Bundle) -> set[int]:
    """The documents, by their keys, that go along in a set without being approved."""
    return set(bundle.items.filter(needs_approval=False).values_list("version__document_id", flat=True))


def documents_left_out(bundle: Bundle) -> set[int]:
    """The documents of its line, by their keys, that had a version when a set was locked and were left out of it."""
    written = DocumentVersion.objects.filter(document__line_id=bundle.line_id, created_at__lt=bundle.locked_at)
    taken = bundle.items.values_list("version__document_id", flat=True)
    return set(written.values_list("document_id", flat=True)) - set(taken)


def waits_to_be_put_forward(line_id: int) -> Bundle | None:
    """The newest locked set of a line, where it does not count yet; None where the newest one does."""
    bundle = newest_locked(line_id)
    return bundle if bundle is not None and bundle.put_forward_at is None else None


def change_since_current(bundle: Bundle) -> ChangeKind:
    """How a locked set differs from the one that counts in its line, by what was said whenever one was locked since:
    material if any of these changes was."""
    current = current_bundle(bundle.line_id)
    if current is None:
        return ChangeKind.FIRST
    since = Bundle.objects.filter(line_id=bundle.line_id, state=BundleState.LOCKED, number__gt=current.number)
    is_material = since.filter(number__lte=bundle.number).exclude(change=ChangeKind.EDITORIAL).exists()
    return ChangeKind.MATERIAL if is_material else ChangeKind.EDITORIAL


def version_as_written(version: DocumentVersion) -> dict[str, str]:
    """A version as a form takes it: its title, and its sections as Markdown. One query unless they are at hand."""
    return {"title": version.title, "text": as_markdown(version.sections.all())}


def section_texts(version: DocumentVersion) -> list[SectionText]:
    """The sections of a version as the next one is given them: each carries on its own. One query."""
    return [
        SectionText(row.number, row.heading, row.text, lineage_id=row.lineage_id, level=row.level)
        for row in version.sections.order_by("position")
    ]


def names_and_places(arranged: Iterable[tuple[Document, str]]) -> dict[str, str]:
    """Documents in their order, each with its name, as the form to arrange them takes them."""
    rows = sorted(
        (document.pk, document.public_id, str(place), title) for place, (document, title) in enumerate(arranged, 1)
    )
    fields = [((f"title-{one}", title), (f"place-{one}", place)) for _pk, one, place, title in rows]
    return {name: value for pair in fields for name, value in pair}


def bundle_of(stage: Stage) -> Bundle | None:
    """The set of documents a stage is about: what it has kept; while it has kept none and is not behind us, the newest
    locked one of its line where it is there to make one, else the one that counts. None where the stage does nothing
    with a text."""
    if stage.bundle_id is not None:
        return stage.bundle
    use = stage_spec(stage).bundle
    is_about_text = use is not BundleUse.NONE or stage.kind == StageKindName.MILESTONE
    is_settled = stage.state not in (StageState.WAITING, StageState.OPEN)
    if not is_about_text or is_settled:
        return None
    return newest_locked(stage.line_id) if use is BundleUse.LOCKS else current_bundle(stage.line_id)


def line_of_next_set(process: Process, lines: Sequence[TextLine] = ()) -> TextLine:
    """The line a new set of documents is probably for: that of the open stage that makes or sends one; of several, the
    first line without a set; where there is none, the definition's first line. lines: those to choose from; all of the
    process unless given."""
    uses = (BundleUse.LOCKS, BundleUse.SUBMITS)
    waiting = [stage.line_id for stage in open_stages(process) if stage_spec(stage).bundle in uses]
    without = [line_id for line_id in waiting if len(waiting) > 1 and newest_locked(line_id) is None]
    lines = lines or list(process.lines.all())
    return next((line for line in lines if line.pk in (without or waiting)[:1]), lines[0])


def newest_of_text(bundle: Bundle) -> Bundle:
    """The newest set put forward that differs from this one only editorially; itself when there is none. One query."""
    newest = bundle
    later = Bundle.objects.filter(line_id=bundle.line_id, put_forward_at__isnull=False, number__gt=bundle.number)
    for later_bundle in later.order_by("number"):
        if later_bundle.put_forward_as != ChangeKind.EDITORIAL:
            break
        newest = later_bundle
    return newest


def standing_bundles(bundle: Bundle | None) -> list[int]:
    """Ids of the bundles whose decisions stand for this one: itself, and those before it as far as only editorial
    changes lie between. Newest first; empty for None.
    """
    if bundle is None:
        return []
    ids = _standing_ids(_PUT_FORWARD_UP_TO(line_id=bundle.line_id, number=bundle.number))
    # One that has not been put forward has taken no other's place.
    return ids if bundle.pk in ids else [bundle.pk]


def text_since(bundle: Bundle | None, meeting_on: date, zone: str) -> datetime | None:
    """Since when there has been the text of a locked bundle that a meeting on this local day decided on: since it was
    first locked, or, where it came out of a stage done outside the system, since the day of that stage. Changes that
    are only editorial do not make another text of it. None without a bundle. No query unless it was put forward as an
    editorial change or the meeting was held before the lock."""
    if bundle is None:
        return None
    first = bundle
    if bundle.put_forward_as == ChangeKind.EDITORIAL:
        first = Bundle.objects.get(pk=standing_bundles(bundle)[-1])
    locked_at = first.locked_at
    if locked_at is None or first.put_forward_as != ChangeKind.FIRST or meeting_on >= local_day(locked_at, zone):
        return locked_at
    # The set such a process begins with rests on the last stage that made its text; those behind it are later.
    made_elsewhere = Stage.objects.filter(bundle=first, done_on__isnull=False).order_by("done_on", "position")
    return made_elsewhere.values_list("closed_at", flat=True).first() or locked_at


def standing_now(line_id: int) -> list[int]:
    """Ids of the bundles whose decisions stand for the one that counts now in a line of text; empty before the first.
    One query."""
    return _standing_ids(_PUT_FORWARD(line_id=line_id))


def _put_forward() -> QuerySet[Bundle, tuple[int, str]]:
    """The newest first."""
    bundles = Bundle.objects.filter(line_id=Given("line_id"), put_forward_at__isnull=False)
    return bundles.order_by("-number").values_list("pk", "put_forward_as")


_PUT_FORWARD: Final = Read(_put_forward)
_PUT_FORWARD_UP_TO: Final = Read(lambda: _put_forward().filter(number__lte=Given("number", IntegerField())))


def _standing_ids(put_forward: Sequence[tuple[int, str]]) -> list[int]:
    """From the newest put forward back over editorial changes."""
    ids = []
    for pk, put_forward_as in put_forward:
        ids.append(pk)
        if put_forward_as != ChangeKind.EDITORIAL:
            break
    return ids


def earlier_versions(process: Process) -> dict[int, str]:
    """By the key of each set that was put forward and is not the one that counts in its line of text, what is said of a
    decision on it. One query."""
    sets = process.bundles.filter(put_forward_at__isnull=False).order_by("-number")
    said: dict[int, str] = {}
    stands: dict[int, bool] = {}
    for pk, line_id, number, change in sets.values_list("pk", "line_id", "number", "put_forward_as"):
        if line_id in stands:
            said[pk] = given_to(number, still_stands=stands[line_id])
        # A set that was only corrected stands for the text that counts.
        stands[line_id] = stands.get(line_id, True) and change == ChangeKind.EDITORIAL
    return said


@dataclass(frozen=True, slots=True)
class LineOfText:
    """A line of text with its documents, its sets (the newest first), the one that counts now, and the newest one where
    it waits to be put forward. is_judged: whether bodies decide on it in any stage."""

    line: TextLine
    documents: list[Document]
    bundles: list[Bundle]
    current: Bundle | None
    waiting: Bundle | None
    is_judged: bool

    @property
    def sets(self) -> list[tuple[Bundle, list[Bundle]]]:
        """Each set with those it is compared with."""
        return [(bundle, _before(bundle, self.bundles)) for bundle in self.bundles]


def lines_with_documents(process: Process) -> list[LineOfText]:
    """The lines of a process that have documents, each with its versions and sets read along. Six queries at most."""
    documents, bundles = defaultdict[int, list[Document]](list), defaultdict[int, list[Bundle]](list)
    for document in process.documents.prefetch_related("versions__file").order_by("position"):
        documents[document.line_id].append(document)
    for bundle in process.bundles.prefetch_related("items__version").order_by("-number"):
        bundles[bundle.line_id].append(bundle)
    lines = [line for line in process.lines.all() if documents[line.pk]]
    for line in lines:
        for bundle in bundles[line.pk]:
            bundle.line = line
    return [
        LineOfText(
            line, documents[line.pk], bundles[line.pk], *_counting(bundles[line.pk]), is_judged=is_judged(process, line)
        )
        for line in lines
    ]


def _before(bundle: Bundle, bundles: Sequence[Bundle]) -> list[Bundle]:
    """Of a line's sets, the newest first, those that a locked set is compared with: the one locked before it, and the
    one that counted before it where that is another; the one locked before may have been taken back."""
    earlier = [one for one in bundles if one.number < bundle.number and one.state == BundleState.LOCKED]
    counted = [one for one in earlier if one.put_forward_at is not None]
    return list(dict.fromkeys([*counted[:1], *earlier[:1]]))


def _counting(bundles: Sequence[Bundle]) -> tuple[Bundle | None, Bundle | None]:
    """Of a line's sets, the newest first: the one that counts, and the newest locked one where it does not yet."""
    newest = next((bundle for bundle in bundles if bundle.state == BundleState.LOCKED), None)
    current = next((bundle for bundle in bundles if bundle.put_forward_at is not None), None)
    return current, newest if newest != current else None


def is_judged(process: Process, line: TextLine) -> bool:
    """Whether bodies decide on a line of text in any stage. No query."""
    asking = (StageKindName.REVIEW, StageKindName.APPROVAL)
    about = [spec for spec in definition_of(process).stages if spec.text == line.key and spec.kind in asking]
    return any(spec.bundle is not BundleUse.NONE for spec in about)


def versions_in(bundle: Bundle | None) -> list[DocumentVersion]:
    """The versions in a set, in its order; none without one."""
    if bundle is None:
        return []
    return [item.version for item in bundle.items.select_related("version__document").order_by("position")]


def latest_versions(line: TextLine) -> list[DocumentVersion]:
    """The newest version of each document of a line of text, in the order of the documents."""
    versions = DocumentVersion.objects.filter(document__line=line).select_related("document", "file")
    newest: dict[int, DocumentVersion] = {}
    for version in versions.order_by("document__position", "document_id", "number"):
        newest[version.document_id] = version
    return list(newest.values())


def digest_of(version: DocumentVersion) -> str:
    """The digest a version has by what stands in the database now; equals `version.sha256` as long as it is whole."""
    sections = [SectionText(s.number, s.heading, s.text, level=s.level) for s in version.sections.order_by("position")]
    return text_digest(version.title, sections, version.file.sha256 if version.file else "")


def altered_versions(bundle: Bundle) -> list[DocumentVersion]:
    """Versions of a locked bundle that are no longer what its manifest says; none in a sound database."""
    promised = {item["version"]: item["sha256"] for item in (bundle.manifest or {}).get("items", [])}
    # A version that the manifest does not name counts as altered too.
    items = bundle.items.select_related("version__file").prefetch_related("version__sections")
    return [item.version for item in items if digest_of(item.version) != promised.get(str(item.version.public_id), "")]
