"""What the database itself refuses to rewrite of hearings: an answer once given, and who forwarded an invitation."""

from workflow.models.guards import BY, Guard

GUARDS = (
    Guard(
        "consultations.Answer",
        fixed=(
            "public_id",
            "invitation",
            "number",
            "kind",
            "road",
            "text",
            "signed_by",
            "confidential_note",
            "receipt_number",
            "received_at",
            "recorded_at",
            "source",
            "provisional_on",
            "by_kind",
            "by_id",
        ),
        erasable=("text", "signed_by", "confidential_note"),
        only_when="OLD.state <> 'draft'",
    ),
    Guard(
        "consultations.Forward",
        fixed=(
            "public_id",
            "invitation",
            "from_email",
            "to_email",
            "to_name",
            "is_claim",
            "note",
            "at",
            "by_kind",
            "by_id",
            *BY,
        ),
        erasable=("from_email", "to_email", "to_name", "note", *BY),
    ),
)
