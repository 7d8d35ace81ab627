"""The code with which a deed was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workflow.rules import Refused


def code_of(deed: Callable[[], Any]) -> str:
    """Do what is to be refused; returns the refusal's code."""
    with pytest.raises(Refused) as refused:
        deed()
    return code_in(refused)


def code_in(refused: pytest.ExceptionInfo[Refused]) -> str:
    """The code of a refusal that was caught."""
    return refused.value.refusal.code
