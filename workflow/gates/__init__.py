"""What a stage waits for: each gate of the definition is asked here, and says what is missing in words.

The engine and the pages come in with `gate_statuses`; whoever owns a gate registers its check in `apps.py`.
"""

from workflow.gates.registry import (
    GateStatus,
    UnknownGate,
    gate_keys,
    gate_statuses,
    holds_on,
    is_about_text,
    register,
    register_hold,
    status,
    unregistered,
)

__all__ = [
    "GateStatus",
    "UnknownGate",
    "gate_keys",
    "gate_statuses",
    "holds_on",
    "is_about_text",
    "register",
    "register_hold",
    "status",
    "unregistered",
]
