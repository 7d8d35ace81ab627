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
        from consultations.models import guards
        from consultations.queries.rounds import broken_promises, mails_of_closed_rounds
        from consultations.views import duties, framing, naming, replies, words
        from notifications import kinds
        from notifications import queries as mail_queries
        from workflow import stage_kinds
        from workflow.queries import matters
        from workflow.states import LinkPurpose, Matter, StageKindName
        from workflow.views import consequences, history, registry, subjects
        from workflow.views import mails as mail_pages

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
        guards.register_guards()
        for kind in mails.mail_kinds(record_bounce):
            kinds.register(kind)
        registry.stage_pages[StageKindName.CONSULTATION] = framing.page_of_consultation
        registry.link_targets[LinkPurpose.ANSWER] = registry.LinkTarget("reply", replies.topic, replies.why_renewed)
        registry.leaving_sources[StageKindName.CONSULTATION] = duties.leaving
        registry.duty_sources.append(duties.round_duties)
        registry.matter_views[Matter.PROMISE] = duties.promise_view()
        matters.matter_sources.append(broken_promises)
        mail_queries.over.append(mails_of_closed_rounds)
        registry.public_sources.append(duties.public_part)
        history.WORDS.update(words.HISTORY)
        subjects.NAMINGS.update(naming.NAMINGS)
        mail_pages.KINDS.update(words.MAILS)
        consequences.MAIL_WORDS.update(words.MAILS)
