"""When an office's Word template may be put in use or removed. Actions and pages come in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import PaperTemplate


def may_use_template(template: PaperTemplate) -> Refusal | None:
    """One that waits to be looked at."""
    if template.ended_at is not None:
        return _over()
    if template.used_at is not None:
        return Refusal("template_in_use", _("The template is in use already."))
    return None


def may_remove_template(template: PaperTemplate) -> Refusal | None:
    """One that is in use, or waits to be looked at."""
    return _over() if template.ended_at is not None else None


def _over() -> Refusal:
    return Refusal(
        "template_over",
        _("The template has been removed or replaced. Go back to the list of templates, and upload it again."),
    )
