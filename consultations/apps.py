"""Wiring of the consultations floor: what it adds to the registries of the floors below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        """Register the stage kind, the gates, the kinds of mail, and what the pages show of rounds."""
        from consultations import audit, gates
        from consultations.actions import erasure, parties_at_address
        from consultations.actions.cancelling import leave_round
        from consultations.actions.extensions import follow_deadline
        from consultations.actions.resuming import take_up_round, told_of_resumption
        from consultations.actions.rounds import open_round
        from consultations.mails.kinds import mail_kinds
        from consultations.queries.provisional import matters_of_parties
        from consultations.queries.rounds import rounds_in_preparation
        from consultations.reports.hearing import hearing_chapters
        from consultations.states import RoundVerb
        from consultations.views import (
            duties,
            public,
            record_words,
            replies,
            round_pages,
            stage_consequences,
            supplementary,
        )
        from notifications import kinds
        from workflow import asked_kinds, stage_kinds
        from workflow.actions.asked import hear_bounce
        from workflow.stage_kinds.pages import LinkTarget
        from workflow.states import LinkPurpose, Matter, StageKindName

        stage_kinds.register(
            stage_kinds.StageKind(
                StageKindName.CONSULTATION,
                on_open=open_round,
                on_leave=leave_round,
                on_deadline=follow_deadline,
                on_resume=take_up_round,
                told_on_resume=told_of_resumption,
                said_on_new_set=stage_consequences.said_on_new_set,
                said_on_leave=stage_consequences.said_on_leave,
                path_notes=round_pages.rounds_on_the_path,
                page=round_pages.page_of_consultation,
                duties=duties.round_duties,
                matters=matters_of_parties,
                matter_views={Matter.PROMISE: duties.PROMISE_VIEW, Matter.PROVISIONAL: duties.PROVISIONAL_VIEW},
                not_begun=rounds_in_preparation,
                link=LinkTarget(LinkPurpose.ANSWER, "reply", replies.topic, replies.why_renewed),
                chapters=hearing_chapters,
                verbs=RoundVerb,
                verb_tones=record_words.VERB_TONES,
                record_names=record_words.RECORD_NAMES,
            )
        )
        stage_kinds.register_ways(StageKindName.DRAFTING, supplementary.ways_to_hear_again)
        public.register_kinds()
        self._register_papers()
        gates.register_gates()
        erasure.register_kinds()
        audit.register_kinds()
        asked_kinds.register(parties_at_address.PARTIES)
        for kind in mail_kinds(hear_bounce):
            kinds.register(kind)

    def _register_papers(self) -> None:
        from consultations.reports import journal, papers
        from consultations.views import lists
        from workflow.reports.journal import rows
        from workflow.reports.papers import course, registry

        for room in (papers, lists):
            registry.register_kinds(room.KINDS)
        course.register_course(papers.rounds_on_the_way)
        rows.register(journal.answers_in, journal.notes_in, journal.letters_out)
