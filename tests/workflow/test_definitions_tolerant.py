"""What is read of a file that is wrong in places: all that is right in it, and never a crash."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflow.small_definition import SMALL, changed
from workflow.definitions import Definition, parse
from workflow.definitions.names import Reference, references_in
from workflow.definitions.reading import read
from workflow.definitions.tolerant import is_unread, read_tolerantly
from workflow.states import Outcome, StageKindName

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["stages", "lists", "bodies", "deadlines", "kind", "key", "after", "gates", "gate", "review"]
            ),
            inner,
            max_size=6,
        )
    ),
)


def tolerantly(text: str) -> Definition:
    definition: Definition = read_tolerantly(Definition, read(text, "small.yaml").data)
    return definition


def test_read_tolerantly_a_sound_file_reads_what_is_read_of_it_otherwise() -> None:
    definition, sound = tolerantly(SMALL), parse(SMALL, "small.yaml")

    assert definition.stages == sound.stages
    assert dict(definition.lists) == dict(sound.lists)
    assert dict(definition.parameters) == dict(sound.parameters)


def test_read_tolerantly_a_stage_of_unknown_kind_keeps_what_all_kinds_have() -> None:
    stage = tolerantly(changed("kind: consultation", "kind: consultatoin")).stages[2]

    assert stage.kind is StageKindName.DRAFTING
    assert (stage.key, stage.after, stage.reminders) == ("hearing", ("review",), (14, 7, 1))


def test_read_tolerantly_a_list_leaves_out_the_wrong_items_alone() -> None:
    definition = tolerantly(changed("after: [drafting]", "after: [3, drafting]"))
    outcomes = tolerantly(changed("{referred_back: drafting}", "{reffered: drafting, rejected: drafting}"))

    assert definition.stages[1].after == ("drafting",)
    assert dict(outcomes.stages[1].on_outcome) == {Outcome.REJECTED: "drafting"}


def test_read_tolerantly_a_list_that_names_something_twice_keeps_it() -> None:
    assert tolerantly(changed("after: [drafting]", "after: [drafting, drafting]")).stages[1].after == ("drafting",) * 2


@pytest.mark.parametrize(
    ("old", "new"), [("  - key: review\n", "  - kye: review\n"), ("  - key: review\n", "  - key: [review]\n")]
)
def test_read_tolerantly_a_name_that_cannot_be_read_is_no_name(old: str, new: str) -> None:
    stage = tolerantly(changed(old, new)).stages[1]

    assert is_unread(stage.key)
    assert stage.actor == "committee"
    assert stage.key not in {name for _path, name in references_in(stage)}


def test_read_tolerantly_a_wrong_number_has_the_default_of_all_kinds() -> None:
    terms = tolerantly(changed("k: 2", "k: two")).stages[3].approval

    assert terms is not None
    assert (terms.list, terms.k) == ("parties", 0)


def test_walk_over_the_names_finds_each_with_its_path() -> None:
    found = dict(references_in(parse(SMALL, "small.yaml")))

    assert found["lists", "parties", "members", 1] == "authority"
    assert found["stages", 1, "on_outcome", Outcome.REFERRED_BACK] == "drafting"
    assert found["stages", 3, "deadline", "deadline"] == "sending"
    assert all(isinstance(name, Reference) for name in found.values())


@settings(deadline=None, max_examples=150)
@given(ANYTHING)
def test_read_tolerantly_anything_gives_a_definition(data: Any) -> None:
    assert isinstance(read_tolerantly(Definition, data), Definition)
