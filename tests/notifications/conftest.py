"""Mail templates of the tests' own kinds."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def templates_of_tests(settings: Any) -> None:
    """Let the tests' kinds find their templates beside the product's."""
    [engine] = settings.TEMPLATES
    folder = Path(__file__).parent / "templates"
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], folder]}]
