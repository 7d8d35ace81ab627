"""The search in the lists of a round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.forms.fields import LineField


class ListSearchForm(forms.Form):
    """Which rows of a list to show: by words, and by one of the list's filters. What it does not know narrows nothing.

    filters: the values stand in the address. everything: what no filter is called.
    """

    q = LineField(label=_("Name or address"), required=False, max_length=200)
    vis = forms.ChoiceField(label=_("Show"), required=False)

    def __init__(self, *args: Any, filters: type[TextChoices], everything: str | Promise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: forms.ChoiceField = self.fields["vis"]  # type: ignore[assignment]
        choices.choices = [("", everything), *filters.choices]
        self.is_valid()

    @property
    def words(self) -> str:
        """The words searched for, or ""."""
        words: str = self.cleaned_data.get("q", "")
        return words

    @property
    def which(self) -> str:
        """The filter chosen, or ""."""
        which: str = self.cleaned_data.get("vis", "")
        return which
