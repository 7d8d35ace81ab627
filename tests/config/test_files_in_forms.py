"""Every form of the product that takes files: whatever is refused, no file has to be chosen again, and the reason that
is told is the true one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from config.url_policies import addresses, takes_files
from tests.config.forms_with_files import FORMS, WALKED, Form
from tests.consultations.factories import LAUNCHED
from tests.styleguide import SampleForm
from tests.uploads import names_received_in, received_in, token_of
from tests.workflow.document_factories import LOCKED
from workflow.forms.approvals import DecisionForm
from workflow.forms.files import FilesForm
from workflow.forms.importing import ContactsForm
from workflow.forms.reading_in import ReadInForm
from workflow.forms.templates import TemplateForm
from workflow.models import StoredFile

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "clock", "media"), pytest.mark.slow]


@pytest.fixture
def demo(settings: Any) -> None:
    settings.DEMO = True
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(LAUNCHED, tick=False):
        yield


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def chosen(form: Form, content: bytes = b"Bilag\n", ending: str = "txt") -> dict[str, SimpleUploadedFile]:
    """A file in each of the form's fields, under the field's name."""
    return {name: SimpleUploadedFile(f"{name}.{ending}", content) for name in form.files}


def names_of(form: Form) -> list[str]:
    return [f"{name}.txt" for name in form.files]


def stored() -> list[str]:
    """The names of all files kept, but for packages."""
    return sorted(StoredFile.objects.exclude(name__endswith=".zip").values_list("name", flat=True))


@pytest.mark.parametrize("name", FORMS)
def test_send_form_with_files_and_something_else_wrong_holds_the_files_until_the_deed_is_done(name: str) -> None:
    form = FORMS[name]()
    before = stored()
    form.hinder()

    lacking = form.browser.post(form.url, {**form.facts, **form.lacking, **form.unfit, **chosen(form)})
    unfit = form.browser.post(form.url, {**form.facts, **(form.unfit or form.lacking), **received_in(lacking)})
    form.free()
    nothing = stored()
    done = form.browser.post(form.url, {**form.facts, **received_in(unfit)})
    again = form.browser.post(form.url, {**form.facts, **received_in(unfit)})

    assert (lacking.status_code // 100, unfit.status_code // 100) == (4, 4)
    assert names_received_in(lacking) == names_received_in(unfit) == names_of(form)
    assert nothing == before, "a form that is refused keeps nothing"
    assert done.status_code == 302, done.content.decode()
    assert stored() == sorted([*before, *names_of(form)])
    assert again.status_code == 302, errors_in(again)
    assert stored() == sorted([*before, *names_of(form)]), "two presses are one deed"


@pytest.mark.parametrize("name", FORMS)
def test_send_form_with_a_file_that_is_not_taken_in_says_so_beside_what_else_is_wrong(name: str) -> None:
    form = FORMS[name]()
    locked = chosen(form, LOCKED["svar.pdf"], "pdf")
    hindered = {**form.facts, **(form.unfit or form.lacking)}
    form.hinder()

    fit = form.browser.post(form.url, {**hindered, **chosen(form)})
    both = form.browser.post(form.url, {**hindered, **locked})
    form.free()
    for upload in locked.values():
        upload.seek(0)
    alone = form.browser.post(form.url, {**form.facts, **locked})

    reasons = errors_in(fit)
    told = {
        f"“{name}.pdf” cannot be opened without a password. Save it without one, and choose it again."
        for name in form.files
    }
    assert reasons
    assert not reasons & told
    assert errors_in(both) == reasons | told
    assert errors_in(alone) == told
    assert names_received_in(both) == names_received_in(alone) == []
    assert not StoredFile.objects.filter(name__endswith=".pdf").exists()


@pytest.mark.parametrize("name", FORMS)
def test_send_form_again_with_a_file_left_out_or_received_for_another_matter_goes_without_it(name: str) -> None:
    form = FORMS[name]()
    hindered = {**form.facts, **(form.unfit or form.lacking)}
    form.hinder()
    refused = form.browser.post(form.url, {**hindered, **chosen(form)})
    file = form.files[-1]
    left_out = {f"{file}-leave-out": token_of(refused, f"{file}.txt")}

    without = form.browser.post(form.url, {**hindered, **received_in(refused), **left_out})
    foreign = form.browser.post(form.url, {**hindered, f"{file}-received": "WyJhIl0:1tYQ9d:c2lnbmF0dXJl"})

    assert names_received_in(without) == names_of(form)[:-1]
    assert "A file that came with the form before is no longer here. Choose it again." in errors_in(foreign)


@pytest.mark.parametrize("name", FORMS)
def test_press_language_with_files_chosen_shows_them_as_received_in_the_other_language(name: str) -> None:
    form = FORMS[name]()
    before, facts, page = stored(), form.sent(), form.page or form.url

    there = form.browser.post(page, {**facts, **chosen(form), "switch_language": "da"})
    locked = chosen(form, LOCKED["svar.pdf"], "pdf")
    unfit = form.browser.post(page, {**facts, **locked, "switch_language": "da"})
    # Last: what is looked at before the press is in the language it is pressed in.
    back = form.browser.post(page, {**facts, **received_in(there), "switch_language": "en"})
    done = form.browser.post(form.url, {**form.facts, **received_in(back)})

    assert (there.status_code, back.status_code, unfit.status_code) == (200, 200, 200)
    assert names_received_in(there) == names_received_in(back) == names_of(form)
    assert "Udelad" in there.content.decode()
    assert names_received_in(unfit) == []
    assert unfit.content.decode().count("kan ikke åbnes uden adgangskode") >= len(form.files)
    assert done.status_code == 302
    assert stored() == sorted([*before, *names_of(form)])


@pytest.mark.parametrize("name", FORMS)
def test_press_language_on_a_form_that_was_refused_leads_to_a_page_that_can_be_read(name: str) -> None:
    form = FORMS[name]()
    form.hinder()

    refused = form.browser.post(form.url, {**form.facts, **(form.unfit or form.lacking), **chosen(form)})

    assert set(re.findall('formaction="([^"]+)"', unescape(refused.content.decode()))) == {form.page or form.url}


@pytest.mark.parametrize("name", ["party_answer", "reply_write"])
def test_send_form_with_three_hundred_files_names_the_limit_and_loses_none(name: str) -> None:
    form = FORMS[name]()
    many = [SimpleUploadedFile(f"bilag-{number}.txt", b"Bilag %d" % number) for number in range(300)]

    refused = form.browser.post(form.url, {**form.facts, "attachments": many})
    held = form.browser.post(form.url, {**form.facts, **received_in(refused)})
    tokens = received_in(held)["attachments-received"]
    few = {"attachments-received": tokens, "attachments-leave-out": tokens[20:]}
    done = form.browser.post(form.url, {**form.facts, **few})

    for page in (refused, held):
        assert page.status_code == 422
        assert errors_in(page) == {
            "300 files are chosen; at most 100 can be sent. Leave some out, or send one archive."
        }
        assert names_received_in(page) == [f"bilag-{number}.txt" for number in range(300)]
    assert done.status_code == 302
    assert len(stored()) == 20


def errors_in(page: Any) -> set[str]:
    """What the forms of a page say is wrong."""
    shown = [page.context.get(name) for name in ("form", "addendum_form", "minutes_form", "ruling_form")]
    found = [form.errors for form in shown if isinstance(form, FilesForm) and form.is_bound]
    return {text for errors in found for texts in errors.values() for text in texts}


def test_read_source_no_form_takes_files_another_way_than_those_walked_over() -> None:
    others = [
        str(path.relative_to(ROOT))
        for app in ("config", "consultations", "workflow", "notifications")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"\b(FileField|ImageField|FileInput|\.FILES\.get)", path.read_text(encoding="utf-8"))
    ]

    assert others == ["workflow/forms/files.py"]
    # What is read in is a Word file in two presses, a template one that is judged by itself, and a list of contacts
    # goes into the field beside it: walked by themselves in `tests/workflow/views/`, `test_reading_in.py`,
    # `test_template_pages.py` and `test_importing_pages.py`.
    read_in = {"document_read_in", "version_read_in", "template_upload", "contacts_import"}
    assert {name for _route, view, name in addresses() if takes_files(view)} - read_in == set(FORMS)
    assert set(_below(FilesForm)) - {DecisionForm, SampleForm, ReadInForm, TemplateForm, ContactsForm} == set(WALKED)


def _below(form: type[FilesForm]) -> Iterator[type[FilesForm]]:
    for one in form.__subclasses__():
        yield one
        yield from _below(one)
