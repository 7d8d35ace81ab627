"""What this floor keeps about people, table by table, and how it is erased."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Cast

from notifications import outbox
from notifications.queries import least, mail_log
from workflow.actions.erasure.striking import full_names, needles, pattern
from workflow.erasure_kinds import ErasureKind, Traces, register
from workflow.models import (
    ApprovalRequest,
    Asked,
    AuditDetail,
    Body,
    CallNote,
    Contact,
    CopyAddress,
    ExternalRequest,
    Office,
    PersonalLink,
    Process,
    Substitute,
    User,
)
from workflow.models.guards import ERASED_MARK


def with_address(rows: QuerySet[Any], emails: Iterable[str], column: str = "email") -> QuerySet[Any]:
    """The rows whose address is one of these, however it is written."""
    conditions = [Q(**{f"{column}__iexact": email}) for email in emails]
    return rows.filter(reduce(or_, conditions)) if conditions else rows.none()


def add_person(traces: Traces, *, email: str, name: str, **ids: Any) -> None:
    """Note a row's address and name; the name of a body is not a person's."""
    traces.add(email=email, name="" if _is_body(name) else name, **ids)


def add_typed(traces: Traces, about: UUID, name: str) -> None:
    """Note a name that a guest wrote about a row; the name of a body is not a person's."""
    if not _is_body(name):
        traces.add_typed(about, name)


def _is_body(name: str) -> bool:
    return bool(name.strip()) and Body.objects.filter(Q(name__iexact=name) | Q(name_en__iexact=name)).exists()


def of_office(rows: QuerySet[Any], traces: Traces, path: str = "office") -> QuerySet[Any]:
    """Those of the office that forgets; all where the whole installation does."""
    return rows.filter(**{path: traces.office}) if traces.office else rows


def rows_of(model: type[Contact | Substitute | Asked], traces: Traces, path: str = "office") -> QuerySet[Any]:
    """The rows that are not erased yet and that the traces name, or whose address they hold."""
    rows = of_office(model._default_manager.filter(erased_at=None), traces, path)
    return rows.filter(public_id__in=traces.subjects) | with_address(rows, traces.emails)


def asked_rows(model: type[Asked], traces: Traces) -> QuerySet[Any]:
    """The same of those asked in one table."""
    return rows_of(model, traces, f"{model.PROCESS}__office")


def forget_calls(links: Collection[int]) -> None:
    """What was said on the telephone with whom is erased goes; that they were called stays."""
    CallNote.objects.filter(link__in=links).update(text=ERASED_MARK, next_on=None)


def note_asked(traces: Traces, rows: QuerySet[Any]) -> None:
    """Note who is asked there, and the link by which they act."""
    for row in rows.select_related("link"):
        ids = {"actor": row.link.public_id, "subject": row.public_id}
        add_person(traces, email=row.email, name=row.contact_name, **ids)


NOBODY_ASKED: Final = {"email": "", "contact_name": "", "bounce_reason": ""}
"""What is left of a person in the row of who is asked."""


# ── Accounts ──────────────────────────────────────────────────────────────────────────────────────────────────
def _accounts(traces: Traces) -> QuerySet[User]:
    """An account serves every office: it goes when it was named itself or the whole installation forgets the person."""
    accounts = User.objects.filter(public_id__in=traces.subjects, erased_at=None)
    return accounts if traces.office else accounts | with_address(User.objects.filter(erased_at=None), traces.emails)


def _find_accounts(traces: Traces) -> None:
    for user in _accounts(traces):
        add_person(traces, email=user.email, name=user.name, actor=user.public_id, subject=user.public_id)


def _erase_accounts(traces: Traces, now: datetime) -> int:
    users = list(_accounts(traces))
    for user in users:
        Authenticator.objects.filter(user=user).delete()
        EmailAddress.objects.filter(user=user).delete()
        user.memberships.all().delete()
        user.identities.all().delete()
        # Unique in the table, so not blank; mail to `.invalid` leaves no machine (RFC 2606).
        user.email = f"{user.public_id.hex}@erased.invalid"
        user.name = ""
        user.is_active = user.is_staff = user.is_superuser = False
        user.set_unusable_password()
        user.last_login = None
        user.erase_on = None
        user.erased_at = now
        user.save()
    _end_sessions({str(user.pk) for user in users})
    return len(users)


def _end_sessions(user_ids: set[str]) -> None:
    """Sign-ins name the address by which they were made."""
    if user_ids:
        for session in Session.objects.iterator():
            if session.get_decoded().get("_auth_user_id") in user_ids:
                session.delete()


def _due_accounts(today: date) -> Iterable[Traces]:
    for user in User.objects.filter(erase_on__lte=today, erased_at=None):
        yield Traces(by_row=True, subjects={user.public_id})


# ── Contacts ──────────────────────────────────────────────────────────────────────────────────────────────────
def _find_contacts(traces: Traces) -> None:
    for contact in rows_of(Contact, traces):
        add_person(traces, email=contact.email, name=contact.name, subject=contact.public_id)


def _erase_contacts(traces: Traces, now: datetime) -> int:
    """The addresses that get copies go with their contact."""
    CopyAddress.objects.filter(contact__in=rows_of(Contact, traces)).delete()
    return rows_of(Contact, traces).update(name="", email="", postal_address="", erase_on=None, erased_at=now)


def _due_contacts(today: date) -> Iterable[Traces]:
    for contact in Contact.objects.filter(erase_on__lte=today, erased_at=None).select_related("office"):
        yield Traces(office=contact.office, by_row=True, subjects={contact.public_id})


def _erase_copies(traces: Traces, now: datetime) -> int:
    rows = of_office(with_address(CopyAddress.objects.all(), traces.emails), traces, "contact__office")
    return rows.delete()[0]


# ── Substitutes ───────────────────────────────────────────────────────────────────────────────────────────────
def _find_substitutes(traces: Traces) -> None:
    for substitute in rows_of(Substitute, traces):
        # Written in the record of the body, whose other deeds stay.
        add_person(traces, email=substitute.email, name=substitute.name, subject=substitute.public_id)


def _erase_substitutes(traces: Traces, now: datetime) -> int:
    return rows_of(Substitute, traces).update(name="", email="", erase_on=None, erased_at=now)


def _due_substitutes(today: date) -> Iterable[Traces]:
    for substitute in Substitute.objects.filter(erase_on__lte=today, erased_at=None).select_related("office"):
        yield Traces(office=substitute.office, by_row=True, subjects={substitute.public_id})


# ── Offices ───────────────────────────────────────────────────────────────────────────────────────────────────
def offices_naming(traces: Traces) -> list[int]:
    """Keys of the offices that name the person as the one whom guests ask for."""
    rows = Office.objects.exclude(contact_person="")
    if traces.office:
        rows = rows.filter(pk=traces.office.pk)
    names = {name.casefold() for name in full_names(traces.names)}
    return [office.pk for office in rows if any(name in office.contact_person.casefold() for name in names)]


def _erase_contact_persons(traces: Traces, now: datetime) -> int:
    """An office is no person, but it may name one."""
    return Office.objects.filter(pk__in=offices_naming(traces)).update(contact_person="")


# ── Requests to bodies and authorities ────────────────────────────────────────────────────────────────────────
_REQUESTS: Final = (ApprovalRequest, ExternalRequest)


def _find_requests(traces: Traces) -> None:
    for model in _REQUESTS:
        note_asked(traces, asked_rows(model, traces))


def _find_requests_of_process(process: Process, traces: Traces) -> None:
    for model in _REQUESTS:
        note_asked(traces, model._default_manager.filter(stage__process=process, erased_at=None))


def _erase_requests(traces: Traces, now: datetime) -> int:
    erased = 0
    for model in _REQUESTS:
        rows = asked_rows(model, traces)
        # Read before the addresses go, for the addresses find the rows.
        links = list(rows.values_list("link_id", flat=True))
        erased += rows.update(**NOBODY_ASKED, erased_at=now)
        PersonalLink.objects.filter(pk__in=links, revoked_at=None).update(revoked_at=now)
        forget_calls(links)
    return erased


# ── The record, mails, files ──────────────────────────────────────────────────────────────────────────────────
def details_about(traces: Traces) -> list[int]:
    """Keys of the details of the person's own deeds, of deeds about them, and of deeds whose words name them.

    By row, only the matter's own deeds are searched for words. A name that a guest typed is searched for in the deeds
    about what it was typed for.
    """
    rows = AuditDetail.objects.annotate(body_as_text=Cast("body", models.TextField()))
    if traces.office:
        rows = rows.filter(entry__office=traces.office)
    own = Q(entry__actor_id__in=traces.actors) | Q(entry__subject_id__in=traces.subjects)
    ids = list(rows.filter(own).values_list("pk", flat=True))
    if traces.process:
        rows = rows.filter(entry__process_id=traces.process.public_id)
    if not traces.by_row or traces.process:
        ids += _naming(rows, traces.emails | traces.mentions, traces.names)
        for about, names in traces.typed.items():
            ids += _naming(rows.filter(entry__subject_id=about), set(), names)
    return ids


def _erase_details(traces: Traces, now: datetime) -> int:
    """The entries stay."""
    ids = details_about(traces)
    delete_details(ids, traces)
    return len(set(ids))


def delete_details(ids: Sequence[int], traces: Traces) -> None:
    """Delete these details, and note whose they were: a detail that is gone without a deed of erasure is a fault."""
    # In slices, because databases take only so many values in one statement.
    for start in range(0, len(ids), 500):
        rows = AuditDetail.objects.filter(pk__in=ids[start : start + 500])
        traces.struck.entries.update(rows.values_list("entry_id", flat=True))
        rows.delete()


def _naming(rows: QuerySet[Any], addresses: set[str], names: set[str]) -> list[int]:
    """Ids of the details in whose words an address or a full name stands, or which say a name and nothing else."""
    detail_ids = []
    conditions = [Q(body_as_text__icontains=needle) for needle in needles(addresses | names)]
    struck = pattern(addresses | full_names(names)) if addresses or full_names(names) else None
    alone = {name.casefold() for name in names}
    for start in range(0, len(conditions), 200):
        for pk, body in (
            rows.filter(reduce(or_, conditions[start : start + 200])).values_list("pk", "body").iterator(500)
        ):
            if any(word.casefold() in alone or (struck and struck.search(word)) for word in _words_in(body)):
                detail_ids.append(pk)
    return detail_ids


def _words_in(value: Any) -> Iterable[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from _words_in(element)
    elif isinstance(value, dict):
        for key, element in value.items():
            yield key
            yield from _words_in(element)


def _erase_mails(traces: Traces, now: datetime) -> int:
    office = traces.office.public_id if traces.office else None
    subjects = traces.subjects | traces.mail_subjects
    return outbox.erase(subjects, addresses=traces.emails, office_id=office, now=now)


def _find_mails_of_process(process: Process, traces: Traces) -> None:
    """Notices to the office and to bodies name people as well; with the matter all its mails go."""
    traces.mail_subjects.update(mail_log(process_id=_uuid(process)).values_list("subject_id", flat=True))


def _uuid(process: Process) -> UUID:
    return UUID(str(process.public_id))


def register_kinds() -> None:
    """Make this floor's tables known; called from `apps.py`."""
    register(
        ErasureKind(
            "accounts",
            _erase_accounts,
            find=_find_accounts,
            due=_due_accounts,
            next_day=lambda: least(User.objects.filter(erased_at=None), "erase_on"),
        )
    )
    register(
        ErasureKind(
            "contacts",
            _erase_contacts,
            find=_find_contacts,
            due=_due_contacts,
            next_day=lambda: least(Contact.objects.filter(erased_at=None), "erase_on"),
        )
    )
    register(ErasureKind("copies", _erase_copies))
    register(
        ErasureKind(
            "substitutes",
            _erase_substitutes,
            find=_find_substitutes,
            due=_due_substitutes,
            next_day=lambda: least(Substitute.objects.filter(erased_at=None), "erase_on"),
        )
    )
    register(ErasureKind("offices", _erase_contact_persons))
    register(ErasureKind("requests", _erase_requests, find=_find_requests, find_process=_find_requests_of_process))
    register(ErasureKind("record_details", _erase_details))
    register(ErasureKind("mails", _erase_mails, find_process=_find_mails_of_process))
