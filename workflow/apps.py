"""Wiring of the workflow floor."""

from dataclasses import replace
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def guard_history(sender: Any, **kwargs: Any) -> None:
    """After migrations the triggers that keep history are put in place again."""
    from workflow.models import guards

    guards.install(connections[kwargs["using"]])


class WorkflowConfig(AppConfig):
    """Guards the history, and registers the gates, stage kinds and mails this floor answers for."""

    name = "workflow"
    verbose_name = _("Workflow")

    def ready(self) -> None:
        """Fill the registries and listen to the end of migrations."""
        from workflow import mails, stage_kinds
        from workflow.actions import addresses, approvals, submissions
        from workflow.actions.erasure import tables
        from workflow.gates import approvals as approval_gates
        from workflow.gates import general
        from workflow.gates import submissions as submission_gates
        from workflow.queries import matters
        from workflow.stage_kinds import StageKind
        from workflow.states import LinkPurpose, StageKindName
        from workflow.views import approvals as approval_pages
        from workflow.views import decisions, extension_points, home, milestones, postponed, unreached
        from workflow.views import matters as matter_pages
        from workflow.views import submissions as submission_pages
        from workflow.views.approvals import calling
        from workflow.views.extension_points import LinkTarget

        general.register_gates()
        approval_gates.register_gates()
        submission_gates.register_gates()
        asking = StageKind(
            StageKindName.APPROVAL,
            on_open=approvals.ask_bodies,
            on_leave=approvals.withdraw_requests,
            on_deadline=approvals.follow_deadline,
            on_resume=approvals.take_up_requests,
            told_on_resume=approvals.told_of_resumption,
        )
        stage_kinds.register(asking)
        stage_kinds.register(replace(asking, name=StageKindName.REVIEW, on_redo=approvals.decide_anew))
        stage_kinds.register(
            StageKind(StageKindName.EXTERNAL, submissions.await_ruling, submissions.withdraw_submission)
        )
        mails.register_kinds(on_request_event=approvals.hear_mail_event, on_external_event=submissions.hear_mail_event)
        tables.register_kinds()
        addresses.register_kinds()
        for name in (StageKindName.REVIEW, StageKindName.APPROVAL):
            extension_points.leaving_sources[name] = approval_pages.leaving
        extension_points.duty_sources.append(home.stage_duties)
        extension_points.duty_sources.append(calling.call_duties)
        extension_points.duty_sources.append(matter_pages.matter_duties)
        matters.matter_sources.append(matters.matters_of_bodies)
        matter_pages.register_views()
        extension_points.duty_sources.append(unreached.unreached_duties)
        extension_points.duty_sources.append(postponed.postponed_duties)
        extension_points.stage_pages[StageKindName.REVIEW] = approval_pages.page_of
        extension_points.stage_pages[StageKindName.APPROVAL] = approval_pages.page_of
        extension_points.stage_pages[StageKindName.EXTERNAL] = submission_pages.page_of
        extension_points.stage_pages[StageKindName.MILESTONE] = milestones.page_of
        extension_points.link_targets[LinkPurpose.DECISION] = LinkTarget("decision_link", decisions.topic)
        extension_points.link_targets[LinkPurpose.AUTHORITY] = LinkTarget("authority", submission_pages.topic)
        post_migrate.connect(guard_history, sender=self)
