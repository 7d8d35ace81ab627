"""The form that starts a process in mid-course: it also asks for the stages done outside the system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from workflow.definitions import Definition, StageSpec, ancestors, descendants
from workflow.forms.fields import DayField, LineField, WordsField
from workflow.forms.files import FilesForm, ReceivedFilesField
from workflow.forms.processes import StartProcessForm
from workflow.models import ProcessDefinition
from workflow.queries.processes import read_definition
from workflow.rules.files import IncomingFile
from workflow.rules.mid_course import OTHERS_SPOKE, EarlierStage, TextOfStage, needs_text, stage_of_text
from workflow.rules.processes import REASON_LENGTH

_NOT_DONE: Final = gettext_noop(
    "Leave it empty if it has not been done. Then it is still to be done here, and opens when its turn has come."
)
_EXAMPLE: Final = TextOfStage("–", markdown="–")


class StartInMidCourseForm(StartProcessForm, FilesForm):
    """The facts of a new process, and of each stage before the one it begins with the day, the reason and the files. Of
    a stage beside these, and of one that could be left out, nothing needs to be told."""

    template_name_div = "workflow/parts/start_in_mid_course.html"

    begins = LineField(max_length=60, widget=forms.HiddenInput)

    def __init__(self, *args: Any, definition: ProcessDefinition, begins: str, **kwargs: Any) -> None:
        """begins: the key of the stage that the process begins with."""
        kwargs["initial"] = {**kwargs.get("initial", {}), "begins": begins}
        super().__init__(*args, definition=definition, matter=definition, **kwargs)
        content = read_definition(definition)
        self.own_names = [name for name in self.fields if name != "begins"]
        self.needed = [key for key in ancestors(content, begins) if not content.stage(key).optional]
        self.told = [content.stage(key) for key in stages_to_tell_of(content, begins)]
        self.of_text = [
            key for key in self.needed if _makes_the_text(content, content.stage(key), ancestors(content, begins))
        ]
        for spec in self.told:
            self.fields.update(self._fields_of(spec))

    def _fields_of(self, spec: StageSpec) -> dict[str, forms.Field]:
        is_needed = spec.key in self.needed
        fields: dict[str, forms.Field] = {
            "on": DayField(label=_("Done on"), required=is_needed),
            "reason": WordsField(
                label=_("What was done, and where"),
                min_length=REASON_LENGTH,
                max_length=2000,
                required=is_needed,
                help_text=_("At least ten characters. It stands in the record under your name."),
            ),
            "files": ReceivedFilesField(
                label=_("Minutes, answers or other papers"), required=is_needed and spec.kind in OTHERS_SPOKE
            ),
        }
        if spec.key in self.of_text:
            fields["title"] = LineField(
                label=_("Title of the text"),
                max_length=200,
                required=False,
                help_text=_("Left empty, it bears the title of the process. Everybody who reads the text sees it."),
            )
            fields["words"] = WordsField(
                label=_("The text that came out of it"),
                max_length=1_000_000,
                required=False,
                rows=6,
                help_text=_(
                    "Begin each section with a heading line: # 1. Heading. Write the text, choose files, or both: each "
                    "file becomes a document of its own."
                ),
            )
            fields["texts"] = ReceivedFilesField(label=_("The text as files"))
            fields["annexes"] = ReceivedFilesField(label=_("Annexes that go along for information"))
        for field in fields.values():
            # In the summary of errors a field stands without its stage's heading.
            field.error_messages["required"] = gettext("“%(stage)s”: this is missing.") % {"stage": spec.title}
        return {_name(spec.key, part): field for part, field in fields.items()}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """What every start asks for."""
        return [self[name] for name in self.own_names]

    @cached_property
    def groups(self) -> list[dict[str, Any]]:
        """The fields of each stage under its title, with what is said of it."""
        return [
            {
                "title": str(spec.title),
                "hint": "" if spec.key in self.needed else gettext(_NOT_DONE),
                "fields": [self[name] for name in self.fields if name.startswith(_name(spec.key, ""))],
            }
            for spec in self.told
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for spec in self.told:
            told = [cleaned.get(_name(spec.key, part)) for part in ("reason", "files")]
            if any(told) and not cleaned.get(_name(spec.key, "on")) and not self.errors.get(_name(spec.key, "on")):
                self.add_error(_name(spec.key, "on"), forms.ValidationError(_("Write the day on which it was done.")))
        return cleaned

    def facts(self) -> dict[str, Any]:
        """The keyword arguments of `start_process`."""
        return {**super().facts(), "done_elsewhere": tuple(self._earlier())}

    def examples(self, today: date) -> tuple[EarlierStage, ...]:
        """What stands for the stages until something has been written: each done today, with a file and a text."""
        stand_in = IncomingFile("", "–", "", 0, "")
        return tuple(
            EarlierStage(key, today, "–" * REASON_LENGTH, (stand_in,), (_EXAMPLE,) if key in self.of_text else ())
            for key in self.needed
        )

    def _earlier(self) -> list[EarlierStage]:
        stages = []
        for spec in self.told:
            value = {part: self.cleaned_data.get(_name(spec.key, part)) for part in ("on", "reason", "files")}
            if value["on"]:
                texts = tuple(self._texts(spec.key)) if spec.key in self.of_text else ()
                stages.append(
                    EarlierStage(spec.key, value["on"], value["reason"] or "", tuple(value["files"] or ()), texts)
                )
        return stages

    def _texts(self, key: str) -> Sequence[TextOfStage]:
        given = {part: self.cleaned_data.get(_name(key, part)) for part in ("title", "words", "texts", "annexes")}
        texts = []
        if given["words"]:
            texts.append(TextOfStage(given["title"] or self.cleaned_data["title"], markdown=given["words"]))
        texts += [TextOfStage(_stem(file.name), file=file) for file in given["texts"] or ()]
        annexes = given["annexes"] or ()
        return [
            *texts,
            *(TextOfStage(_stem(file.name), file=file, role="annex", needs_approval=False) for file in annexes),
        ]


def stages_to_tell_of(content: Definition, begins: str) -> list[str]:
    """The stages that may have been done before a process that begins with this one: those before it, and those beside
    it that lie behind nothing but them; in the order of the file."""
    before = set(ancestors(content, begins))
    ahead = {begins, *descendants(content, begins)}
    return [
        spec.key
        for spec in content.stages
        if spec.key not in ahead and (spec.key in before or set(ancestors(content, spec.key)) <= before)
    ]


def _makes_the_text(content: Definition, spec: StageSpec, done: Sequence[str]) -> bool:
    return stage_of_text(content, spec.text, done) == spec.key and needs_text(content, spec.text, done)


def _name(key: str, part: str) -> str:
    return f"stage_{key}__{part}"


def _stem(name: str) -> str:
    return name.rpartition(".")[0] or name
