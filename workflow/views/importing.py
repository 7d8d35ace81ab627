"""A list of contacts taken in by an office: how it is read is shown first, and what was shown is written by a press."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from workflow.actions.importing import Imported, contacts_plan, import_contacts
from workflow.forms.importing import ContactsForm
from workflow.imports.cells import Row
from workflow.imports.parties import PastedList, lines_left
from workflow.models import Office
from workflow.policies import policy
from workflow.rules import Refused
from workflow.rules.importing import ImportPlan, PlannedContact
from workflow.states import BodyKind, Channel, ContactFate
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import key_of, new_key, press_of

TONES: Final = {
    ContactFate.NEW_BODY: "warning",
    ContactFate.NEW: "info",
    ContactFate.CHANGED: "warning",
    ContactFate.SAME: "neutral",
}
LINES_ON_PAGE: Final = 100
WRONG_SHOWN: Final = 200
"""Problems shown at once; the lines of the others stay in the field with these, and are told when these are mended."""


@policy("secretariat", takes_files=True)
@require_http_methods(["GET", "HEAD", "POST"])
def contacts_import(request: Visit, office_id: UUID) -> HttpResponse:
    """Take in a list of contacts, pasted or in a file. Looking at how it is read changes nothing."""
    office = next((one for one in request.places.officer_of if one.public_id == office_id), None)
    if office is None:
        raise Http404
    form = _form(request, office)
    plan: ImportPlan | None = None
    if form.is_bound and form.is_valid() and form.pasted:
        plan = _plan(request, office, form, form.pasted)
        if request.POST.get("do") == "write" and plan.lines:
            answer = _write(request, office, form, form.pasted, plan)
            if answer:
                return answer
    return _page(request, office, form, plan, status=422 if form.is_bound and form.errors else 200)


def _form(request: Visit, office: Office, text: str = "", kind: str = "") -> ContactsForm:
    may_add = office in request.places.admin_of
    if text:
        return ContactsForm(initial={"text": text, "kind": kind}, matter=office, may_add=may_add)
    return ContactsForm(request.POST or None, request.FILES or None, matter=office, may_add=may_add)


def _plan(request: Visit, office: Office, form: ContactsForm, pasted: PastedList) -> ImportPlan:
    return contacts_plan(office, pasted.parties, pasted.problems, request.now, kind=form.kind_chosen)


def _write(
    request: Visit, office: Office, form: ContactsForm, pasted: PastedList, plan: ImportPlan
) -> HttpResponse | None:
    """Take the sound lines in; the wrong ones come back in the field. None when it was refused."""
    try:
        imported = import_contacts(
            office,
            pasted.parties,
            pasted.problems,
            shown_digest=request.POST.get("shown", "")[:64],
            kind=form.kind_chosen,
            **press_of(request),
        )
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.refusal.text), code=refused.refusal.code))
        return None
    messages.success(request, _done(imported))
    if not plan.problems:
        return redirect("bodies")
    left = lines_left(form.cleaned_data["text"], pasted, {problem.line for problem in plan.problems})
    fresh = _form(request, office, left, form.kind_chosen)
    return _page(request, office, fresh, None, problems_left=[str(problem.text) for problem in plan.problems])


def _page(
    request: Visit,
    office: Office,
    form: ContactsForm,
    plan: ImportPlan | None,
    *,
    problems_left: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    shown = _lines_shown(plan, request.POST.get("show", "")) if plan else None
    context = {
        "office": office,
        "form": form,
        "from_file": form.from_file,
        "plan": plan,
        "counts": _counts(plan) if plan else [],
        "wrong": [str(problem) for problem in plan.problems[:WRONG_SHOWN]] if plan else [],
        "wrong_more": max(0, len(plan.problems) - WRONG_SHOWN) if plan else 0,
        "wrong_lines": len({problem.line for problem in plan.problems}) if plan else 0,
        "page": shown,
        "rows": [_row(line) for line in shown.object_list] if shown else [],
        "passed_over": [_as_text(row) for row in form.pasted.passed_over[:WRONG_SHOWN]] if form.pasted else [],
        "unused": form.pasted.unused if form.pasted else [],
        "doubtful": sum(bool(line.doubt) for line in plan.lines) if plan else 0,
        "consequences": [_told(plan, form.kind_chosen)] if plan and plan.lines else [],
        "problems_left": problems_left[:WRONG_SHOWN],
        "trail": [
            {"label": _("Contacts"), "url": reverse("bodies")},
            {"label": _("Take in a list of contacts"), "url": ""},
        ],
        "cancel_url": reverse("bodies"),
        # The rest of a list that has been taken in is another list.
        "key": new_key() if problems_left else key_of(request) or new_key(),
    }
    return render(request, "workflow/contacts_import.html", context, status=status)


def _lines_shown(plan: ImportPlan, asked: str) -> Page[PlannedContact]:
    """A page of the lines, those first that write something over. asked: its number."""
    order = (ContactFate.CHANGED, ContactFate.NEW_BODY, ContactFate.NEW, ContactFate.SAME)
    return Paginator([line for fate in order for line in plan.of(fate)], LINES_ON_PAGE).get_page(asked)


def _counts(plan: ImportPlan) -> list[dict[str, Any]]:
    counts = [{"value": len(lines), "label": fate.label} for fate in ContactFate if (lines := plan.of(fate))]
    wrong = len({problem.line for problem in plan.problems})
    return [*counts, {"value": wrong, "label": _("Wrong")}] if wrong else counts


def _row(line: PlannedContact) -> dict[str, Any]:
    return {
        "line": line.line,
        "name": line.name,
        "email": line.email,
        "unreached": _unreached(line),
        "person": line.person,
        "fate": line.fate.label,
        "tone": TONES[line.fate],
        "was": _was(line),
        "doubt": line.doubt,
    }


def _unreached(line: PlannedContact) -> str:
    """What keeps mail from the body, in words; "" for nothing."""
    if line.channel != Channel.EMAIL:
        return ""
    if not line.email:
        return _("Address missing")
    contact = line.contact
    return _("Mail came back") if contact and contact.bounced_at and contact.email == line.email else ""


def _was(line: PlannedContact) -> str:
    """What a change replaces, in words; "" where it only fills in."""
    if line.contact is None:
        return ""
    pairs = [(line.contact.email, line.email), (line.contact.name, line.person)]
    if line.contact.channel != line.channel:
        pairs.append((str(line.contact.get_channel_display()), ""))
    old = ", ".join(was for was, now in pairs if was and was != now)
    return _("instead of %(old)s") % {"old": old} if old else ""


def _told(plan: ImportPlan, kind: str) -> Consequences:
    """What the press does, said before it."""
    happens = []
    if added := len(plan.of(ContactFate.NEW_BODY)):
        words = ngettext(
            "%(count)d body is put on the list that every office here shares, as %(kind)s.",
            "%(count)d bodies are put on the list that every office here shares, as %(kind)s.",
            added,
        )
        happens.append(words % {"count": added, "kind": BodyKind(kind).label})
    if changed := len(plan.of(ContactFate.CHANGED)):
        words = ngettext("%(count)d contact is changed.", "%(count)d contacts are changed.", changed)
        happens.append(words % {"count": changed})
    if plan.problems:
        happens.append(_("The wrong lines are left in the field, to be mended and taken in by another press."))
    happens.append(_("Later mails go to the new addresses. What has been sent already stays where it was sent."))
    return Consequences(
        happens=tuple(happens),
        public=(_("Nothing becomes public."),),
        undo=(_("Each contact can be changed again; what it was before stands in the record."),),
    )


def _done(imported: Imported) -> str:
    parts = []
    if imported.bodies:
        words = ngettext("%(count)d body is put on the list.", "%(count)d bodies are put on the list.", imported.bodies)
        parts.append(words % {"count": imported.bodies})
    if imported.made:
        words = ngettext("%(count)d contact is made.", "%(count)d contacts are made.", imported.made)
        parts.append(words % {"count": imported.made})
    if imported.changed:
        words = ngettext(
            "%(count)d contact has been changed.", "%(count)d contacts have been changed.", imported.changed
        )
        parts.append(words % {"count": imported.changed})
    return " ".join(parts) or _("The contacts are as in the list.")


def _as_text(row: Row) -> str:
    words = " · ".join(cell for cell in row.cells if cell)
    return _("Line %(line)d: %(words)s") % {"line": row.line, "words": words}
