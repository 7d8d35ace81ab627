"""Every kind of mail is written in every language, and no name or title breaks out of its place."""

import re
from datetime import datetime
from html import unescape

import pytest
from django.conf import settings as django_settings
from django.utils.html import escape, strip_tags

from config.messages import ROOT
from notifications import kinds, render
from tests.notifications.factories import SECRET_LINK, SECRETS, queued, registered, secrets_of

pytestmark = pytest.mark.django_db


def test_write_test_mail_in_danish_and_english(now: datetime) -> None:
    texts = {}
    for language, _name in django_settings.LANGUAGES:
        [mail] = queued(now, language=language)
        texts[language] = render.write(mail, kinds.TEST_MAIL, {}, {}).to_keep()
    assert texts["da"][0] == "[2018-0042] Prøvemail fra Samråd"
    assert texts["en"][0] == "[2018-0042] Test mail from Samråd"
    assert "Sagsnummer: 2018-0042" in texts["da"][1]
    assert '<html lang="da">' in texts["da"][2]


def test_write_text_escapes_nothing_and_html_everything(now: datetime) -> None:
    note = "Ret & pligt <script>"
    with registered(templates="mails/probe_secrets", secrets=secrets_of) as kind:
        [mail] = queued(now, kind="probe")
        _subject, text, html = render.write(mail, kind, {"note": note}, SECRETS).to_send()
    assert note in text
    assert note not in html
    assert escape(note) in html


def test_write_link_stands_alone_on_its_line_and_in_the_button(now: datetime) -> None:
    with registered(templates="mails/probe_secrets", secrets=secrets_of) as kind:
        [mail] = queued(now, kind="probe")
        written = render.write(mail, kind, {}, SECRETS)
    assert SECRET_LINK in written.to_send()[1].splitlines()
    assert f'href="{SECRET_LINK}"' in written.to_send()[2]
    assert SECRET_LINK not in "".join(written.to_keep())


def test_write_secret_in_the_subject_is_refused(now: datetime) -> None:
    with registered(templates="mails/probe_subject", secrets=secrets_of) as kind:
        [mail] = queued(now, kind="probe")
        with pytest.raises(ValueError, match="subject"):
            render.write(mail, kind, {}, SECRETS)


def test_fill_recorded_text_gives_back_the_link(now: datetime) -> None:
    with registered(templates="mails/probe_secrets", secrets=secrets_of) as kind:
        [mail] = queued(now, kind="probe")
        written = render.write(mail, kind, {}, SECRETS)
    assert render.fill(written.to_keep()[1], SECRETS) == written.to_send()[1]


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
@pytest.mark.parametrize("kind", kinds.kinds(), ids=lambda kind: kind.key)
def test_write_every_registered_kind_its_html_says_what_its_text_says(
    kind: kinds.MailKind, language: str, now: datetime
) -> None:
    [mail] = queued(now, language=language)
    secrets = SECRETS if kind.secrets is not kinds.no_secrets else {}

    facts = {"reason": "Fordi", "message_lines": ["Kære"], "zone": "Europe/Copenhagen", "reply_by_at": now}

    _subject, text, html = render.write(mail, kind, facts, secrets).to_send()

    assert html.count("<h1") == 1, "a .html of a kind's own has a block `heading` or `body`, which stands below it"
    said = unescape(strip_tags(re.sub("<head>.*</head>", "", html, flags=re.DOTALL)))
    paragraphs = [words.removesuffix(":") for words in text.strip().split("\n\n")]
    assert [words for words in paragraphs[:-1] if words not in said] == []
    if secrets:
        button = paragraphs[paragraphs.index(SECRET_LINK) - 1]
        assert re.search(rf'href="{SECRET_LINK}"[^>]*>{re.escape(escape(button))}</a>', html), "no words on the button"


def test_read_templates_each_mail_is_of_a_registered_kind() -> None:
    written = {path.name.removesuffix(".subject.txt") for path in (ROOT / "templates/mails").glob("*.subject.txt")}

    assert {f"mails/{name}" for name in written} == {kind.templates for kind in (*kinds.kinds(), kinds.TEST_MAIL)}


def test_write_kind_without_html_of_its_own_lays_out_its_text(now: datetime) -> None:
    with registered(templates="mails/probe_text", secrets=secrets_of) as kind:
        [mail] = queued(now, kind="probe")
        facts = {"quoted": "> Ret & pligt\n>\n> <i>", "reply_by": "3. juni"}
        html = render.write(mail, kind, facts, SECRETS).to_send()[2]

    assert "Ret &amp; pligt<br><br>&lt;i&gt;" in html.partition("<blockquote")[2].partition("</blockquote")[0]
    places = [html.index(words) for words in ("Om høringen", "<blockquote", "3. juni", "Svar her</a>", "ABCD")]
    assert places == sorted(places)


def test_register_two_kinds_under_one_key_is_refused() -> None:
    with registered(), pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.MailKind("probe", "mails/other", kinds.no_facts, kinds.always_wanted))
