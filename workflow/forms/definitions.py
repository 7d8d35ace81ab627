"""What an administrator writes of a kind of process: the text of its definition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.definitions import Definition, DefinitionRefused, Problem, parse
from workflow.definitions.reading import LARGEST
from workflow.forms.fields import SourceField


class DefinitionForm(forms.Form):
    """A definition as text, checked whole: every fault is said with its line and the way out."""

    text = SourceField(
        label=_("The definition"),
        max_length=LARGEST,
        rows=30,
        help_text=_("The whole text of the file, in YAML. Blanks at the beginning of a line count."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {"class": "code", "spellcheck": "false", "wrap": "off"}

    definition: Definition | None = None
    """What was read, once the form is valid."""

    def clean_text(self) -> str:
        """The text; refused with a sentence for each fault, by its line."""
        text = str(self.cleaned_data["text"])
        try:
            self.definition = parse(text, "")
        except DefinitionRefused as refused:
            raise ValidationError([_said(problem) for problem in refused.problems]) from refused
        return text


def _said(problem: Problem) -> str:
    return gettext("Line %(line)d: %(message)s %(remedy)s") % {
        "line": problem.line,
        "message": problem.message,
        "remedy": problem.remedy,
    }
