"""What is for one person stays with that person: in caches, on shared computers, on the disk, in the log."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import LazySettings, settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from config.logs import logging_config
from config.url_policies import declared_policy, is_by_link
from tests.config.starting import start
from tests.config.test_settings import SECRETS
from tests.config.test_sizes import ADDRESSES
from tests.workflow.agreements import in_review, request_to
from tests.workflow.factories import an_office, an_officer
from tests.workflow.views.visitors import holder_of, signed_in
from workflow.actions.sign_ins import forget_sign_ins
from workflow.links import link_path

PUBLIC = "https://samraad.example.dk"


# ── Caches and other sites ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize("visitor", ["anybody", "officer"])
def test_walk_addresses_nothing_is_kept_where_a_link_or_sign_in_was_needed(
    visitor: str, settings: LazySettings
) -> None:
    settings.DEMO = True  # asks for no second factor
    client = signed_in(an_officer(an_office())) if visitor == "officer" else Client()
    wrong = []
    for path, view, name in ADDRESSES:
        by_link = is_by_link(view, name)
        is_open = declared_policy(view, name) in ("anonymous", "webhook")
        if visitor == "officer" and (not is_open or name == "account_logout"):
            continue  # the same for whoever comes
        response = client.get(path)
        kept = response.headers.get("Cache-Control", "")
        if (by_link or not is_open or visitor == "officer") and kept != "private, no-store":
            wrong.append(f"{name}: {kept}")
        told = response.headers.get("Referrer-Policy")
        # The link to a password opens a page as well as a personal link does.
        if told != ("no-referrer" if by_link or name == "password_set" else "same-origin"):
            wrong.append(f"{name}: {told}")

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "origin", "site", "is_ours"),
    [
        ("/kode/", "null", "same-origin", True),
        ("/kode/", "null", "", True),  # a browser of before 2023
        ("/kode/", "null", "cross-site", False),
        ("/kode/", "null", "same-site", False),
        ("/kode/", "https://evil.example", "cross-site", False),
        ("/kode/", "http://testserver", "same-origin", True),
        ("/language/", "null", "", True),
        ("/account/login/", "null", "", False),
        ("/account/login/", "null", "same-origin", True),
        ("/account/login/", "null", "none", False),
    ],
)
def test_send_form_from_a_page_that_tells_no_other_where_it_is_counts_as_ours(
    path: str, origin: str, site: str, is_ours: bool
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/kode/")
    token = client.cookies["csrftoken"].value
    headers = {"Origin": origin} | ({"Sec-Fetch-Site": site} if site else {})

    answer = client.post(path, {"csrfmiddlewaretoken": token}, headers=headers)

    assert (answer.status_code != 403) is is_ours
    assert client.post(path, {}, headers=headers).status_code == 403  # never without the form's own token


# ── Shared computers ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_start_link_leaves_a_session_that_ends_with_the_browser(now: datetime) -> None:
    link = request_to(in_review(now), "committee", "review").link

    client = Client()
    client.post(link_path(link))

    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    assert client.cookies[settings.SESSION_COOKIE_NAME]["expires"] == ""


@pytest.mark.django_db
def test_close_link_on_this_computer_shuts_its_pages_and_the_mail_opens_them_again(now: datetime) -> None:
    link = request_to(in_review(now), "committee", "review").link
    client = holder_of(link)
    page = reverse("decision_link", args=[link.public_id])
    assert reverse("link_close", args=[link.public_id]) in client.get(page).content.decode()

    closed = client.post(reverse("link_close", args=[link.public_id]))

    assert "Siden er lukket på denne computer" in closed.content.decode()
    assert client.get(page).status_code == 403
    assert not Session.objects.exists()
    client.post(link_path(link))
    assert client.get(page).status_code == 200


@pytest.mark.django_db
def test_close_link_leaves_an_officer_signed_in(now: datetime, settings: LazySettings) -> None:
    settings.DEMO = True
    process = in_review(now)
    link = request_to(process, "committee", "review").link
    client = signed_in(an_officer(process.office, email="anna@example.dk"))
    client.post(link_path(link))

    client.post(reverse("link_close", args=[link.public_id]))

    assert client.get("/").context["user"].is_authenticated
    assert client.get(reverse("decision_link", args=[link.public_id])).status_code == 403


# ── The disk ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_start_makes_database_files_and_secrets_readable_by_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    (folder / "samraad.sqlite3").write_bytes(b"")
    (folder / "samraad.sqlite3").chmod(0o644)
    (folder / "media").mkdir(mode=0o755)
    code = """
import django
django.setup()
from io import BytesIO
from uuid import uuid4
from django.db import connection
from workflow import storage
connection.cursor().execute("CREATE TABLE anything (number int)")
file = uuid4()
sha256, _size = storage.write_settling(BytesIO(b"x"), file)
storage.settle(file, storage.path_of(sha256, file))
"""
    started = start(folder, code, DJANGO_SETTINGS_MODULE="config.settings")

    assert started.returncode == 0, started.stderr
    found = [folder, *folder.rglob("*")]
    assert len(found) > 7
    assert [path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077] == []


# ── A demonstration in public ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("address", [PUBLIC, "http://samraad.example.dk", "https://8.8.8.8"])
def test_start_demo_on_a_public_address_is_refused_unless_said_twice(tmp_path: Path, address: str) -> None:
    refused = start(tmp_path, BASE_URL=address, DEMO="1", **SECRETS)
    said_twice = start(tmp_path, BASE_URL=address, DEMO="1", DEMO_IN_PUBLIC="yes", **SECRETS)

    assert refused.returncode != 0
    assert "DEMO_IN_PUBLIC=yes" in refused.stderr
    assert said_twice.returncode == 0, said_twice.stderr


@pytest.mark.parametrize("address", ["http://localhost:8000", "http://192.168.1.20:8000"])
def test_start_demo_on_an_address_of_ones_own_needs_it_said_once(tmp_path: Path, address: str) -> None:
    assert start(tmp_path, BASE_URL=address, DEMO="1").returncode == 0


# ── The login log and the log ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_forget_sign_ins_takes_old_entries_and_sessions_that_have_run_out() -> None:
    now = datetime.now(UTC)
    for days in (91, 89):
        AccessAttempt.objects.create(username=f"anna{days}@example.dk", failures_since_start=1)
        AccessLog.objects.create(username="anna@example.dk")
        for model in (AccessAttempt, AccessLog):
            model.objects.filter(attempt_time__gt=now - timedelta(days=1)).update(
                attempt_time=now - timedelta(days=days)
            )
        Session.objects.create(session_key=f"s{days}", session_data="", expire_date=now + timedelta(days=90 - days))

    assert forget_sign_ins(now) == 3

    assert AccessAttempt.objects.count() == AccessLog.objects.count() == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["s89"]


@pytest.mark.django_db
def test_refuse_a_page_is_one_line_in_the_log_without_trace_or_secret() -> None:
    token = "abcdefghijklmnopqrstuvwxyz0123456789"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("GET", "/findes-ikke/", {}),
        ("GET", f"/l/01a21dfd-b7fd-7bcb-a5ab-d2a9ee825d90/{token}", {}),
        ("POST", "/kode/", {"data": b"a=b", "content_type": "application/x-www-form-urlencoded"}),
        ("GET", "/kode/", {"headers": {"Host": "evil.example"}}),
        ("GET", "/svar/01a21dfd-b7fd-7bcb-a5ab-d2a9ee825d90/", {}),
        ("GET", "/luk/01a21dfd-b7fd-7bcb-a5ab-d2a9ee825d90/", {}),
        ("POST", "/kode/", {"CONTENT_LENGTH": "629145600"}),
    ]
    written = io.StringIO()
    config = logging_config(level="INFO", as_json=True, secrets=[])
    handler = logging.StreamHandler(written)
    handler.setFormatter(logging.config.DictConfigurator(config).configure_formatter(config["formatters"]["masked"]))
    for name in config["handlers"]["stream"]["filters"]:
        handler.addFilter(config["filters"][name]["()"]())
    logging.getLogger().addHandler(handler)
    client = Client(enforce_csrf_checks=True)
    try:
        for method, path, more in asked:
            written.seek(0)
            written.truncate()
            assert client.generic(method, path, **more).status_code >= 400, path
            [line] = written.getvalue().splitlines()
            assert "exception" not in json.loads(line), line
            assert token not in line
    finally:
        logging.getLogger().removeHandler(handler)
