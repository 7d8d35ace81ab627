"""Every field that somebody types into is one of ours: cleaned once, counted by the server, cut by nobody."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms

from workflow.forms.fields import ClockField, DayField, LineField, WordsField

ROOT = Path(__file__).resolve().parents[2]
OURS = (LineField, ClockField, DayField)
TYPED = (forms.CharField, forms.DateField, forms.TimeField, forms.DateTimeField, forms.FloatField, forms.DurationField)
PLAIN = re.compile(r"forms\.(CharField|EmailField|URLField|SlugField|DateField|TimeField|DateTimeField|Textarea)\(")


def our_forms() -> Iterator[type[forms.Form]]:
    """Every form class of the product."""
    for path in sorted(ROOT.glob("*/forms/*.py")):
        importlib.import_module(f"{path.parent.parent.name}.forms.{path.stem}")
    import tests.styleguide  # noqa: F401

    waiting: list[type[forms.Form]] = [forms.Form]
    while waiting:
        for found in waiting.pop().__subclasses__():
            waiting.append(found)
            if found.__module__.split(".")[0] in ("config", "consultations", "workflow", "notifications"):
                yield found


def test_look_at_every_form_each_typed_field_is_cleaned_and_cuts_nothing() -> None:
    seen, wrong = 0, []
    for form in our_forms():
        for name, field in form.base_fields.items():
            where = f"{form.__module__}.{form.__name__}.{name}"
            seen += isinstance(field, TYPED)
            # A password is taken letter by letter, as it was typed.
            is_password = isinstance(field.widget, forms.PasswordInput)
            if isinstance(field, TYPED) and not isinstance(field, OURS) and not is_password:
                wrong.append(f"{where} is no LineField, WordsField, DayField or ClockField")
            if "maxlength" in field.widget.attrs or "minlength" in field.widget.attrs:
                wrong.append(f"{where} lets the browser cut")

    assert seen > 40
    assert not wrong, "\n".join(wrong)


def test_read_source_no_field_is_made_outside_the_classes_of_ours() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("config", "consultations", "workflow", "notifications")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.relative_to(ROOT) != Path("workflow/forms/fields.py")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if PLAIN.search(line)
    ]

    assert wrong == []


def test_read_templates_no_control_is_given_a_maxlength() -> None:
    assert [path for path in (ROOT / "templates").rglob("*.html") if "maxlength" in path.read_text()] == []


@pytest.mark.parametrize("field", [LineField(max_length=10), WordsField(max_length=10)])
def test_show_field_tells_the_counter_its_limit(field: LineField) -> None:
    assert field.widget.attrs["data-limit"] == 10
