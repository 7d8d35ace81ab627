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
        from workflow import asked_kinds, job_kinds
        from workflow.actions import asked, asked_at_address, contacts, kits, long_papers
        from workflow.actions.erasure import journal, tables
        from workflow.actions.submissions import preparing
        from workflow.audit import proven
        from workflow.gates import approvals as approval_gates
        from workflow.gates import general
        from workflow.gates import objections as objection_holds
        from workflow.gates import submissions as submission_gates
        from workflow.mails import accounts, authorities, bodies, copies, corrections, record
        from workflow.mails import journal as journal_mails
        from workflow.views import public_parts

        general.register_gates()
        approval_gates.register_gates()
        submission_gates.register_gates()
        objection_holds.register_gates()
        self._register_stage_kinds()
        self._register_papers()
        for kind in (asked_at_address.REQUESTS, asked_at_address.SUBMISSIONS):
            asked_kinds.register(kind)
        for job_kind in (long_papers.KIND, kits.KIND, preparing.KIND):
            job_kinds.register(job_kind)
        bodies.register_kinds(asked.hear_bounce)
        corrections.register_kinds(asked.hear_bounce)
        authorities.register_kinds(asked.hear_bounce)
        copies.register_kinds(contacts.hear_bounce_of_copy)
        for room in (record, accounts, journal_mails, tables, journal, proven, public_parts):
            room.register_kinds()
        post_migrate.connect(guard_history, sender=self)

    def _register_papers(self) -> None:
        from workflow.reports.journal import casefile, incoming, outgoing, rows
        from workflow.reports.papers import changes, decisions, letters, registry, texts
        from workflow.views import lists

        for room in (texts, changes, letters, decisions, lists, casefile):
            registry.register_kinds(room.KINDS)
        rows.register(incoming.decisions_in, incoming.objections_in, incoming.authorities_in, incoming.facts_in)
        rows.register(outgoing.mails_out, outgoing.texts_out, outgoing.packages_out)

    def _register_stage_kinds(self) -> None:
        from workflow import stage_kinds
        from workflow.actions import approvals, putting_forward, submissions
        from workflow.queries.dispatches import stages_only_listed
        from workflow.queries.matters import matters_of_bodies
        from workflow.reports.package.decisions import decisions_chapter
        from workflow.reports.package.receipts import receipts_chapter
        from workflow.stage_kinds import StageKind
        from workflow.stage_kinds.pages import LinkTarget
        from workflow.states import LinkPurpose, StageKindName
        from workflow.views import matters
        from workflow.views.approvals import board, calling
        from workflow.views.decisions import page as decision_pages
        from workflow.views.pages import page_once_begun
        from workflow.views.submissions import by_link as authority_pages

        asking = StageKind(
            StageKindName.APPROVAL,
            on_open=approvals.list_bodies,
            on_complete=approvals.give_up_listed,
            on_leave=approvals.withdraw_requests,
            on_deadline=approvals.follow_deadline,
            on_resume=approvals.take_up_requests,
            told_on_resume=approvals.told_of_resumption,
            said_on_leave=board.said_on_leave,
            page=page_once_begun("approvals"),
            duties=calling.call_duties,
            matters=matters_of_bodies,
            matter_views=matters.MATTER_VIEWS,
            not_begun=stages_only_listed,
            chapters=decisions_chapter,
            link=LinkTarget(LinkPurpose.DECISION, "decision_link", decision_pages.topic),
        )
        stage_kinds.register(asking)
        stage_kinds.register(replace(asking, name=StageKindName.REVIEW, on_redo=approvals.decide_anew))
        stage_kinds.register(StageKind(StageKindName.DRAFTING, on_complete=putting_forward.put_forward_on_completion))
        stage_kinds.register(
            StageKind(
                StageKindName.EXTERNAL,
                on_open=submissions.await_ruling,
                on_leave=submissions.withdraw_submission,
                page=page_once_begun("submission"),
                matters=matters_of_bodies,
                matter_views=matters.MATTER_VIEWS,
                chapters=receipts_chapter,
                link=LinkTarget(LinkPurpose.AUTHORITY, "authority", authority_pages.topic),
            )
        )
        stage_kinds.register(StageKind(StageKindName.MILESTONE, page=page_once_begun("milestones")))
