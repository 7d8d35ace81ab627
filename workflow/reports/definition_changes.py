"""Two versions of a definition compared, in sentences: what an office gets when it loads the later one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from workflow.definitions import SECRETARIAT, Completes, Definition, StageSpec
from workflow.reports.drawings import rule_words, terms_words


def changes_between(before: Definition, after: Definition) -> list[str]:
    """What is other in the later version, the whole first and then stage by stage; empty where only layout and comments
    differ. In the language spoken."""
    return [*_of_the_whole(before, after), *_of_stages(before, after)]


def _of_the_whole(before: Definition, after: Definition) -> Iterator[str]:
    yield from _changed(_("The title"), str(before.title), str(after.title))
    yield from _changed(_("The description"), str(before.description), str(after.description))
    parts: tuple[tuple[str, Mapping[str, object], Mapping[str, object]], ...] = (
        (_("The list “%(name)s”"), before.lists, after.lists),
        (_("The body “%(name)s”"), before.bodies, after.bodies),
        (_("The fact “%(name)s”"), before.parameters, after.parameters),
        (_("The deadline “%(name)s”"), before.deadlines, after.deadlines),
    )
    for words, old, new in parts:
        for name in dict.fromkeys([*old, *new]):
            what = words % {"name": name}
            if name not in old:
                yield _("%(what)s is new.") % {"what": what}
            elif name not in new:
                yield _("%(what)s is gone.") % {"what": what}
            elif old[name] != new[name]:
                yield _("%(what)s is another.") % {"what": what}


def _of_stages(before: Definition, after: Definition) -> Iterator[str]:
    for key in dict.fromkeys([*after.by_key, *before.by_key]):
        old, new = before.by_key.get(key), after.by_key.get(key)
        if old is None and new is not None:
            yield _("%(what)s is new.") % {"what": _stage(new)}
        elif new is None and old is not None:
            yield _("%(what)s is gone.") % {"what": _stage(old)}
        elif old is not None and new is not None and old != new:
            yield from _of_stage(old, new, before, after) or ()


def _of_stage(old: StageSpec, new: StageSpec, before: Definition, after: Definition) -> list[str]:
    """Each thing that is other in a stage; where none of those has a name, that something is."""
    what = _stage(old)
    said = [
        sentence
        for label, was, is_now in (
            (_("title"), str(old.title), str(new.title)),
            (_("kind"), old.kind.label, new.kind.label),
            (_("comes after"), _titles(old.after, before), _titles(new.after, after)),
            (_("who acts"), _actor(old, before), _actor(new, after)),
            (_("waits for"), _gates(old), _gates(new)),
            (_("deadline"), _rule(old), _rule(new)),
            (_("reminders, in days before"), _days(old), _days(new)),
            (_("asks for"), terms_words(old), terms_words(new)),
            (_("text"), old.text, new.text),
            (_("may be left out"), _yes_no(is_so=old.optional), _yes_no(is_so=new.optional)),
            (_("completed"), _completes(old), _completes(new)),
            (
                _("sent back to"),
                _titles(filter(None, [old.on_return]), before),
                _titles(filter(None, [new.on_return]), after),
            ),
        )
        for sentence in _changed(f"{what}, {label}", str(was), str(is_now))
    ]
    return said or [_("%(what)s is another.") % {"what": what}]


def _changed(what: str, was: str, is_now: str) -> Iterator[str]:
    if was != is_now:
        yield _("%(what)s: %(was)s → %(is_now)s") % {"what": what, "was": was or "–", "is_now": is_now or "–"}


def _stage(spec: StageSpec) -> str:
    return _("The stage “%(title)s”") % {"title": spec.title}


def _titles(keys: object, definition: Definition) -> str:
    return ", ".join(str(definition.by_key[key].title) for key in keys if key in definition.by_key)  # type: ignore[attr-defined]


def _actor(spec: StageSpec, definition: Definition) -> str:
    return _("the secretariat") if spec.actor == SECRETARIAT else str(definition.title_of_role(spec.actor))


def _gates(spec: StageSpec) -> str:
    return ", ".join(str(gate.gate) for gate in spec.gates)


def _rule(spec: StageSpec) -> str:
    rule = spec.effective_deadline_rule
    return rule_words(rule) if rule else ""


def _days(spec: StageSpec) -> str:
    return ", ".join(str(days) for days in spec.reminders)


def _yes_no(*, is_so: bool) -> str:
    return _("Yes") if is_so else _("No")


def _completes(spec: StageSpec) -> str:
    return _("by itself") if spec.completes is Completes.AUTOMATIC else _("by hand")
