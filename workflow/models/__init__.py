"""Tables of the workflow floor, split by subject."""

from workflow.models.approvals import (
    ApprovalRequest,
    Decision,
    DecisionAddendum,
    MinorityStatement,
    ReservationSettlement,
)
from workflow.models.asked import Asked
from workflow.models.audit import AuditDetail, AuditEntry, AuditSeal
from workflow.models.base import DeedModel, ProvenModel, PublicModel, by
from workflow.models.bodies import Body, Contact, CopyAddress
from workflow.models.calls import CallNote
from workflow.models.definitions import ProcessDefinition
from workflow.models.dispatches import Dispatch
from workflow.models.documents import (
    Bundle,
    BundleItem,
    Document,
    DocumentVersion,
    Section,
    SectionOrigin,
    TextLine,
    VersionPicture,
)
from workflow.models.files import StoredFile
from workflow.models.jobs import DeedKey, Job
from workflow.models.journal import JournalItem, JournalParcel
from workflow.models.links import CodeFailure, PersonalLink
from workflow.models.matters import SettledMatter
from workflow.models.objections import Objection
from workflow.models.offices import Membership, Office, ProviderIdentity, User
from workflow.models.presentations import CasePresentation
from workflow.models.processes import (
    Deadline,
    DeadlineChange,
    DeadlinePause,
    DoneElsewhere,
    DoneElsewhereFile,
    GateOverride,
    Process,
    ProcessBody,
    Stage,
)
from workflow.models.published import PublishedItem
from workflow.models.submissions import (
    ExternalQuestion,
    ExternalReceipt,
    ExternalRequest,
    ExternalRuling,
    MilestoneRecord,
    Package,
)
from workflow.models.substitutes import Substitute
from workflow.models.templates import PaperTemplate

__all__ = [
    "ApprovalRequest",
    "Asked",
    "AuditDetail",
    "AuditEntry",
    "AuditSeal",
    "Body",
    "Bundle",
    "BundleItem",
    "CallNote",
    "CasePresentation",
    "CodeFailure",
    "Contact",
    "CopyAddress",
    "Deadline",
    "DeadlineChange",
    "DeadlinePause",
    "Decision",
    "DecisionAddendum",
    "DeedKey",
    "DeedModel",
    "Dispatch",
    "Document",
    "DocumentVersion",
    "DoneElsewhere",
    "DoneElsewhereFile",
    "ExternalQuestion",
    "ExternalReceipt",
    "ExternalRequest",
    "ExternalRuling",
    "GateOverride",
    "Job",
    "JournalItem",
    "JournalParcel",
    "Membership",
    "MilestoneRecord",
    "MinorityStatement",
    "Objection",
    "Office",
    "Package",
    "PaperTemplate",
    "PersonalLink",
    "Process",
    "ProcessBody",
    "ProcessDefinition",
    "ProvenModel",
    "ProviderIdentity",
    "PublicModel",
    "PublishedItem",
    "ReservationSettlement",
    "Section",
    "SectionOrigin",
    "SettledMatter",
    "Stage",
    "StoredFile",
    "Substitute",
    "TextLine",
    "User",
    "VersionPicture",
    "by",
]
