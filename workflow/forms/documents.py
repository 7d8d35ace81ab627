"""Forms for documents, their versions, and the sets of documents that are locked together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.actions.bundles import BundleEntry
from workflow.forms.fields import LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFileField
from workflow.models import Bundle, DocumentVersion, TextLine
from workflow.queries.documents import documents_for_information, documents_left_out
from workflow.states import ChangeKind


def _weighty_field() -> forms.Field:
    """Why a change is editorial although something of weight changed."""
    return WordsField(
        label=_("Why is the change editorial all the same?"),
        max_length=2_000,
        rows=3,
        required=False,
        help_text=_(
            "Numbers, dates, amounts, negations or duties have changed: see above. The reason stands in the record."
        ),
    )


class LineChoice(forms.Form):
    """Which text a new document belongs to, where the process has several."""

    line = forms.ChoiceField(
        label=_("Which text does it belong to?"),
        widget=forms.RadioSelect,
        help_text=_("It cannot be moved to another. A set holds documents of one text."),
    )

    def __init__(self, *args: Any, lines: Sequence[TextLine] = (), **kwargs: Any) -> None:
        """lines: the texts a new document may belong to; none for a version of one that has its place."""
        super().__init__(*args, **kwargs)
        self.lines = {line.key: line for line in lines}
        if len(lines) > 1:
            line: forms.ChoiceField = self.fields["line"]  # type: ignore[assignment]
            line.choices = [(key, line.title) for key, line in self.lines.items()]
        else:
            del self.fields["line"]

    def line_facts(self) -> dict[str, TextLine]:
        """What `begin_document` is told of it; nothing where nothing was asked."""
        return {"line": self.lines[self.cleaned_data["line"]]} if "line" in self.fields else {}


class VersionForm(LineChoice, FilesForm):
    """The next version of a document: written here, uploaded, or both."""

    title = LineField(label=_("Title"), max_length=200)
    text = WordsField(
        label=_("Text"),
        max_length=1_000_000,
        required=False,
        help_text=_("Begin each section with a heading line: # 1. Heading. Remarks can be given to each section."),
        rows=16,
    )
    file = ReceivedFileField(label=_("File"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("text") and not cleaned.get("file"):
            raise forms.ValidationError(_("Write the text or choose a file."))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """What `begin_document` and `add_version` are told of a version."""
        return {
            "title": self.cleaned_data["title"],
            "markdown": self.cleaned_data["text"],
            "file": self.cleaned_data["file"],
            **self.line_facts(),
        }


class BundleForm(forms.Form):
    """Which documents act together, which of them are approved, and how the set differs from the one before. Of a text
    that no body judges, nobody is asked what is approved."""

    change = forms.ChoiceField(
        label=_("What kind of change is it?"),
        widget=forms.RadioSelect,
        help_text=_("Nothing follows from it until the set is put forward; you can then choose otherwise."),
    )
    one_of: tuple[str, ...] = ()
    note = WordsField(label=_("What was changed?"), max_length=20_000, required=False)

    def __init__(
        self,
        *args: Any,
        versions: Sequence[DocumentVersion],
        is_judged: bool,
        earlier: Bundle | None,
        **kwargs: Any,
    ) -> None:
        """is_judged: whether bodies decide on the text. earlier: the set of it locked before, so that it is asked how
        this one differs, and that what went along for information then, or was left out, does so again."""
        super().__init__(*args, **kwargs)
        self.versions = list(versions)
        self.is_judged = is_judged
        titles = Counter(str(version) for version in self.versions)
        names = [
            (str(version.public_id), _numbered(version) if titles[str(version)] > 1 else str(version))
            for version in self.versions
        ]
        informing = documents_for_information(earlier) if earlier else set()
        left_out = documents_left_out(earlier) if earlier else set()
        self.fields["chosen"] = forms.MultipleChoiceField(
            label=_("Documents"),
            choices=names,
            widget=forms.CheckboxSelectMultiple,
            initial=[str(version.public_id) for version in self.versions if version.document_id not in left_out],
            help_text=_("A document that was left out of the version before has no tick.") if left_out else "",
        )
        self.fields["approved"] = forms.MultipleChoiceField(
            label=_("Of these, the bodies approve"),
            choices=names,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=[str(version.public_id) for version in self.versions if version.document_id not in informing],
            help_text=_("The others go along for information."),
        )
        if earlier:
            self.one_of = ("note",)
            self.fields["note"].help_text = _(
                "An editorial change must have it; otherwise it may be left empty. It stands word for word in the mail "
                "to the bodies that are asked about the new version."
            )
            change: forms.ChoiceField = self.fields["change"]  # type: ignore[assignment]
            change.choices = [(kind, kind.label) for kind in (ChangeKind.MATERIAL, ChangeKind.EDITORIAL)]
        else:
            del self.fields["change"]
        if not is_judged:
            del self.fields["approved"]
        self.order_fields(["chosen", "approved", "change", "note"])

    def ask_why_editorial(self) -> None:
        """Ask why the change is editorial: something of weight has changed in the documents that are chosen."""
        self.fields["weighty_reason"] = _weighty_field()
        # It was clean before, without this.
        self.full_clean()

    def picked(self) -> list[tuple[DocumentVersion, bool]]:
        """The chosen versions, each with whether it is approved."""
        chosen, approved = self.cleaned_data["chosen"], self.cleaned_data.get("approved", ())
        return [(row, str(row.public_id) in approved) for row in self.versions if str(row.public_id) in chosen]

    def facts(self) -> dict[str, Any]:
        """What `lock_documents` is told."""
        change = self.cleaned_data.get("change", ChangeKind.FIRST)
        return {
            "entries": bundle_entries(self.picked()),
            "change": change,
            "note": self.cleaned_data["note"],
            "weighty_reason": self.cleaned_data.get("weighty_reason", ""),
        }


class PutForwardForm(forms.Form):
    """How a set differs from the one that counts now, and why it is put forward."""

    change = forms.ChoiceField(
        label=_("What kind of change is it?"),
        widget=forms.RadioSelect,
        help_text=_("Above it says what each of them leads to now."),
    )
    reason = WordsField(
        label=_("Why is it put forward now?"),
        max_length=2_000,
        rows=3,
        help_text=_("It stands in the record. The mails give what was written when the set was locked."),
    )

    def __init__(self, *args: Any, usual: ChangeKind, is_weighty: bool = False, **kwargs: Any) -> None:
        """usual: what was said when the set was locked; of a text's first set nothing is asked. is_weighty: a number,
        date, amount, negation or duty has changed, so that an editorial change needs a reason for being one."""
        super().__init__(*args, **kwargs)
        if is_weighty:
            self.fields["weighty_reason"] = _weighty_field()
        self.usual = usual
        self.kinds = [ChangeKind.FIRST] if usual == ChangeKind.FIRST else [ChangeKind.MATERIAL, ChangeKind.EDITORIAL]
        change: forms.ChoiceField = self.fields["change"]  # type: ignore[assignment]
        if usual == ChangeKind.FIRST:
            del self.fields["change"]
            return
        change.choices = [(kind, kind.label) for kind in self.kinds]
        change.initial = usual

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_asked = "weighty_reason" in self.fields and cleaned.get("change") == ChangeKind.EDITORIAL
        # Whoever only looks gives no reasons yet.
        if self.fields["reason"].required and is_asked and not cleaned.get("weighty_reason", "").strip():
            self.add_error("weighty_reason", _("Write why the change is editorial all the same, or call it material."))
        return cleaned

    @property
    def chosen(self) -> ChangeKind | None:
        """The kind of change that was sent; of a text's first set there is one only. None before."""
        if not (self.is_bound and self.is_valid()):
            return None
        return ChangeKind(self.cleaned_data.get("change", self.usual))

    def facts(self) -> dict[str, Any]:
        """What `put_forward` is told."""
        return {
            "change": self.cleaned_data.get("change", self.usual),
            "reason": self.cleaned_data["reason"],
            "weighty_reason": self.cleaned_data.get("weighty_reason", ""),
        }


def bundle_entries(picked: Sequence[tuple[DocumentVersion, bool]]) -> list[BundleEntry]:
    """Versions as they go into a set, each with whether it is approved."""
    return [
        BundleEntry(version, "agreement" if needs_approval else "annex", needs_approval)
        for version, needs_approval in picked
    ]


def _numbered(version: DocumentVersion) -> str:
    """A version whose title another document bears too, told apart by the document's place in the process."""
    return gettext("%(version)s (document %(number)d)") % {"version": version, "number": version.document.position}
