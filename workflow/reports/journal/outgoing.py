"""What goes out on this floor: mails that left, texts put forward, packages that were sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds import COPY_TO_OFFICE, title_of
from notifications.models import OutgoingMail
from notifications.queries import mail_log
from notifications.render import to_read
from notifications.rules import folded_address
from notifications.states import MailState
from workflow.dates import local_day
from workflow.models import Bundle, BundleItem, ExternalRequest, Process
from workflow.reports.journal.rows import Content, Ground, JournalRow, key_of, key_of_file, laid_out
from workflow.reports.package.chapters import moment
from workflow.reports.papers.heads import paper_of, paragraphs
from workflow.reports.papers.model import Block, Facts, Heading, Paper, line
from workflow.reports.papers.texts import TEXT, Text
from workflow.rules.documents import set_name
from workflow.states import Direction

NAMED: Final = 2
"""So many recipients of one sending are named in its line; the paper names them all."""


# ── Mails ─────────────────────────────────────────────────────────────────────────────────────────────────────
def mails_out(ground: Ground) -> Iterator[JournalRow]:
    """Mails that left, those of one kind and one day as one sending; what the office sent to itself is left out. One
    query."""
    process = ground.process
    own = folded_address(process.office.reply_to)
    sendings = defaultdict[tuple[int, str, date], list[OutgoingMail]](list)
    mails = mail_log(process_id=process.public_id, state=MailState.SENT).exclude(kind=COPY_TO_OFFICE)
    for mail in mails.order_by("sent_at", "id"):
        if folded_address(mail.to_address) == own:
            continue
        assert mail.sent_at is not None
        # What was fetched in one parcel stays one line, whatever left on the same day afterwards.
        parcel = ground.parcels.get(key_of("mail", mail.public_id), 0)
        sendings[parcel, mail.kind, local_day(mail.sent_at, process.time_zone)].append(mail)
    for sending in sendings.values():
        yield _sending(process, sending)


def _sending(process: Process, mails: Sequence[OutgoingMail]) -> JournalRow:
    subjects = {_subject(mail) for mail in mails if mail.erased_at is None}
    subject = subjects.pop() if len(subjects) == 1 else str(title_of(mails[0].kind))
    at = mails[0].sent_at
    assert at is not None
    return JournalRow(
        tuple(key_of("mail", mail.public_id) for mail in mails),
        at,
        local_day(at, process.time_zone),
        Direction.OUT,
        _recipients(mails),
        subject,
        partial(_mails_paper, process, subject, tuple(mails)),
    )


def _subject(mail: OutgoingMail) -> str:
    return mail.subject_sent.removeprefix(f"[{mail.case_number}] ") or str(title_of(mail.kind))


def _name(mail: OutgoingMail) -> str:
    return mail.to_name or mail.to_address or _("Name erased")


def _recipients(mails: Sequence[OutgoingMail]) -> str:
    names = list(dict.fromkeys(_name(mail) for mail in mails))
    if len(names) <= NAMED + 1:
        return ", ".join(names)
    more = ngettext("%(names)s and %(number)d other", "%(names)s and %(number)d others", len(names) - NAMED)
    return more % {"names": ", ".join(names[:NAMED]), "number": len(names) - NAMED}


def _mails_paper(process: Process, subject: str, mails: Sequence[OutgoingMail]) -> Paper:
    """Every mail of a sending as it is kept: without link and code."""
    blocks: list[Block] = []
    for mail in mails:
        assert mail.sent_at is not None
        to = f"{mail.to_name} <{mail.to_address}>" if mail.to_name else mail.to_address
        rows = (
            (_("To"), to),
            (_("Sent"), moment(mail.sent_at, process.time_zone)),
            (_("Subject"), mail.subject_sent),
        )
        text = to_read(mail.text_sent, mail.language) if mail.erased_at is None else _("Erased")
        blocks += [Heading(1, line(_name(mail))), Facts(tuple(row for row in rows if row[1])), *paragraphs(text)]
    at = mails[0].sent_at
    assert at is not None
    return paper_of(process, "journal_mails", subject, blocks, at=at)


# ── Texts ─────────────────────────────────────────────────────────────────────────────────────────────────────
def texts_out(ground: Ground) -> Iterator[JournalRow]:
    """Each document of each set that was put forward. Three queries."""
    bundles = Bundle.objects.filter(process=ground.process, put_forward_at__isnull=False)
    to = _("Put forward in the process")
    yield from sets_out(ground, {pk: (to, at) for pk, at in bundles.values_list("pk", "put_forward_at") if at})


def sets_out(ground: Ground, sent: Mapping[int, tuple[str, datetime]]) -> Iterator[JournalRow]:
    """Each document of these sets, as its text and as its original. sent: to whom and when, by the key of the set."""
    items = BundleItem.objects.filter(bundle__in=sent).select_related(
        "bundle__line", "version__file", "version__document"
    )
    for item in items.prefetch_related("version__sections").order_by("bundle_id", "position"):
        bundle, version = item.bundle, item.version
        version.document.process = ground.process
        to, at = sent[bundle.pk]
        subject = f"{version.title} ({set_name(bundle)})"
        if version.sections.all():
            content: Content = laid_out(TEXT, Text(version, bundle))
            yield ground.row(key_of("text", item.public_id), at, Direction.OUT, to, subject, content)
        if version.file is not None:
            original = _("%(name)s (original)") % {"name": subject}
            yield ground.row(key_of_file(version.file), at, Direction.OUT, to, original, version.file)


# ── Packages ──────────────────────────────────────────────────────────────────────────────────────────────────
def packages_out(ground: Ground) -> Iterator[JournalRow]:
    """Each package that was sent. Two queries."""
    packages = ground.process.packages.filter(sent_at__isnull=False).select_related("file", "stage").order_by("number")
    receivers = dict(
        ExternalRequest.objects.filter(stage__process=ground.process).values_list("stage_id", "body__name")
    )
    for package in packages:
        assert package.sent_at is not None
        to = receivers.get(package.stage_id, "")
        subject = _("Package %(number)d") % {"number": package.number}
        yield ground.row(key_of_file(package.file), package.sent_at, Direction.OUT, to, subject, package.file)
