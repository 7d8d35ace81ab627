"""The drawings in docs/states are those of the code."""

from pathlib import Path

from django.conf import settings

from workflow.reports.drawings import pages

FOLDER = Path(settings.BASE_DIR) / "docs" / "states"


def test_draw_states_of_the_code_gives_the_drawings_in_docs() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}

    assert kept == pages(), "run manage.py draw_states and commit docs/states"


def test_draw_states_knows_every_machine_of_the_product() -> None:
    wanted = {
        "process",
        "stage",
        "bundle",
        "approvalrequest",
        "decision",
        "externalrequest",
        "hearinground",
        "invitation",
        "answer",
        "outgoingmail",
        "job",
    }

    assert wanted <= {name.removesuffix(".md") for name in pages()}
