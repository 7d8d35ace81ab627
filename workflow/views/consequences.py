"""What a press does, said before it: who gets mail, what falls, what becomes public, what cannot be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from notifications.kinds import title_of
from workflow.actions.rehearsal import Rehearsal, rehearse
from workflow.actors import Actor
from workflow.dates import deadline_words, local_day
from workflow.deadlines import DENMARK
from workflow.models import Process
from workflow.queries.publication import live_items
from workflow.states import PublicThing
from workflow.views.access import Visit, by_whom

Row = TypeVar("Row", bound=Model)

NAMED = 8
"""So many are named; of more the number is said, and the names unfold."""

MAIL_WORDS = {
    "decision_request": _lazy("Request for a decision"),
    "decision_asked_again": _lazy("New request for a decision"),
    "decision_deadline": _lazy("Notice of a new deadline"),
    "decision_receipt": _lazy("Receipt"),
    "decision_withdrawn": _lazy("Notice that the question is closed"),
    "text_corrected": _lazy("Notice that the text has been corrected, with both versions and the right to object"),
    "authority_submission": _lazy("Submission"),
}
"""Kind of mail → what it is, said of those that get it. Others by their kind's own title."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a press does, in sentences. An empty `mails` says that nobody gets a mail, an empty `falls` that nothing
    falls; `public` and `undo` are always said. count: of those mails. recipients: who gets one at which address, to
    unfold. is_folded:
    opened by whoever chooses what `title` says. is_refused: it would not be done, and `happens` says why."""

    happens: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    count: int = 0
    recipients: tuple[str, ...] = ()
    falls: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    title: str = ""
    is_folded: bool = False
    is_refused: bool = False


STAND_IN_WORDS: Final = "–" * 20
"""Stand for the reason that has not been written yet; what a deed does does not depend on it."""


def rehearsal_of(
    request: Visit, process: Process, deed: Callable[..., object], *, actor: Actor | None = None
) -> Rehearsal:
    """What came of this very deed, called with who does it and when, before it was taken back. Its rows are read for it
    alone (`afresh`): a deed writes on what it is given. actor: who acts where it is not simply the account."""
    return rehearse(process, lambda: deed(**by_whom(request, actor)), request.now)


def consequences_of(
    request: Visit,
    process: Process,
    deed: Callable[..., object],
    *,
    undo: str = "",
    actor: Actor | None = None,
    may_touch_decisions: bool = False,
) -> Consequences:
    """What this very deed would do now, told from a rehearsal of it."""
    rehearsal = rehearsal_of(request, process, deed, actor=actor)
    told = told_of(rehearsal, process, undo=undo, may_touch_decisions=may_touch_decisions)
    return replace(told, public=(*told.public, *stays_public(process))) if rehearsal.sent_back else told


def stays_public(process: Process) -> list[str]:
    """What is said of documents that are public already, where a deed takes the process back."""
    if not process.is_public or not live_items(process).filter(kind=PublicThing.TEXT).exists():
        return []
    return [_("Documents that are public already stay there; where their consultation is cancelled, a note says so.")]


def afresh(row: Row, *related: str) -> Row:
    """The row read anew, with what it belongs to."""
    rows = type(row)._default_manager.all()
    return (rows.select_related(*related) if related else rows).get(pk=row.pk)


def told_of(
    rehearsal: Rehearsal, process: Process, *, undo: str = "", may_touch_decisions: bool = False
) -> Consequences:
    """A rehearsal in sentences. may_touch_decisions: the deed can make decisions fall, so that those that stand are
    named even where none falls."""
    if rehearsal.refusal:
        return refused_with(rehearsal.refusal, process)
    happens = [
        *_stages(
            _("The stage is completed: %(stage)s."), _("The stages are completed: %(stages)s."), rehearsal.completed
        ),
        *_stages(
            _("The stage is sent back: %(stage)s."), _("The stages are sent back: %(stages)s."), rehearsal.sent_back
        ),
        *_stages(_("The stage opens at once: %(stage)s."), _("The stages open at once: %(stages)s."), rehearsal.opened),
    ]
    text = _("%(stage)s: the list is only prepared. Nobody is asked until you send the consultation out.")
    happens += [text % {"stage": title} for title in rehearsal.prepared]
    happens += _list_words(rehearsal)
    due = _("%(stage)s: the deadline is %(deadline)s.")
    happens += [due % {"stage": title, "deadline": deadline_words(at, zone)} for title, at, zone in rehearsal.due]
    off = _("%(stage)s: that deadline falls on a day that is no working day.")
    happens += [
        off % {"stage": title} for title, at, zone in rehearsal.due if not DENMARK.is_working_day(local_day(at, zone))
    ]
    if rehearsal.ends:
        happens.append(_("The process has then ended."))
    changed = bool(rehearsal.completed or rehearsal.sent_back or rehearsal.opened)
    return Consequences(
        happens=tuple(happens),
        mails=mail_words(rehearsal),
        count=rehearsal.count,
        recipients=rehearsal.addressed,
        falls=_fall_words(rehearsal, is_said=may_touch_decisions or bool(rehearsal.fallen or rehearsal.sent_back)),
        public=_public(process) if changed else _nothing_new(process),
        undo=(undo or _("It cannot be undone; it stands in the record."),),
    )


def _list_words(rehearsal: Rehearsal) -> list[str]:
    """Who would be put on a dispatch or taken off one: nobody gets a mail by either."""
    words = []
    if rehearsal.listed:
        text = _(
            "A dispatch is prepared to %(names)s. Nobody on it is asked, or gets a mail, until you have looked it "
            "through and sent it."
        )
        words.append(text % {"names": bodies_named(rehearsal.listed)})
    if rehearsal.unlisted:
        text = _("Taken off the dispatch that has not left: %(names)s.")
        words.append(text % {"names": bodies_named(rehearsal.unlisted)})
    return words


def _stages(one: str, several: str, titles: Sequence[str]) -> list[str]:
    if not titles:
        return []
    return [one % {"stage": titles[0]}] if len(titles) == 1 else [several % {"stages": ", ".join(titles)}]


def refused_with(words: str, process: Process) -> Consequences:
    """A press that does nothing, with the reason."""
    return Consequences(happens=(words,), public=_nothing_new(process), undo=(_("Nothing happens."),), is_refused=True)


def waits_on() -> str:
    """What is said of a stage that a deed neither completes nor sends back."""
    return _("The stage waits on for its other conditions, or to be completed by hand.")


def mail_words(rehearsal: Rehearsal) -> tuple[str, ...]:
    """Who gets which mail, and which bodies get none."""
    words = [
        f"{MAIL_WORDS.get(kind) or title_of(kind)}: {people(names)}" for kind, names in (rehearsal.mails or {}).items()
    ]
    if rehearsal.unmailed:
        text = _("Asked without a mail, as there is no address that works: %(names)s.")
        words.append(text % {"names": bodies_named(rehearsal.unmailed)})
    if rehearsal.uncorrected:
        text = _("Told of the correction by no mail, as there is no address that works: %(names)s. Tell them yourself.")
        words.append(text % {"names": bodies_named(rehearsal.uncorrected)})
    if rehearsal.untold:
        text = _("No longer asked, and told by no mail: %(names)s. Tell them yourself.")
        words.append(text % {"names": bodies_named(rehearsal.untold)})
    if rehearsal.passed_over:
        text = _("Passed over, and told by no mail: %(names)s. Tell them yourself; their link still works.")
        words.append(text % {"names": bodies_named(rehearsal.passed_over)})
    return tuple(words)


def people(names: Sequence[str]) -> str:
    """How many, and by name as long as that can be read."""
    count = ngettext("%(count)d recipient", "%(count)d recipients", len(names)) % {"count": len(names)}
    return f"{count} ({', '.join(names)})" if len(names) <= NAMED else count


def bodies_named(names: Sequence[str]) -> str:
    """How many bodies, and by name: those who get no mail have to be told by somebody, so all are named."""
    once = list(dict.fromkeys(names))
    count = ngettext("%(count)d body", "%(count)d bodies", len(once)) % {"count": len(once)}
    return f"{count} ({', '.join(once)})"


def asked_otherwise() -> Consequences:
    """What it means that a body is asked otherwise than by mail."""
    return Consequences(
        title=_("Ask otherwise than by mail"),
        happens=(
            _("The address is taken off, and no reminder goes out. Ask the body yourself and record its decision."),
        ),
        public=(_("Nothing new becomes public."),),
        undo=(_("Yes: write an address again under “Correct the address”; the body then gets a mail."),),
    )


def with_more(told: Consequences, *, happens: Sequence[str]) -> Consequences:
    """The same with further sentences on what happens behind those it has."""
    return replace(told, happens=(*told.happens, *happens))


def _fall_words(rehearsal: Rehearsal, *, is_said: bool) -> tuple[str, ...]:
    """is_said: whether it is also said which decisions stand."""
    parts = {
        _("These decisions no longer count: %(names)s."): rehearsal.fallen,
        _("These decisions stand: %(names)s."): rehearsal.standing if is_said else (),
        _("These stand until their stage comes round; the body is then asked anew: %(names)s."): rehearsal.for_now,
        _(
            "These stand; when their stage comes round, the body is asked anew only if the text has been changed in "
            "its substance: %(names)s."
        ): rehearsal.unless_changed,
        _(
            "Not answered yet, and the link stops working at once; they can decide when they have the new question: "
            "%(names)s."
        ): rehearsal.replaced,
        _(
            "Recommendations on the way, given to the version before, stay on record and do not count. Ask whether "
            "they hold for the new version: %(names)s."
        ): rehearsal.stepped,
    }
    return tuple(text % {"names": ", ".join(names)} for text, names in parts.items() if names)


def _public(process: Process) -> tuple[str, ...]:
    if process.is_public:
        return (_("The public page shows at once where the process now is. No document is published by it."),)
    return _nothing_new(process)


def _nothing_new(process: Process) -> tuple[str, ...]:
    if process.is_public:
        return (_("Nothing new becomes public."),)
    return (_("Nothing becomes public: the process has no public page."),)
