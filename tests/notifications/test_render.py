"""Every kind of mail is written in every language, and no name or title breaks out of its place."""

from datetime import datetime

import pytest
from django.conf import settings as django_settings
from django.utils.html import escape

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


@pytest.mark.parametrize("kind", kinds.kinds(), ids=lambda kind: kind.key)
@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_write_every_registered_kind_has_its_three_templates(kind: kinds.MailKind, language: str) -> None:
    from django.template.loader import get_template

    for ending in ("subject.txt", "txt", "html"):
        get_template(f"{kind.templates}.{ending}")


def test_register_two_kinds_under_one_key_is_refused() -> None:
    with registered(), pytest.raises(ValueError, match="twice"):
        kinds.register(kinds.MailKind("probe", "mails/other", kinds.no_facts, kinds.always_wanted))
