"""Every page that can be read: valid HTML, whose references lead somewhere, in both languages; and what a guest's page
and the title of a refused form always say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.url_policies import addresses, declared_policy
from consultations.models import HearingRound
from tests.architecture.estate import NOW, Address, Estate, an_estate
from tests.architecture.test_url_policies import MIDWAY, PARAMETER, holding, signed_in
from workflow.models import Office, Process
from workflow.states import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]

TELEPHONE = "57 87 00 00"
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls")
WRITTEN_BY_LIBRARIES = ("admin:", "mfa_", "account_")


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.DEMO = True


@pytest.fixture
def estate() -> Iterator[Estate]:
    with time_machine.travel(NOW, tick=False):
        made = an_estate("mit")
        Office.objects.filter(pk=made.office.pk).update(telephone=TELEPHONE, contact_person="Maria Holm")
        yield made


def pages() -> Iterator[tuple[Address, str]]:
    """Every address of ours, with the policy it declares."""
    for route, view, name in addresses():
        policy = declared_policy(view, name) or ""
        if policy != "webhook" and name != MIDWAY and not name.startswith(WRITTEN_BY_LIBRARIES):
            yield Address(name, route), policy


def at(address: Address, estate: Estate) -> str | None:
    """The address with the estate's own ids; None where it names what the estate has not."""
    names = [first or second for first, second in PARAMETER.findall(address.route)]
    if any(name not in estate.kwargs for name in names):
        return None
    try:
        return reverse(address.name, kwargs={name: estate.kwargs[name](address) for name in names})
    except NoReverseMatch:
        return None


def visitors(estate: Estate) -> dict[str, Client]:
    """Who may come, by the policy of the page."""
    officer = signed_in(office=estate.office, role=Role.SECRETARIAT)
    member = signed_in(office=estate.office, body=estate.council)
    administrator = signed_in(office=estate.office, role=Role.ADMIN, is_superuser=True)
    return {
        "anonymous": Client(),
        "link_holder": holding(estate),
        "body_member": member,
        "secretariat": officer,
        "auditor": officer,
        "signed_in": officer,
        "administrator": administrator,
        "admin": administrator,
    }


def is_page(response: HttpResponseBase) -> bool:
    return (
        response.get("Content-Type", "").startswith("text/html") and not response.streaming and response.content != b""
    )


def faults_of(html: str) -> list[str]:
    """What is wrong with a page: what the parser forgives, ids that stand twice, references that lead nowhere."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree: Element = parser.parse(html)
    found = [f"{position}: {code} {data}" for position, code, data in parser.errors]
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    found += [f"the id {name} stands {count} times" for name, count in ids.items() if count > 1]
    for element in elements:
        for reference in REFERENCES:
            wanted = (element.get(reference) or "").split()
            found += [f"{element.tag} {reference}={name} leads nowhere" for name in wanted if name not in ids]
        target = element.get("href") or ""
        if target.startswith("#") and target[1:] not in ids:
            found.append(f"a href={target} leads nowhere")
        if element.tag == "img" and element.get("alt") is None:
            found.append("an img without alt")
    found += _unnamed_fields(elements)
    return found


def _unnamed_fields(elements: list[Element]) -> list[str]:
    labelled = {element.get("for") for element in elements if element.tag == "label"}
    inside = {id(child) for element in elements if element.tag == "label" for child in element.iter()}
    return [
        f"{field.tag} {field.get('name')} has no label"
        for field in elements
        if field.tag in ("input", "select", "textarea")
        and field.get("type") not in ("hidden", "submit")
        and field.get("id") not in labelled
        and id(field) not in inside
        and not (field.get("aria-label") or field.get("aria-labelledby"))
    ]


@pytest.mark.parametrize("language", ["da", "en"])
def test_read_every_page_is_valid_html_whose_references_lead_somewhere(estate: Estate, language: str) -> None:
    who = visitors(estate)
    faults, read = {}, 0
    for address, policy in pages():
        url = at(address, estate)
        if url is None:
            continue
        with transaction.atomic():
            response = who[policy].get(url, headers={"accept-language": language})
            transaction.set_rollback(True)
        if not is_page(response):
            continue
        read += 1
        if wrong := faults_of(response.content.decode()):
            faults[f"{address.name} ({response.status_code})"] = wrong

    assert read > 60
    assert faults == {}


def test_read_every_page_of_a_personal_link_names_whom_to_call(estate: Estate) -> None:
    holder = visitors(estate)["link_holder"]
    lacking = []
    for address, policy in pages():
        url = at(address, estate)
        if policy != "link_holder" or url is None:
            continue
        response = holder.get(url)
        if response.status_code == 200 and is_page(response):
            html = response.content.decode()
            if not (TELEPHONE in html and "Maria Holm" in html and estate.office.reply_to in html):
                lacking.append(address.name)

    assert lacking == []


@pytest.mark.parametrize(("language", "begins"), [("da", "Fejl: "), ("en", "Error: ")])
def test_send_every_form_empty_says_first_in_the_title_that_something_is_wrong_and_is_valid(
    estate: Estate, language: str, begins: str
) -> None:
    who = visitors(estate)
    silent, faults, refused = {}, {}, 0
    for address, policy in pages():
        url = at(address, estate)
        if url is None:
            continue
        with transaction.atomic():
            response = who[policy].post(url, {"key": ""}, headers={"accept-language": language})
            transaction.set_rollback(True)
        if not is_page(response) or response.status_code < 400:
            continue
        refused += 1
        if wrong := faults_of(response.content.decode()):
            faults[f"{address.name} ({response.status_code})"] = wrong
        title = " ".join(re.findall(r"<title>([^<]*)", response.content.decode())[0].split())
        if not title.startswith(begins):
            silent[f"{address.name} ({response.status_code})"] = title

    assert refused > 30
    assert silent == {}
    assert faults == {}


DANISH = ("Sundhedsaftale for Prøvested", "Høring over prøveaftalen", "Kære høringspart", "Tekst.", "Formål")
"""What is written in the process's own language: its title, its round's and its letter's, a section and its heading."""


def danish_in_english(html: str) -> list[str]:
    """Where Danish words stand on an English page without saying that they are Danish."""
    found: list[str] = []

    def walk(element: Element, language: str) -> None:
        language = element.get("lang") or language
        # A sentence of ours may name a section or a round; the language of such a mixture is the page's.
        if element.tag in ("head", "option", "textarea", "label") or "timeline-about" in (element.get("class") or ""):
            return
        own = " ".join([element.text or "", *(child.tail or "" for child in element)])
        found.extend(f"{element.tag}: {words}" for words in DANISH if words in own and language != "da")
        for child in element:
            if isinstance(child.tag, str):
                walk(child, language)

    walk(html5lib.parse(html, namespaceHTMLElements=False), "")
    return found


def test_read_every_page_in_english_says_of_danish_words_that_they_are_danish(estate: Estate) -> None:
    Process.objects.update(title=DANISH[0])
    HearingRound.objects.update(title=DANISH[1], letter=DANISH[2])
    who = visitors(estate)
    unsaid, seen = {}, 0
    for address, policy in pages():
        url = at(address, estate)
        response = who[policy].get(url, headers={"accept-language": "en"}) if url else None
        if response is None or response.status_code != 200 or not is_page(response):
            continue
        html = response.content.decode()
        seen += any(words in html for words in DANISH)
        if wrong := danish_in_english(html):
            unsaid[address.name] = wrong

    assert seen > 30
    assert unsaid == {}
