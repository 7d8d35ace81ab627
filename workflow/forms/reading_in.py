"""Forms for reading a file in as the next version of a text: the file, and what was found in it put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from workflow.forms.documents import LineChoice
from workflow.forms.fields import LineField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.queries.reading_in import Reading
from workflow.readers import FoundPicture
from workflow.rules.cleaning import cleaned_text
from workflow.rules.documents import SectionText
from workflow.rules.pictures import described, undescribed_in, without_pictures
from workflow.rules.section_matching import Match
from workflow.states import Kinship

NEW: Final = "new"
LONGEST_DESCRIPTION: Final = 500
"""Characters of what is written of a picture: what a screen reader says in one breath."""
ASKED_ABOUT_AT_MOST: Final = 60
"""A text in which more sections than these are uncertain is another text; each of them is then a new section."""


class ReadInForm(LineChoice, FilesForm):
    """The file that is read in, and for a new document the text it belongs to."""

    file = ReceivedFileField(
        label=_("File"),
        help_text=_("A Word or OpenDocument file, or a PDF. It is kept beside the text just as it is."),
    )


class PlacingForm(forms.Form):
    """What was found in a file, put in its place: the title, whether tracked changes count, which section carries on
    which, which of the lines that only look like headings are some, and what the pictures show of which the file says
    nothing."""

    title = LineField(label=_("Title"), max_length=200)

    def __init__(self, data: Any, *, reading: Reading, title: str) -> None:
        """data: what was sent with the form that showed this very reading, else None. title: what is proposed."""
        super().__init__(data, initial={"title": title})
        self.found, self.matching, self.names = reading.found, reading.matching, reading.names
        self.uncertain = [place for place, match in enumerate(self.matching.matches) if not match.is_sure]
        self.is_other_text = len(self.uncertain) > ASKED_ABOUT_AT_MOST
        if not self.is_other_text:
            for place in self.uncertain:
                self.fields[f"section-{place}"] = self._choice_of(place)
            for lineage in self.matching.gone:
                self.fields[f"gone-{lineage}"] = self._choice_of_gone(lineage)
        for place, section in enumerate(self.found.sections):
            if section.proposed:
                label = _("It is a heading")
                self.fields[f"heading-{place}"] = forms.BooleanField(label=label, required=False, initial=True)
        for place, section in enumerate(self.found.sections):
            for name in undescribed_in(section.text):
                self.fields.setdefault(f"picture-{name}", self._description_of(place))

    @property
    def gone(self) -> list[forms.BoundField]:
        """The fields for the sections of the version before that nothing carries on."""
        return [self[f"gone-{lineage}"] for lineage in self.matching.gone if f"gone-{lineage}" in self.fields]

    @property
    def undescribed(self) -> list[tuple[FoundPicture, forms.BoundField]]:
        """The pictures for which no words stand, each with its field."""
        pictures = ((picture, f"picture-{picture.name}") for picture in self.found.pictures)
        return [(picture, self[field]) for picture, field in pictures if field in self.fields]

    def _description_of(self, place: int) -> forms.CharField:
        label = _("Picture in “%(section)s”: what does it show?") % {"section": self.name_of(place)}
        return LineField(label=label, max_length=LONGEST_DESCRIPTION, required=False)

    def _described(self, text: str) -> str:
        return described(text, lambda name: self.cleaned_data.get(f"picture-{name}", ""))

    def _choice_of(self, place: int) -> forms.ChoiceField:
        match = self.matching.matches[place]
        # What may be carried on: the one proposed, and those that nothing else carries on for sure.
        free = [*match.origins[:1], *self.matching.gone, *self._uncertain_origins()]
        carried = [
            (str(lineage), _("carries on “%(section)s”") % {"section": self.names[lineage]})
            for lineage in dict.fromkeys(free)
        ]
        split = [
            (f"from-{lineage}", _("was split off from “%(section)s”") % {"section": name})
            for lineage, name in self.names.items()
        ]
        return forms.ChoiceField(
            label=self.name_of(place),
            choices=[(NEW, _("is new")), *carried, *split],
            initial=_initial(match),
        )

    def _uncertain_origins(self) -> Iterator[UUID]:
        return (origin for place in self.uncertain for origin in self.matching.matches[place].origins)

    def _choice_of_gone(self, lineage: UUID) -> forms.ChoiceField:
        homes = [
            (str(place), _("was put into “%(section)s”") % {"section": self.name_of(place)})
            for place in range(len(self.found.sections))
        ]
        return forms.ChoiceField(
            label=self.names[lineage], choices=[("", _("has been left out")), *homes], required=False
        )

    def name_of(self, place: int) -> str:
        """A section as people call it: its number and heading, or its first words."""
        section = self.found.sections[place]
        return " ".join(filter(None, (section.number, section.heading))) or without_pictures(section.text)[:60]

    def clean(self) -> dict[str, Any]:
        """Refuses two sections that carry on one and the same."""
        cleaned = super().clean() or {}
        carried: dict[str, int] = {}
        for place in range(len(self.found.sections)):
            own = self._own_lineage(place, cleaned)
            if own in carried and f"section-{place}" in self.fields:
                words = _(
                    "“%(other)s” carries on the same section. Only one can; choose “was split off” for the other."
                )
                self.add_error(f"section-{place}", words % {"other": self.name_of(carried[own])})
            elif own:
                carried[own] = place
        return cleaned

    def _own_lineage(self, place: int, cleaned: Mapping[str, Any]) -> str:
        chosen = cleaned.get(f"section-{place}")
        if chosen is None:
            lineage = (
                None if self.is_other_text and place in self.uncertain else self.matching.matches[place].lineage_id
            )
            return str(lineage) if lineage else ""
        return "" if chosen == NEW or chosen.startswith("from-") else chosen

    def _origins(self, place: int) -> tuple[UUID, ...]:
        """What the section came from, its own lineage first."""
        chosen = self.cleaned_data.get(f"section-{place}")
        match = self.matching.matches[place]
        if chosen is None:
            own = () if self.is_other_text and place in self.uncertain else match.origins
        elif chosen == NEW:
            own = ()
        elif chosen == _initial(match):
            own = match.origins
        else:
            own = (UUID(chosen.removeprefix("from-")),)
        joined = [lineage for lineage in self.matching.gone if self.cleaned_data.get(f"gone-{lineage}") == str(place)]
        return (*own, *joined)

    def sections(self) -> list[SectionText]:
        """The sections as they are saved, cleaned as what is written here; a line that is no heading goes back into the
        text before it."""
        sections: list[SectionText] = []
        for place, found_section in enumerate(self.found.sections):
            text = cleaned_text(self._described(found_section.text), lines=True)
            found = replace(found_section, text=text)
            if found.proposed and not self.cleaned_data[f"heading-{place}"]:
                words = f"**{self.name_of(place)}**\n\n{found.text}".strip()
                if sections:
                    sections[-1] = replace(sections[-1], text=f"{sections[-1].text}\n\n{words}".strip())
                else:
                    sections.append(SectionText("", "", words, level=0, origins=()))
                continue
            own = self._own_lineage(place, self.cleaned_data)
            sections.append(
                SectionText(
                    found.number,
                    found.heading,
                    found.text,
                    lineage_id=UUID(own) if own else None,
                    level=found.level,
                    origins=self._origins(place),
                )
            )
        return sections


def _initial(match: Match) -> str:
    if match.kinship is Kinship.NEW:
        return NEW
    origin = match.origins[0]
    return f"from-{origin}" if match.kinship is Kinship.SPLIT else str(origin)
