"""Words that scenarios know from version 2 on: refused with their line in a file of version 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from consultations.player.deeds import DEEDS
from consultations.player.expected import Expected
from tests.consultations.test_player_checking import SMALL, codes, line_of, refused, the_schema
from workflow.definitions.reading import read


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


DECIDED = "  - {at: +1d, by: karen, do: decide, for: kl, outcome: approved"
INFORMING = "  - {by: karen, do: add_party, stage: hearing, for: hk, for_information: true}"
NEWER = [
    (
        "refuse_extension",
        "",
        "  - {at: +1d, by: karen, do: refuse_extension, for: hk, reason: Nej}",
        "refuse_extension",
    ),
    ("resend", "", "  - {at: +1d, by: karen, do: resend, for: hk}", "resend"),
    ("contact_otherwise", "", "  - {at: +1d, by: karen, do: contact_otherwise, stage: hearing}", "contact_otherwise"),
    (
        "new_days",
        "",
        '  - {at: "+1d", by: karen, do: resume, reason: Igen, new_days: {hearing: 2018-04-20}}',
        "hearing",
    ),
    ("closed_item", "", f"{DECIDED}, closed_item: true}}", "closed_item"),
    ("level", "", f"{DECIDED}, level: council}}", "level"),
    ("ground", "", f"{DECIDED}, basis: chair_decision, ground: urgent}}", "ground"),
    ("mandate", "", f"{DECIDED}, mandate: {{holder: Formanden, scope: Tal}}}}", "mandate"),
    ("by_mandate", "", f"{DECIDED}, basis: delegation, by_mandate: true}}", "by_mandate"),
    (
        "settle_reservation",
        "",
        "  - {at: +1d, by: karen, do: settle_reservation, for: kl, settlement: immaterial, reason: Ja}",
        "settle_reservation",
    ),
    ("reply_by", "", "  - {at: +1d, by: karen, do: ask_again, for: kl, reason: Ny, reply_by: 2018-04-20}", "reply_by"),
    ("level", "", "  - {at: +1d, by: karen, do: add_party, for: hk, stage: hearing, level: council}", "level"),
    ("send", "", "  - {at: +1d, by: karen, do: send}", "send"),
    ("send_at", "", "  - {at: +1d, by: karen, do: send_at}", "send_at"),
    ("recall", "", "  - {at: +1d, by: karen, do: recall}", "recall"),
    ("object", "", "  - {at: +1d, by: kl, do: object, text: Nej}", "object"),
    (
        "answer_objection",
        "",
        "  - {at: +1d, by: karen, do: answer_objection, for: kl, answer: En slåfejl}",
        "answer_objection",
    ),
    ("line", "", "  - {at: +1d, by: karen, do: new_bundle, line: agreement}", "line"),
    ("working", "", "  - {at: +1d, by: karen, do: new_bundle, working: true}", "working"),
    ("put_forward", "", "  - {at: +1d, by: karen, do: put_forward, reason: Klar}", "put_forward"),
    ("supplement", "", "  - {at: +1d, by: karen, do: supplement, stage: submission}", "supplement"),
    (
        "supplementary",
        "",
        "  - {at: +1d, by: karen, do: launch_round, stage: hearing, supplementary: true}",
        "supplementary",
    ),
    ("round", "", "  - {at: +1d, by: karen, do: dispose, for: kl, note: Rettet, round: 1}", "round"),
    ("cancel_round", "", "  - {at: +1d, by: karen, do: cancel_round, stage: hearing, reason: Nej}", "cancel_round"),
    *(
        (name, "", f"  - {{at: +1d, by: karen, do: launch_round, stage: hearing, {name}: {value}}}", name)
        for name, value in (("informs_others", "true"), ("parties", "kl"))
    ),
    ("take_back", "", "  - {at: +1d, by: karen, do: take_back, reason: Forkert fil}", "take_back"),
    ("deadlines", '  deadlines: {hearing: "2018-03-23 12:00"}', "", "deadlines"),
    ("parties", "  parties: {kl: answered}", "", "parties"),
    ("decisions", "  decisions: {clearance: {approved: 1}}", "", "decisions"),
    ("provisional", "", "  - {at: +1d, by: kl, do: provisional, until: +30d, text: Ja}", "provisional"),
    ("confirm", "", "  - {at: +1d, by: kl, do: confirm}", "confirm"),
    ("for_information", "", INFORMING, "for_information"),
    ("publish", "", "  - {at: +1d, by: karen, do: publish, what: path}", "publish"),
    (
        "withdraw_publication",
        "",
        "  - {at: +1d, by: karen, do: withdraw_publication, what: path, reason: Fejl}",
        "withdraw_publication",
    ),
    ("public", "  public: [path]", "", "public"),
]


@pytest.mark.parametrize(("expected", "deed", "word"), [row[1:] for row in NEWER], ids=[row[0] for row in NEWER])
def test_check_word_of_version_two_in_a_file_of_version_one_is_refused_with_its_line(
    tmp_path: Path, expected: str, deed: str, word: str
) -> None:
    text = SMALL.replace(
        "expect:\n", (f"{deed}\n" if deed else "") + "expect:\n" + (f"{expected}\n" if expected else "")
    )

    problems = [found for found in refused(tmp_path, text) if found.code == "newer_version"]

    assert [(found.file, found.line) for found in problems] == [("small.yaml", line_of(text, deed or expected))]
    assert f"“{word}”" in problems[0].message
    assert "schema_version: 2" in problems[0].remedy
    assert "newer_version" not in codes(tmp_path, text.replace("schema_version: 1", "schema_version: 2"))


def test_check_dispatches_by_hand_are_known_from_version_two_on(tmp_path: Path) -> None:
    text = SMALL.replace("starts:", "dispatches: by_hand\nstarts:")

    newer = [found for found in refused(tmp_path, text) if found.code == "newer_version"]

    assert [found.line for found in newer] == [line_of(text, "dispatches: by_hand")]
    second = text.replace("schema_version: 1", "schema_version: 2")
    assert codes(tmp_path, second) == []
    assert codes(tmp_path, second.replace("by_hand", "by_post")) == ["unknown_value"]


def test_check_stages_done_elsewhere_are_known_from_version_two_on(tmp_path: Path) -> None:
    [line] = [line for line in SMALL.splitlines() if line.startswith("starts:")]
    told = line.removesuffix("}") + ", done_elsewhere: [{stage: drafting, on: 2018-02-30, reason: Skrevet}]}"
    text = SMALL.replace(line, told)

    newer = [found for found in refused(tmp_path, text) if found.code == "newer_version"]

    assert [found.line for found in newer] == [line_of(text, told)]
    second = text.replace("schema_version: 1", "schema_version: 2")
    assert codes(tmp_path, second) == ["bad_date"]
    assert codes(tmp_path, second.replace("02-30", "02-20").replace("stage: drafting", "stage: draft")) == [
        "unknown_stage"
    ]
    assert codes(tmp_path, second.replace("02-30", "02-20")) == []
    assert not the_schema().is_valid(read(text, "small.yaml").data)


def test_every_newer_word_of_the_deeds_is_tried() -> None:
    newer = {name for name, deed in DEEDS.items() if deed.since > 1} | set(Expected.newer)
    newer |= {key for deed in DEEDS.values() for key in deed.newer}

    untried = newer - {row[0] for row in NEWER}
    assert untried == set(), "write a line of each in NEWER: its name, what stands under expect or the deed, the word"
