"""Fixtures for every test: the fixed clock, real servers when a test asks for one, and no network beyond loopback."""

import gc
import ipaddress
import os
import socket
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from tests import servers

NOW = datetime(2019, 3, 1, 9, 0, tzinfo=UTC)  # a Friday, 10:00 in Copenhagen

BROWSER_FIXTURES = {"page", "context", "browser", "browser_type_launch_args"}


def _is_postgres() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def _asks_for_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    marks = ("django_db", "postgres", "valkey", "slow", "browser")
    return bool({"db", "transactional_db"} & fixtures) or any(item.get_closest_marker(mark) for mark in marks)


_TYPESET: dict[str, bytes] = {}


@pytest.fixture(autouse=True)
def typeset_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has been laid out as PDF is not laid out again: the same page gives the same bytes, which tests of
    papers hold and so lay out each time. Every package holds some, and each takes a tenth of a second."""
    from workflow.reports.papers import pdf

    if "paper" in request.path.name:
        return
    typeset = pdf.typeset

    def typeset_anew_or_known(page: Any) -> bytes:
        name = page.as_json()
        if name not in _TYPESET:
            _TYPESET[name] = typeset(page)
        return _TYPESET[name]

    monkeypatch.setattr(pdf, "typeset", typeset_anew_or_known)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--dealt`: both databases are there side by side, and either leaves to the other what the seed deals to it."""
    parser.addoption("--dealt", action="store_true")


def _of_the_other_database(config: pytest.Config, items: list[pytest.Item]) -> set[pytest.Item]:
    """What this run leaves to the other database: see `pytest_collection_modifyitems`. The seed draws."""
    if not config.getoption("dealt"):
        return set()
    seed = config.getoption("randomly_seed", 0)

    def drawn(item: pytest.Item) -> int:
        return crc32(f"{seed} {item.nodeid}".encode())

    left: set[pytest.Item] = set()
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if any(item.get_closest_marker(mark) for mark in ("postgres", "sqlite", "valkey", "mutants", "alone")):
            continue
        if item.path.parent.name == "views":
            if _is_postgres() and drawn(item) % 2 == 1:
                left.add(item)
        elif _asks_for_database(item) and not BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            cases[item.nodeid.partition("[")[0]].append(item)
    for siblings in cases.values():
        if len(siblings) > 1:
            left.update(sorted(siblings, key=drawn)[not _is_postgres() :: 2])
    return left


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `postgres` are left out on SQLite; on PostgreSQL those marked `sqlite` and those that ask for no
    database, which would say the same there. Tests marked `valkey` are counted in the report; whatever asks for a
    browser is marked `browser`, and whatever reads pages otherwise `page`.

    With `--dealt`: pages are all read on SQLite; of them PostgreSQL reads a half that the seed draws. Of a test with
    many cases, each case runs on one of the two databases, half on each: over some runs everything on both.
    """
    kept, left_out, of_the_other = [], [], _of_the_other_database(config, items)
    for item in items:
        if _is_postgres():
            wanted = _asks_for_database(item) and not item.get_closest_marker("sqlite")
        else:
            wanted = not item.get_closest_marker("postgres")
        if not wanted or item in of_the_other:
            left_out.append(item)
            continue
        if item.path.parent.name == "views":
            item.add_marker("page")
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
        if item.get_closest_marker("valkey"):
            item.user_properties.append(("valkey", "yes"))
        kept.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def pytest_collection_finish() -> None:
    """What is there before the first test stays to the end: the collector need not look through it again and again."""
    gc.freeze()


_connect = socket.socket.connect


def _connect_on_loopback(self: socket.socket, address: Any) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = address[0]
        try:
            near = ipaddress.ip_address(host).is_loopback
        except ValueError:
            near = host == "localhost"
        if not near:
            raise AssertionError(f"A test reached for the network: {host}")
    return _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def no_network() -> Iterator[None]:
    """Nothing under test may reach beyond this machine."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect_on_loopback)
    yield
    patch.undo()


_flush = TransactionTestCase._fixture_teardown
_STAYING = {"django_migrations", "django_content_type", "auth_permission"}


@cache
def _forgetting() -> str:
    """All of it in one text for PostgreSQL; its tables stay the same through a run."""
    tables = connections["default"].introspection.django_table_names(only_existing=True, include_views=False)
    deletions = [f'DELETE FROM "{table}"' for table in tables if table not in _STAYING]
    return ";\n".join(["SET session_replication_role = replica", *deletions, "SET session_replication_role = DEFAULT"])


def _empty_tables(self: TransactionTestCase) -> None:
    """Empty the tables after a test that committed, in spite of the triggers that keep history.

    PostgreSQL forgets the rows with its triggers asleep, which takes a tenth of the time of Django's way. On SQLite the
    triggers are taken off and come back with `post_migrate`.
    """
    from notifications.installation import bind_if_fresh
    from workflow.models import guards

    for alias in self._databases_names(include_mirrors=False):
        connection = connections[alias]
        if connection.vendor != "postgresql":
            guards.remove(connection)
            _flush(self)
            continue
        with connection.cursor() as cursor:
            cursor.execute(_forgetting())
        bind_if_fresh()


@pytest.fixture(autouse=True, scope="session")
def emptied_in_spite_of_guards() -> Iterator[None]:
    """The database refuses to forget history; between tests it has to."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def statements_stay_prepared() -> Iterator[None]:
    """psycopg forgets what it has prepared at every ROLLBACK, for a table may have gone with it. Tests end with one and
    no table goes: a connection keeps its statements here, as it does where deeds commit."""
    patch = pytest.MonkeyPatch()
    if _is_postgres():
        from psycopg._preparing import PrepareManager

        patch.setattr(PrepareManager, "clear", lambda self: False)
        patch.setattr(PrepareManager, "prepared_max", 2000)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def no_language_left_behind() -> Iterator[None]:
    """A page asked for in English leaves its thread in English; the next test begins in the installation's language."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def no_anchor_left_behind() -> Iterator[None]:
    """The head of one test's record is not that of the next."""
    yield
    for path in Path(django_settings.VAR_DIR).glob("audit-head-*.json"):
        path.unlink()


@pytest.fixture
def now() -> datetime:
    """The instant at which a test stands unless it says otherwise: 1 March 2019, 10.00 in Copenhagen."""
    return NOW


@pytest.fixture(scope="session")
def valkey_url() -> Iterator[str]:
    """A real Valkey (mark the test `valkey`)."""
    with servers.valkey() as url:
        yield url


@pytest.fixture
def mail_sink() -> Iterator[servers.MailSink]:
    """A real SMTP server on loopback; see `tests.servers.MailSink`."""
    with servers.mail_sink() as sink:
        yield sink


@pytest.fixture
def smtp(mail_sink: servers.MailSink, settings: Any) -> servers.MailSink:
    """The mail sink, with the settings pointing at it: mails go out by real SMTP."""
    settings.EMAIL_BACKEND = settings.MAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = mail_sink.host
    settings.EMAIL_PORT = mail_sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return mail_sink


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet: it must not look up its maker's hosts."""
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        "args": quiet,
    }
