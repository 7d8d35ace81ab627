"""Fixtures for the pages of the workflow floor."""

from typing import Any

import pytest


@pytest.fixture
def demo(settings: Any) -> None:
    """The demo asks for no second factor, so that a test may sign in with one."""
    settings.DEMO = True
