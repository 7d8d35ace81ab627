"""The house stands: imports run downwards, every address is declared, migrations and catalogues are complete."""

import ast
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from config import messages
from config.url_policies import addresses, declared_policy
from workflow.policies import POLICIES

ROOT = Path(__file__).resolve().parents[2]


def test_walk_sources_no_text_is_translated_inside_another() -> None:
    """What stands inside an f-string is not found when the texts to translate are gathered."""
    hidden = [
        f"{path.relative_to(ROOT)}:{part.lineno}"
        for folder in ("config", "consultations", "notifications", "workflow")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for whole in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(whole, ast.JoinedStr)
        for part in ast.walk(whole)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in ("_", *messages.KEYWORDS)
    ]

    assert hidden == []


def test_import_rooms_upwards_is_refused() -> None:
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert linted.returncode == 0, linted.stdout


def undeclared() -> list[str]:
    """The addresses that do not say who may come, or name nobody we know."""
    return [
        f"{route} ({name or view})" for route, view, name in addresses() if declared_policy(view, name) not in POLICIES
    ]


def test_walk_addresses_each_declares_who_may_come() -> None:
    assert undeclared() == []


@pytest.mark.django_db
def test_compare_models_with_migrations_none_is_missing() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "lock", sorted([*(ROOT / "requirements").glob("*.txt"), ROOT / "package-lock.json"]), ids=lambda path: path.name
)
def test_read_lock_file_names_no_address_and_pins_by_hash(lock: Path) -> None:
    text = lock.read_text()

    assert not re.search(r"https?://", text)
    assert "sha256:" in text or "sha512-" in text


def test_reach_for_the_network_in_a_test_is_refused() -> None:
    with pytest.raises(AssertionError, match="network"), socket.socket() as client:
        client.connect(("192.0.2.1", 80))


def test_read_templates_no_paragraph_holds_a_form_or_a_list() -> None:
    """A browser ends the paragraph there: what was to stand in one row falls apart."""
    paragraph = re.compile(r"<p\b[^>]*>((?:(?!</p>).)*)</p>", re.DOTALL)
    block = re.compile(r"<(?:form|div|ul|ol|dl|table|section|details)\b|components/post_button")
    found = [
        f"{path.relative_to(ROOT)}: {match[0][:60]}"
        for path in (ROOT / "templates").rglob("*.html")
        for match in paragraph.finditer(path.read_text())
        if block.search(match[1])
    ]

    assert found == []


def test_read_pages_loads_nothing_from_elsewhere() -> None:
    foreign = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//""")
    pages = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").glob("*/*.*")]

    found = [
        str(page.relative_to(ROOT))
        for page in pages
        if "mails" not in page.parts and foreign.search(page.read_text(encoding="utf-8", errors="ignore"))
    ]

    assert found == []


@pytest.mark.parametrize("language", messages.LANGUAGES)
def test_compare_catalogue_with_source_every_text_is_translated(language: str) -> None:
    assert messages.missing(language) == []
