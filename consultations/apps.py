"""Wiring of the consultations floor: what it adds to the registries of the floors below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        """Register the stage kind, the gates, the kinds of mail, and what the pages show of rounds."""
        from consultations import gates, mails
        from consultations.actions import addresses, erasure
        from consultations.actions.extensions import follow_deadline
        from consultations.actions.parties import record_bounce
        from consultations.actions.resuming import take_up_round, told_of_resumption
        from consultations.actions.rounds import leave_round, open_round
        from consultations.queries.rounds import broken_promises
        from consultations.views import duties, labels, record_words, replies, round_pages
        from notifications import kinds
        from workflow import stage_kinds
        from workflow.queries import matters
        from workflow.states import LinkPurpose, Matter, StageKindName
        from workflow.views import extension_points, history, record_subjects
        from workflow.views.extension_points import LinkTarget

        stage_kinds.register(
            stage_kinds.StageKind(
                StageKindName.CONSULTATION,
                on_open=open_round,
                on_leave=leave_round,
                on_deadline=follow_deadline,
                on_resume=take_up_round,
                told_on_resume=told_of_resumption,
            )
        )
        gates.register_gates()
        erasure.register_kinds()
        addresses.register_kinds()
        for kind in mails.mail_kinds(record_bounce):
            kinds.register(kind)
        extension_points.stage_pages[StageKindName.CONSULTATION] = round_pages.page_of_consultation
        extension_points.link_targets[LinkPurpose.ANSWER] = LinkTarget("reply", replies.topic, replies.why_renewed)
        extension_points.leaving_sources[StageKindName.CONSULTATION] = duties.leaving
        extension_points.duty_sources.append(duties.round_duties)
        extension_points.matter_views[Matter.PROMISE] = duties.promise_view()
        matters.matter_sources.append(broken_promises)
        extension_points.public_sources.append(duties.public_part)
        history.WORDS.update(labels.HISTORY)
        record_subjects.NAMINGS.update(record_words.NAMINGS)
