"""A full disk and a lost database are said in words: a page that gives the words back, a command's one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.urls import reverse

from config.outages import Trouble, trouble_of
from consultations.models import Answer
from tests.config.starting import start
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.views.conftest import holder_of

pytestmark = pytest.mark.slow

WORDS = "Vi savner et afsnit om ældre. " * 3000
COMMAND = "import sys; sys.argv = ['manage.py', *{arguments!r}]; import manage; manage.main()"


@pytest.fixture
def full_disk() -> Iterator[None]:
    """From here on the database's file can grow no more."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        [pages] = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 4294967294")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="only a file can be told not to grow")
def test_send_answer_while_the_disk_is_full_saves_nothing_and_gives_the_words_back_and_later_takes_them(
    request: pytest.FixtureRequest,
) -> None:
    with time_machine.travel(LAUNCHED, tick=False):
        hearing = a_hearing(parties=1)
        client = holder_of(hearing)
        client.raise_request_exception = False
        sent = {"key": "k" * 32, "version": "0", "do": "send", "text": WORDS, "signed_by": "Åse Ørsted"}
        write = reverse("reply_write", args=[hearing.party().link.public_id])
        request.getfixturevalue("full_disk")

        full = client.post(write, sent)

        assert full.status_code == 507
        page = full.content.decode()
        assert "Der er ikke mere plads på vores disk" in page
        assert WORDS.strip() in page
        assert not Answer.objects.filter(invitation=hearing.party()).exclude(text="").exists()
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 4294967294")

        assert client.post(write, sent).status_code == 302
        assert Answer.objects.get(invitation=hearing.party(), text=WORDS.strip())


@pytest.mark.parametrize(
    ("address", "arguments"),
    [
        ("postgres://samraad@127.0.0.1:1/samraad", ["verify_audit"]),
        ("postgres://samraad@127.0.0.1:1/samraad", ["migrate"]),
    ],
)
def test_run_command_without_a_database_says_one_sentence_and_exits_with_75(
    tmp_path: Path, address: str, arguments: list[str]
) -> None:
    code = COMMAND.format(arguments=arguments)

    ended = start(tmp_path, code, DATABASE_URL=address, PYTHONPATH=".")

    assert ended.returncode == 75, ended.stderr
    assert ended.stderr.strip().splitlines() == [
        "Databasen svarer ikke, så intet er gjort. Se efter i DATABASE_URL, og kør kommandoen igen."
    ]


def test_run_command_on_a_full_disk_says_one_sentence_and_exits_with_75(tmp_path: Path) -> None:
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000)); "
    code += "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "

    ended = start(tmp_path, code + COMMAND.format(arguments=["migrate", "--verbosity=0"]))

    assert ended.returncode == 75, ended.stderr
    assert ended.stderr.strip().splitlines() == [
        "Der er ikke mere plads på disken, og intet er skrevet siden. Skaf plads, og kør kommandoen igen."
    ]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (OSError(28, "No space left on device"), Trouble.DISK),
        (OSError(122, "Disk quota exceeded"), Trouble.DISK),
        (OSError(2, "No such file"), None),
        (OperationalError("database or disk is full"), Trouble.DISK),
        (OperationalError('could not extend file "base/1": No space left on device'), Trouble.DISK),
        (OperationalError("server closed the connection unexpectedly"), Trouble.DATABASE),
        (InterfaceError("connection already closed"), Trouble.DATABASE),
        (OperationalError("no such table: workflow_office"), None),
        (ProgrammingError("relation does not exist"), None),
        (ValueError("a fault of ours"), None),
        (None, None),
    ],
)
def test_tell_trouble_of_the_machine_from_a_fault_of_ours(error: Exception | None, trouble: Trouble | None) -> None:
    assert trouble_of(error) == trouble


def test_tell_trouble_behind_an_error_sees_what_it_came_from() -> None:
    error = RuntimeError("the deed failed")
    error.__cause__ = OSError(28, "No space left on device")

    assert trouble_of(error) is Trouble.DISK
