"""The frame of every page: style page, accessibility statement, errors, forms, and the design system's files."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils.translation import override

from config import assets
from config.url_policies import addresses, declared_policy
from tests.styleguide import SampleForm, styleguide
from workflow.models import Membership, Office, User
from workflow.states import Role

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def page() -> str:
    request = RequestFactory().get("/styleguide")
    request.user = AnonymousUser()
    with override("da"):
        return styleguide(request).content.decode()


def test_show_style_page_leaves_no_template_syntax_behind(page: str):
    assert "{%" not in page
    assert "{#" not in page
    assert "{{" not in page


def test_show_page_keeps_to_the_content_security_policy(page: str):
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.replace('href="https://example.dk/"', ""))


def test_show_accessibility_statement_in_both_languages(client: Client, db: None):
    assert "Tilgængelighedserklæring" in client.get("/was").content.decode()
    assert "Accessibility statement" in client.get("/was", headers={"accept-language": "en"}).content.decode()


def test_show_accessibility_statement_names_the_mailboxes_of_the_offices(client: Client, db: None):
    new = Office.objects.create(key="ny", name="Nyt sekretariat", reply_to="ny@example.dk")
    Office.objects.create(key="gammel", name="Gammelt sekretariat", reply_to="gammel@example.dk", successor=new)

    html = client.get("/was").content.decode()

    assert "Nyt sekretariat:" in html
    assert 'href="mailto:ny@example.dk"' in html
    assert "gammel@example.dk" not in html


def test_show_accessibility_statement_names_the_address_of_the_settings_alone(client: Client, db: None, settings: Any):
    Office.objects.create(key="ny", name="Nyt sekretariat", reply_to="ny@example.dk")
    settings.CONTACT_EMAIL = "was@example.dk"

    html = client.get("/was").content.decode()

    assert 'href="mailto:was@example.dk"' in html
    assert "ny@example.dk" not in html


def test_show_privacy_page_says_why_and_whom_to_ask_in_both_languages_and_stands_in_the_foot(client: Client, db: None):
    Office.objects.create(key="ny", name="Nyt sekretariat", reply_to="ny@example.dk")

    danish, english = (client.get("/privatliv", headers={"accept-language": code}) for code in ("da", "en"))

    assert "artikel 6, stk. 1, litra e" in danish.content.decode()
    assert "article 6(1)(e)" in english.content.decode()
    assert 'href="mailto:ny@example.dk"' in danish.content.decode()
    assert 'href="/privatliv"' in client.get("/was").content.decode()


def test_ask_robots_txt_shuts_every_address_of_links_and_accounts_and_no_public_one(client: Client, db: None):
    shut = client.get("/robots.txt").content.decode().splitlines()[1:]

    for route, view, name in addresses():
        is_shut = any(f"/{route}".startswith(line.removeprefix("Disallow: ")) for line in shut)
        if declared_policy(view, name) != "anonymous" or name.startswith(("link", "account", "mfa")):
            assert is_shut, route
    for route in ("", "was", "privatliv", "offentligt/"):
        assert not any(f"/{route}".startswith(line.removeprefix("Disallow: ")) for line in shut), route


def test_ask_security_txt_names_the_address_of_the_settings_and_expires_within_a_year(
    client: Client, db: None, settings: Any
):
    settings.CONTACT_EMAIL = "sikkerhed@example.dk"

    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        lines = client.get("/.well-known/security.txt").content.decode().splitlines()

    assert lines[0] == "Contact: mailto:sikkerhed@example.dk"
    assert lines[1] == "Expires: 2026-08-28T00:00:00Z"
    assert client.get("/.well-known/security.txt")["Content-Type"].startswith("text/plain")


def test_ask_security_txt_before_anybody_can_be_written_to_is_not_found(client: Client, db: None, settings: Any):
    settings.CONTACT_EMAIL = ""

    assert client.get("/.well-known/security.txt").status_code == 404


def test_switch_language_by_the_form_brings_the_page_back_in_it(client: Client, db: None):
    answer = client.post("/language/", {"language": "en", "next": "/was"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/was"
    assert '<html lang="en">' in answer.content.decode()


def test_show_page_to_an_officer_names_the_office_and_the_person(client: Client, db: None):
    office = Office.objects.create(name="Sekretariatet for sundhedsaftalen")
    officer = User.objects.create_user("anna@example.dk", name="Anna Holm")
    Membership.objects.create(user=officer, office=office, role=Role.SECRETARIAT)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get("/was").content.decode()
    assert "Sekretariatet for sundhedsaftalen" in html
    assert "Anna Holm" in html


def test_meet_an_unknown_address_gives_a_page_with_a_way_on(client: Client):
    answer = client.get("/findes-ikke")
    assert answer.status_code == 404
    assert "Siden findes ikke her" in answer.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "409", "500", "csrf"])
def test_render_error_page_without_a_request_works(name: str):
    with override("da"):
        assert "<h1>" in render_to_string(f"errors/{name}.html", {"refusal": {"text": "Nej."}})


def test_show_refused_form_links_each_error_to_its_field():
    with override("da"):
        html = SampleForm({"deadline_on": "ikke en dato"}, matter="styleguide").as_div()
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    assert 'id="id_deadline_on_error"' in html
    assert 'aria-describedby="id_deadline_on_helptext id_deadline_on_error"' in html


@pytest.mark.parametrize("text", ["28/02/2019", "28.02.2019", "2019-02-28"])
def test_type_a_date_in_any_usual_form_is_understood(text: str):
    with override("da"):
        assert str(SampleForm(matter="styleguide").fields["deadline_on"].clean(text)) == "2019-02-28"


@pytest.mark.parametrize(
    ("text", "day"), [("28/02/2019", "2019-02-28"), ("2019-02-28", "2019-02-28"), ("31/02/2019", "")]
)
def test_show_refused_form_gives_the_calendar_the_day_that_was_typed(text: str, day: str):
    with override("da"):
        html = str(SampleForm({"deadline_on": text}, matter="styleguide")["deadline_on"])
    assert f'value="{text}"' in html
    assert (f'data-default-value="{day}"' in html) == bool(day)


def test_copy_files_takes_only_what_the_style_sheet_refers_to(tmp_path: Path):
    dist = tmp_path / "dist"
    for name, text in {
        "css/dkfds.min.css": "a{background:url(../img/a.svg)}b{background:url(data:x)}\n/*# sourceMappingURL=x.map*/",
        "js/dkfds.min.js": "var a;\n//# sourceMappingURL=dkfds.min.js.map",
        "img/a.svg": "<svg/>",
        "img/unused.svg": "<svg/>",
        "img/all-svg-icons.svg": "<svg/>",
        "LICENSE.md": "MIT",
    }.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(text)
    target = tmp_path / "target"
    assert assets.copy_files(dist, target) == 5
    assert not (target / "img/unused.svg").exists()
    assert "sourceMappingURL" not in (target / "css/dkfds.min.css").read_text()
    assert "sourceMappingURL" not in (target / "js/dkfds.min.js").read_text()


def test_copy_files_when_a_referenced_file_is_missing_says_which(tmp_path: Path):
    (tmp_path / "css").mkdir()
    (tmp_path / "css/dkfds.min.css").write_text("a{background:url(../img/gone.svg)}")
    with pytest.raises(assets.AssetsMissing, match=r"gone\.svg"):
        assets.referenced_files(tmp_path)


def test_write_component_always_tells_its_context_at_the_head():
    for path in (TEMPLATES / "components").glob("*.html"):
        assert path.read_text().startswith(("{#", "{% comment %}")), f"{path.name} does not say what it takes"


def test_write_comment_in_template_never_spans_lines():
    for path in TEMPLATES.rglob("*.html"):
        for line in path.read_text().splitlines():
            assert line.count("{#") == line.count("#}"), (
                f"{path.name}: a comment over several lines needs {{% comment %}}"
            )
