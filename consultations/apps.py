"""Wiring of the consultations floor: what it adds to the registries of the floors below."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"
    verbose_name = _("Consultations")

    def ready(self) -> None:
        """Register the stage kind, the gates and the kinds of mail."""
        from consultations import gates, mails
        from consultations.actions import erasure
        from consultations.actions.extensions import follow_deadline
        from consultations.actions.parties import record_bounce
        from consultations.actions.rounds import leave_round, open_round
        from notifications import kinds
        from workflow import stage_kinds
        from workflow.states import StageKindName

        stage_kinds.register(
            stage_kinds.StageKind(StageKindName.CONSULTATION, open_round, leave_round, follow_deadline)
        )
        gates.register_gates()
        erasure.register_kinds()
        for kind in mails.mail_kinds(record_bounce):
            kinds.register(kind)
