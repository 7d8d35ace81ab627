"""The package for an authority: a ZIP that anybody can check without this software. The same data gives the same bytes.

Documents as text and as their original files, decisions with minutes and minority statements, a manifest with
the SHA-256 of each member, and a list that `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from workflow.audit import canonical
from workflow.dates import in_language, short_date
from workflow.models import Bundle, BundleItem, Decision, DocumentVersion, Process, Stage, StoredFile
from workflow.rules.bodies import basis_label, capitalised, level_name
from workflow.rules.slugs import danish_slug

FORMAT = 1
"""Version of the manifest's layout."""

MANIFEST = "manifest.json"
CHECKSUMS = "CHECKSUMS.sha256"
_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can hold: the bytes must not depend on the clock
_BLOCK = 1024 * 1024  # bytes

Read = Callable[[StoredFile], BinaryIO]


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the package: its path there, and its bytes or the stored file they are in."""

    path: str
    content: bytes | StoredFile


@dataclass(frozen=True, slots=True)
class Contents:
    """What a package is about: the stage that submits and the locked bundle submitted."""

    process: Process
    stage: Stage
    bundle: Bundle


def write_package(
    target: BinaryIO, contents: Contents, decisions: Sequence[Decision], facts: dict[str, object], read: Read
) -> dict[str, object]:
    """Write the ZIP into `target` and return its manifest.

    decisions: with minority statements, addenda and files read along. facts: what the manifest says beside its members
    (number, bundle, audit head …), JSON-able. read: opens a stored file.
    """
    with in_language(contents.process.language):
        members = [*_documents(contents), *_decisions(decisions)]
    # The order of rows in the database must not show in the bytes.
    members.sort(key=lambda member: member.path)
    paths = [member.path for member in members]
    if len(set(paths)) != len(paths):
        raise ValueError("Two members of a package have the same path.")
    listed: list[dict[str, object]] = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            size, sha256 = _write(archive, member, read)
            listed.append({"path": member.path, "size": size, "sha256": sha256})
        manifest = {"format": FORMAT, **facts, "members": listed}
        # What is returned is stored and compared with the ZIP: both go through the same canonical form.
        text = json.dumps(json.loads(canonical(manifest)), ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        _size, sha256 = _write(archive, Member(MANIFEST, text.encode()), read)
        lines = [f"{member['sha256']}  {member['path']}" for member in listed]
        _write(archive, Member(CHECKSUMS, "\n".join([*lines, f"{sha256}  {MANIFEST}", ""]).encode()), read)
    stored_manifest: dict[str, object] = json.loads(text)
    return stored_manifest


def write_papers(target: BinaryIO, stage: Stage, bundle: Bundle, read: Read) -> None:
    """Write the documents of a bundle alone into `target`, as text and as original files, with a list of checksums."""
    with in_language(stage.process.language), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for member in _documents(Contents(stage.process, stage, bundle)):
            _size, sha256 = _write(archive, member, read)
            lines.append(f"{sha256}  {member.path}")
        _write(archive, Member(CHECKSUMS, "\n".join([*lines, ""]).encode()), read)


def _write(archive: zipfile.ZipFile, member: Member, read: Read) -> tuple[int, str]:
    info = zipfile.ZipInfo(member.path, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3  # as on Unix, whatever this runs on
    info.external_attr = 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(info, "w") as place:
        for block in _blocks(member, read):
            digest.update(block)
            size += len(block)
            place.write(block)
    if isinstance(member.content, StoredFile) and digest.hexdigest() != member.content.sha256:
        raise ValueError(f"The stored file behind {member.path} is not the one that was received.")
    return size, digest.hexdigest()


def _blocks(member: Member, read: Read) -> Iterator[bytes]:
    if isinstance(member.content, bytes):
        yield member.content
        return
    with read(member.content) as file:
        yield from iter(lambda: file.read(_BLOCK), b"")


# ── Documents ─────────────────────────────────────────────────────────────────────────────────────────────────
def _documents(contents: Contents) -> Iterator[Member]:
    items = (
        BundleItem.objects.filter(bundle=contents.bundle)
        .select_related("version__document", "version__file")
        .prefetch_related("version__sections")
        .order_by("position")
    )
    for place, item in enumerate(items, start=1):
        version = item.version
        stem = f"documents/{place:02d}-{danish_slug(version.title)[:60]}-v{version.number}"
        if version.file is not None and version.file.erased_at is None:
            yield Member(f"{stem}-original{_ending(version.file)}", version.file)
        sections = list(version.sections.all())
        if sections:
            texts = [(" ".join(filter(None, [s.number, s.heading])), s.text) for s in sections]
            yield Member(f"{stem}.md", _as_markdown(version, texts).encode())
            yield Member(f"{stem}.txt", _as_text(version.title, texts).encode())
            yield Member(f"{stem}.html", _as_page(version.title, texts).encode())


def _as_markdown(version: DocumentVersion, texts: Iterable[tuple[str, str]]) -> str:
    return "\n\n".join([f"# {version.title}", *(f"## {heading}\n\n{text}".rstrip() for heading, text in texts)]) + "\n"


def _as_text(title: str, texts: Iterable[tuple[str, str]]) -> str:
    parts = [f"{title}\n{'=' * len(title)}"]
    parts += [f"{heading}\n{'-' * len(heading)}\n{text}".rstrip() for heading, text in texts]
    return "\n\n".join(parts) + "\n"


def _as_page(title: str, texts: Iterable[tuple[str, str]]) -> str:
    return render_to_string("reports/text.html", {"title": title, "parts": list(texts)})


def _ending(file: StoredFile) -> str:
    stem, dot, ending = file.name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


# ── Decisions ─────────────────────────────────────────────────────────────────────────────────────────────────
def _decisions(decisions: Sequence[Decision]) -> Iterator[Member]:
    data = []
    for decision in decisions:
        stem = f"decisions/{decision.request.stage.key}/{decision.body.key}"
        files = list(_files_of(decision, stem))
        for path, file in files:
            yield Member(path, file)
        title = f"{decision.body.name}: {decision.get_outcome_display()}"
        texts = list(_parts_of(decision))
        yield Member(f"{stem}.txt", _as_text(title, texts).encode())
        yield Member(f"{stem}.html", _as_page(title, texts).encode())
        data.append(_as_data(decision, [path for path, _file in files]))
    text = json.dumps(json.loads(canonical(data)), ensure_ascii=False, indent=2, sort_keys=True)
    yield Member("decisions/decisions.json", f"{text}\n".encode())


def _files_of(decision: Decision, stem: str) -> Iterator[tuple[str, StoredFile]]:
    """The files that travel with a decision, each under its path; none of a closed item."""
    if decision.is_closed_item:
        return
    if decision.minutes is not None and decision.minutes.erased_at is None:
        yield f"{stem}-minutes{_ending(decision.minutes)}", decision.minutes
    for number, addendum in enumerate(decision.addenda.all(), start=1):
        if addendum.file is not None and addendum.file.erased_at is None:
            yield f"{stem}-addendum-{number}{_ending(addendum.file)}", addendum.file


def _parts_of(decision: Decision) -> Iterator[tuple[str, str]]:
    """A decision as headings and texts; what is empty is left out, and of a closed item its words."""
    version = f"{decision.bundle.number} (SHA-256 {decision.bundle.sha256})" if decision.bundle else ""
    mandate = decision.by_mandate
    parts = [
        (_("Outcome"), decision.get_outcome_display()),
        (_("Day of the decision"), short_date(decision.meeting_on)),
        (_("Decided by"), capitalised(level_name(decision.level, decision.body))),
        (_("How it was decided"), basis_label(decision.basis, decision.body, decision.ground)),
        (_("On the mandate of"), short_date(mandate.meeting_on) if mandate else ""),
        (_("Version decided on"), version),
    ]
    if decision.is_closed_item:
        closed = _("Yes. The words of the decision and the extract of the minutes are kept by the office.")
        parts.append((_("Closed item"), closed))
    else:
        parts += [
            (_("Agenda item"), decision.agenda_item),
            (_("The body's case number"), decision.body_case_number),
            (_("Decision"), decision.text),
            (_("Remarks"), decision.remarks),
            (_("Mandate"), " – ".join(filter(None, (decision.mandate_holder, decision.mandate_scope)))),
        ]
    yield from ((heading, str(text)) for heading, text in parts if text)
    for row in decision.settlements.all() if decision.settled_as else ():
        heading = _("The reservation, on %(day)s") % {"day": short_date(row.at)}
        yield heading, f"{row.get_settlement_display()}. {'' if decision.is_closed_item else row.reason}".rstrip()
    # Demanded by the members themselves (kommunestyrelsesloven § 13, stk. 2), also of what was taken up in private.
    for statement in decision.minority_statements.all():
        yield _("Minority statement by %(members)s") % {"members": statement.members}, statement.text
    for addendum in () if decision.is_closed_item else decision.addenda.all():
        yield _("Addendum of %(day)s") % {"day": short_date(addendum.at)}, addendum.text


def _as_data(decision: Decision, files: list[str]) -> dict[str, object]:
    words: dict[str, object] = {
        "agenda_item": decision.agenda_item,
        "body_case_number": decision.body_case_number,
        "text": decision.text,
        "remarks": decision.remarks,
        "mandate_holder": decision.mandate_holder,
        "mandate_scope": decision.mandate_scope,
        "addenda": [{"at": row.at, "text": row.text} for row in decision.addenda.all()],
    }
    return {
        "id": decision.public_id,
        "stage": decision.request.stage.key,
        "body": decision.body.key,
        "body_name": decision.body.name,
        "level": decision.level,
        "outcome": decision.outcome,
        "settled_as": decision.settled_as or "",
        "basis": decision.basis,
        "ground": decision.ground,
        "by_mandate": decision.by_mandate.public_id if decision.by_mandate else "",
        "meeting_on": decision.meeting_on,
        "is_closed_item": decision.is_closed_item,
        **({} if decision.is_closed_item else words),
        "bundle_sha256": decision.bundle.sha256 if decision.bundle else "",
        "received_at": decision.received_at,
        "recorded_at": decision.recorded_at,
        "minority_statements": [
            {"members": row.members, "text": row.text} for row in decision.minority_statements.all()
        ],
        "files": files,
    }
