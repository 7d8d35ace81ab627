"""A stranger's mistakes are caught: each is planted where it might be made, and what reads the house finds it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import clear_url_caches, path

from config import messages, urls
from tests.architecture import mistakes
from tests.architecture.test_layout import undeclared
from workflow.policies import policy

ROOT = mistakes.ROOT
SCRIPTS = Path(sys.executable).parent


def test_read_every_file_of_the_product_none_has_a_strangers_mistake() -> None:
    wrong = [line for place, text in mistakes.sources() for line in mistakes.in_source(place, text)]

    assert wrong == []


def test_read_every_file_of_the_tests_none_is_longer_than_a_file_of_the_product_may_be() -> None:
    wrong = [line for place, text in mistakes.sources_of_tests() for line in mistakes.in_test(place, text)]

    assert wrong == []


def test_read_every_template_all_its_words_can_be_translated() -> None:
    wrong = [line for place, text in mistakes.templates() for line in mistakes.in_template(place, text)]

    assert wrong == []


A_DEED = "def deed():\n    with transaction.atomic():\n        ...\n"
WRITTEN_PAST_THE_DOOR = (
    "from notifications.models import OutgoingMail\nOutgoingMail.objects.create(kind='hearing_invitation')\n"
)
A_LONG_WAY = "def walk():\n" + "    step()\n" * 50
IN_FILE = {
    "a transaction in a view": ("workflow/views/planted.py", f"from django.db import transaction\n{A_DEED}"),
    "a transaction in a form": ("workflow/forms/planted.py", f"from django.db import transaction\n{A_DEED}"),
    "a transaction in a model": ("consultations/models/planted.py", "import django.db.transaction as transaction\n"),
    "a transaction in a task": ("config/tasks.py", "from django.db.transaction import atomic\n"),
    "a transaction in a command": ("workflow/management/commands/planted.py", "import django\ndjango.db.x.atomic()\n"),
    "a transaction in the player": ("consultations/player/planted.py", f"from django.db import transaction\n{A_DEED}"),
    "mail sent by a view": ("workflow/views/planted.py", "from django.core.mail import send_mail\n"),
    "mail sent by an action": ("workflow/actions/planted.py", "from django.core import mail\n"),
    "mail sent by a command": ("workflow/management/commands/planted.py", "import smtplib\n"),
    "mail sent by a service's client": (
        "consultations/actions/planted.py",
        "from anymail.message import AnymailMessage\n",
    ),
    "a mail's row past the outbox": ("consultations/actions/planted.py", WRITTEN_PAST_THE_DOOR),
    "a model with a clock": ("workflow/models/planted.py", "at = models.DateTimeField(auto_now_add=True)\n"),
    "a press put together by hand": (
        "workflow/views/planted.py",
        "skip_stage(stage, actor=request.actor, now=request.now, key=key_of(request))\n",
    ),
    "a function of 51 lines": ("workflow/queries/planted.py", A_LONG_WAY),
    "a file of 401 lines": ("workflow/queries/planted.py", "STEP = 1\n" * 401),
}


@pytest.mark.parametrize("mistake", IN_FILE)
def test_plant_mistake_in_a_file_it_is_found(mistake: str) -> None:
    place, source = IN_FILE[mistake]

    assert mistakes.in_source(place, source)


def test_plant_a_test_file_of_401_lines_it_is_found() -> None:
    assert mistakes.in_test("tests/workflow/test_planted.py", "STEP = 1\n" * 401)
    assert mistakes.in_test("tests/workflow/test_planted.py", "STEP = 1\n" * 400) == []


def test_plant_what_belongs_where_it_stands_nothing_is_found() -> None:
    deed = f"from django.db import transaction\n{A_DEED}"

    assert mistakes.in_source("workflow/actions/planted.py", deed) == []
    assert mistakes.in_source("notifications/delivery/planted.py", "from django.core.mail import send_mail\n") == []
    assert mistakes.in_source("workflow/queries/planted.py", A_LONG_WAY.removesuffix("    step()\n")) == []
    assert mistakes.in_source("workflow/queries/planted.py", "STEP = 1\n" * 400) == []


CLOCKS = {
    "timezone.now in an action": (
        "workflow/actions/planted.py",
        "from django.utils import timezone\n\nNOW = timezone.now()\n",
    ),
    "datetime.now in an action": (
        "consultations/actions/planted.py",
        "from datetime import UTC, datetime\n\nNOW = datetime.now(UTC)\n",
    ),
    "date.today in a rule": ("workflow/rules/planted.py", "from datetime import date\n\nDAY = date.today()\n"),
    "datetime.today in a query": (
        "workflow/queries/planted.py",
        "from datetime import datetime\n\nDAY = datetime.today()\n",
    ),
    "the day of today in a view": (
        "workflow/views/planted.py",
        "from django.utils.timezone import localdate\n\nDAY = localdate()\n",
    ),
    "the database's clock in an action": (
        "workflow/actions/planted.py",
        "from django.db.models.functions import Now\n\nNOW = Now()\n",
    ),
    "the machine's clock in an action": ("workflow/actions/planted.py", "import time\n\nNOW = time.time()\n"),
}


@pytest.mark.parametrize("clock", CLOCKS)
def test_plant_clock_that_is_read_where_time_is_an_argument_ruff_finds_it(clock: str) -> None:
    place, source = CLOCKS[clock]

    linted = subprocess.run(
        [SCRIPTS / "ruff", "check", "--no-cache", "--stdin-filename", ROOT / place, "-"],
        cwd=ROOT,
        input=source,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 1
    assert "TID251" in linted.stdout, linted.stdout


UPWARDS = {
    "a model that imports a view": ("workflow/models/offices.py", "workflow.views"),
    "a rule that imports an action": ("consultations/rules/rounds.py", "consultations.actions"),
    "a floor that imports the one above": ("notifications/outbox.py", "workflow.models"),
}


@pytest.mark.slow
@pytest.mark.parametrize("mistake", UPWARDS)
def test_plant_import_upwards_import_linter_finds_it(mistake: str, tmp_path: Path) -> None:
    place, room = UPWARDS[mistake]
    for floor in mistakes.FLOORS:
        shutil.copytree(ROOT / floor, tmp_path / floor, ignore=shutil.ignore_patterns("locale", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / place
    planted.write_text(f"{planted.read_text(encoding='utf-8')}\nimport {room}\n", encoding="utf-8")

    linted = subprocess.run(
        [SCRIPTS / "lint-imports", "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert linted.returncode == 1
    assert room in linted.stdout


def test_plant_address_without_a_policy_it_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def planted(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    entries = [path("undeclared/", planted), path("invented/", policy("anonymous")(planted))]
    entries[1].callback.policy = "whoever"
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *entries])
    clear_url_caches()

    found = undeclared()

    monkeypatch.undo()
    clear_url_caches()
    assert [line.split()[0] for line in found] == ["undeclared/", "invented/"]
    assert undeclared() == []


@pytest.mark.parametrize(
    "words",
    ['{% translate "Come to the fair." %}', "{% blocktranslate %}Come to the {{ place }}.{% endblocktranslate %}"],
)
def test_plant_mail_without_danish_it_is_found(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fair = tmp_path / "templates" / "mails" / "fair.txt"
    fair.parent.mkdir(parents=True)
    fair.write_text("{% load i18n %}" + words, encoding="utf-8")
    catalogues = messages.catalogues()
    monkeypatch.setattr(messages, "catalogues", lambda: catalogues)
    monkeypatch.setattr(messages, "ROOT", tmp_path)

    [line] = messages.missing("da")

    assert line.startswith("templates/mails/fair.txt:1: ")
    assert line.endswith("is to be written in locale/da/LC_MESSAGES/django.po")


def test_plant_translation_twice_or_of_no_text_it_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = tmp_path / "workflow" / "fair.py"
    catalogue = tmp_path / "workflow" / "locale" / "da" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    code.write_text('title = _("Fair")\nother = _("Market")\n', encoding="utf-8")
    entries = [
        ("workflow/fair.py", "Fair"),
        ("workflow/fair.py", "Fair"),
        ("workflow/gone.py", "Gone"),
        ("allauth", "X"),
    ]
    catalogue.write_text(
        "".join(f'#: {place}\nmsgid "{text}"\nmsgstr "På dansk"\n\n' for place, text in entries), encoding="utf-8"
    )
    monkeypatch.setattr(messages, "ROOT", tmp_path)

    place = "workflow/locale/da/LC_MESSAGES/django.po"
    assert messages.missing("da") == [f"workflow/fair.py:2: 'Market' is to be written in {place}"]
    assert messages.superfluous("da") == [
        f"{place}: 'Fair' stands in {place} already; take one of them out",
        f"{place}: 'Gone' is asked for nowhere; take it out",
    ]


def test_read_catalogues_hold_each_text_that_is_asked_for_once_and_no_other() -> None:
    assert messages.missing("da") + messages.superfluous("da") == []


@pytest.mark.parametrize(
    "words", ["Come to the fair.", "{{ name }}, come", "<p>\n  Come!\n</p>", "{% if a %}to{% endif %}"]
)
def test_plant_mail_in_english_alone_it_is_found(words: str) -> None:
    assert mistakes.in_template("templates/mails/fair.txt", words)
    assert not mistakes.in_template(
        "templates/mails/fair.txt", '{# come #}{% translate "Come" %} {{ name }} <b id="x">–</b>'
    )
