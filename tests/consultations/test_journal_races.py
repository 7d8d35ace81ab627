"""A parcel for the journal made by several officers at once, and while what it holds is erased. On real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.test_races import together
from tests.workflow.factories import an_officer
from workflow.actions.journal import make_journal_parcel
from workflow.actors import Actor
from workflow.models import JournalItem, JournalParcel
from workflow.rules import Refused

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_make_journal_parcel_by_several_at_once_makes_one_and_refuses_the_rest(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    hearing = a_hearing(LAUNCHED)
    hearing.answers(1)
    officers = [
        Actor.of_user(an_officer(hearing.process.office, f"officer-{number}@example.dk")) for number in range(4)
    ]
    now = LAUNCHED + timedelta(hours=1)

    deeds = together(*[partial(make_journal_parcel, hearing.process, actor=officer, now=now) for officer in officers])

    codes = {deed.error.refusal.code for deed in deeds if isinstance(deed.error, Refused)}
    assert sum(deed.error is None for deed in deeds) == 1
    assert codes <= {"journal_fetched_meanwhile", "journal_nothing_new"}
    parcel = JournalParcel.objects.get()
    assert JournalItem.objects.filter(parcel=parcel).count() == JournalItem.objects.count()
