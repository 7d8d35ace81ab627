"""Statements that are built once give what the ORM gives."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext

from notifications.models import MailEvent, OutgoingMail
from notifications.statements import Among, Change, Given, Read, insert
from notifications.states import EventKind, MailState
from tests.notifications.factories import queued, reread

pytestmark = pytest.mark.django_db


def an_event(mail: OutgoingMail, now: datetime, detail: str = "") -> MailEvent:
    event = MailEvent(
        mail=mail, kind=EventKind.BOUNCED, occurred_at=now, recorded_at=now, detail=detail, key=str(uuid4())
    )
    insert(event)
    return event


def values_of(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_read_again_with_other_values_gives_what_the_orm_gives(now: datetime) -> None:
    mails = queued(now, 3, facts={"days": 7, "names": ["æ", "ø"]}, process_id=uuid4())
    read = Read(
        lambda: OutgoingMail.objects.filter(
            subject_id=Given("subject_id", models.UUIDField()), queued_at__lte=Given("now", models.DateTimeField())
        )
    )
    for mail in mails:
        [found] = read(subject_id=mail.subject_id, now=now)
        assert values_of(found) == values_of(OutgoingMail.objects.get(pk=mail.pk))
        assert read(subject_id=mail.subject_id, now=now - timedelta(microseconds=1)) == []


def test_read_with_a_related_row_brings_it_along_in_one_statement(now: datetime) -> None:
    [mail] = queued(now)
    event = an_event(mail, now)
    read = Read(lambda: MailEvent.objects.select_related("mail").filter(pk=Given("pk")))
    with CaptureQueriesContext(connection) as queries:
        found = read.one(pk=event.pk)
        assert values_of(found.mail) == values_of(mail)
    assert len(queries) == 1
    assert values_of(found) == values_of(MailEvent.objects.get(pk=event.pk))


def test_read_of_values_gives_tuples_with_times_and_ids_as_python_has_them(now: datetime) -> None:
    [mail] = queued(now)
    read = Read(lambda: OutgoingMail.objects.filter(pk=Given("pk")).values_list("public_id", "queued_at", "facts"))
    assert read(pk=mail.pk) == list(
        OutgoingMail.objects.filter(pk=mail.pk).values_list("public_id", "queued_at", "facts")
    )


def test_read_a_row_with_deferred_columns_reads_them_when_asked(now: datetime) -> None:
    [mail] = queued(now, facts={"days": 1})
    found = Read(lambda: OutgoingMail.objects.defer("facts").filter(pk=Given("pk"))).one(pk=mail.pk)
    assert found.get_deferred_fields() == {"facts"}
    assert found.facts == {"days": 1}


def test_read_one_that_is_not_there_says_so(now: datetime) -> None:
    read = Read(lambda: OutgoingMail.objects.filter(pk=Given("pk")))
    with pytest.raises(OutgoingMail.DoesNotExist):
        read.one(pk=0)


@pytest.mark.django_db(transaction=True)
def test_read_for_update_outside_a_transaction_is_refused(now: datetime) -> None:
    [mail] = queued(now)
    lock = Read(lambda: OutgoingMail.objects.select_for_update().filter(pk=Given("pk")))
    with transaction.atomic():
        assert lock.one(pk=mail.pk) == mail
    with pytest.raises(TransactionManagementError):
        lock.one(pk=mail.pk)


def test_change_with_other_values_changes_those_rows_and_says_how_many(now: datetime) -> None:
    first, second = queued(now, 2)
    change = Change(
        lambda: OutgoingMail.objects.filter(pk=Given("pk"), state=MailState.QUEUED),
        state=MailState.WITHDRAWN,
        withdrawn_at=Given("now", models.DateTimeField()),
    )
    assert [change(pk=first.pk, now=now), change(pk=first.pk, now=now), change(pk=second.pk, now=now)] == [1, 0, 1]
    assert reread(first).withdrawn_at == now
    assert reread(second).state == MailState.WITHDRAWN


def test_insert_a_row_gives_it_its_id_and_every_value(now: datetime) -> None:
    [mail] = queued(now)
    event = an_event(mail, now, "mailbox full")
    assert model_to_dict(MailEvent.objects.get(pk=event.pk)) == model_to_dict(event)
    assert not event._state.adding


def test_insert_under_a_taken_key_is_an_error(now: datetime) -> None:
    [mail] = queued(now)
    same = {
        field.attname: getattr(mail, field.attname) for field in mail._meta.concrete_fields if field.attname != "id"
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(OutgoingMail(**same))
    assert OutgoingMail.objects.count() == 1


def test_read_among_many_values_gives_what_the_orm_gives_for_any_number_of_them(now: datetime) -> None:
    mails = queued(now, 3)
    read = Read(lambda: OutgoingMail.objects.filter(Among("subject_id", "subjects")).order_by("id"))
    for wanted in (mails, mails[1:], []):
        ids = {mail.subject_id for mail in wanted}
        assert read(subjects=ids) == list(OutgoingMail.objects.filter(subject_id__in=ids).order_by("id"))


def test_change_among_many_ids_changes_those_alone(now: datetime) -> None:
    mails = queued(now, 3)
    change = Change(lambda: OutgoingMail.objects.filter(Among("id", "ids")), attempts=models.F("attempts") + 1)
    assert change(ids=[mail.pk for mail in mails[:2]]) == 2
    assert [reread(mail).attempts for mail in mails] == [1, 1, 0]
