"""The record. One file a model; rules that must hold are database constraints."""

from clinic.models.api_token import ApiToken
from clinic.models.audit_event import AuditEvent
from clinic.models.care_team import CareTeamMember, Invitation
from clinic.models.checkin import Checkin, Reminder
from clinic.models.clinic import Clinic
from clinic.models.clinic_language import ClinicLanguage
from clinic.models.colleague_request import ColleagueRequest
from clinic.models.contact import Contact
from clinic.models.education import GuidanceReading
from clinic.models.escalation import Escalation, EscalationEvent, RequiredAnswer
from clinic.models.ladder import PagingLadder, PagingOrder
from clinic.models.page import Page
from clinic.models.patient import Patient
from clinic.models.protocol import Protocol, ProtocolVersion
from clinic.models.protocol_draft import ProtocolDraft, ProtocolRehearsal, RehearsalView
from clinic.models.report import Assessment, Report
from clinic.models.rota import OnCall
from clinic.models.staff import Staff
from clinic.models.suppression import Suppression
from clinic.models.system_alarm import ConsoleWatch, SystemAlarm, Tick
from clinic.models.user import User
from clinic.models.window_plan import WindowPlan

__all__ = [
    "ApiToken",
    "Assessment",
    "AuditEvent",
    "CareTeamMember",
    "Checkin",
    "Clinic",
    "ClinicLanguage",
    "ColleagueRequest",
    "ConsoleWatch",
    "Contact",
    "Escalation",
    "EscalationEvent",
    "GuidanceReading",
    "Invitation",
    "OnCall",
    "Page",
    "PagingLadder",
    "PagingOrder",
    "Patient",
    "Protocol",
    "ProtocolDraft",
    "ProtocolRehearsal",
    "ProtocolVersion",
    "RehearsalView",
    "Reminder",
    "Report",
    "RequiredAnswer",
    "Staff",
    "Suppression",
    "SystemAlarm",
    "Tick",
    "User",
    "WindowPlan",
]
