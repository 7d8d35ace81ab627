"""Small mistakes in rules, gates, deadlines and definitions turn a test red, all but a few."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations import mutants, mutants_of

ROOT = Path(__file__).resolve().parent.parent
A_RULE = """
LIMIT = 3

def may_add(count: int, *, is_open: bool = True, names=()) -> Refusal | None:
    if not is_open and count < LIMIT + 1:
        return Refusal("full", f"{count + 1}")
    for _name, _other in zip(names, names, strict=True):
        raise ValueError(count > 2)
    return names[:5]
"""


def test_make_mistakes_of_a_rule_changes_each_sign_once_and_nothing_that_is_only_said() -> None:
    made = sorted(mutant.what for mutant in mutants_of("rules.py", A_RULE))

    assert made == [
        "1 → 0",
        "1 → 2",
        "LIMIT + 1 → LIMIT - 1",
        "True → False",
        "count < LIMIT + 1 → count <= LIMIT + 1",
        "not is_open and count < LIMIT + 1 → not is_open or count < LIMIT + 1",
        "not is_open → is_open",
        "return Refusal('full', f'{count + 1}') → return None",
    ]


def test_make_mistakes_in_the_rooms_there_are_some_in_each() -> None:
    rooms = {mutant.path.rsplit("/", 1)[0] for mutant in mutants()}

    assert rooms >= {"workflow/rules", "workflow/gates", "workflow/deadlines", "workflow/definitions"}
    assert rooms >= {"consultations/rules", "consultations"}


def tried(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What becomes of mistakes, on SQLite."""
    return subprocess.run(
        [sys.executable, "-m", "tests.mutants", *arguments],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.mutants
def test_make_sixty_mistakes_in_the_rooms_tests_notice_all_but_a_few(capsys: pytest.CaptureFixture[str]) -> None:
    done = tried()

    with capsys.disabled():
        print("\n" + "\n".join(line for line in done.stdout.splitlines() if not line.startswith("noticed")))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.mutants
@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [(["test_once", "test_role_holders"], 0, "8 tried, 0 unnoticed"), (["test_once"], 1, "8 tried, 8 unnoticed")],
    ids=["a rule that is tested", "a weak spot"],
)
def test_make_mistakes_where_tests_are_and_are_not_says_so(asked: list[str], status: int, said: str) -> None:
    tests = [f"tests/workflow/{name}.py" for name in asked]

    done = tried("--only", "role_holders", "--number", "8", "--tests", *tests)

    assert (done.returncode, said in done.stdout) == (status, True), done.stdout[-3000:] + done.stderr[-2000:]
