"""The record. One file a model; rules that must hold are database constraints."""

from clinic.models.access_request import AccessRequest
from clinic.models.alarm_tally import AlarmTally
from clinic.models.api_token import ApiToken
from clinic.models.audit_event import AuditEvent
from clinic.models.audit_seal import AuditCheck, AuditSeal
from clinic.models.call_code import CallCode
from clinic.models.care_task import CareTaskEntry
from clinic.models.care_team import CareTeamMember, FormerNumber, Invitation
from clinic.models.checkin import Checkin, Reminder
from clinic.models.checkin_tally import CheckinTally
from clinic.models.clinic import Clinic
from clinic.models.clinic_language import ClinicLanguage
from clinic.models.clinic_terms import ClinicTerms
from clinic.models.clinic_transfer import ClinicTransfer
from clinic.models.colleague_request import ColleagueRequest
from clinic.models.consent import TermsAcceptance
from clinic.models.contact import Contact
from clinic.models.course import Course
from clinic.models.data_import import Import, ImportRow, MergedNumber
from clinic.models.deletion import Deletion, RecordHold, RetentionRun
from clinic.models.desk_session import DeskSession, Pin
from clinic.models.disagreement import Disagreement
from clinic.models.education import GuidanceReading
from clinic.models.emergency_access import EmergencyAccess
from clinic.models.escalation import Escalation, EscalationEvent, RequiredAnswer
from clinic.models.fact_correction import FactCorrection
from clinic.models.factor_reset import FactorReset
from clinic.models.family_device import FamilyDevice
from clinic.models.handover import Handover, HandoverItem
from clinic.models.home_check import HomeCheck
from clinic.models.keypad_call import KeypadCall
from clinic.models.known_finding import KnownFinding
from clinic.models.ladder import PagingLadder, PagingOrder
from clinic.models.life_event import LifeEvent
from clinic.models.listener import Listener, ListenerEvent
from clinic.models.night import Night, NightDuty
from clinic.models.outcome import OutcomeFigures, OutcomeRecord, OutcomeReview
from clinic.models.page import Page
from clinic.models.pager_check import CalendarFeed, PagerDrill, PhoneCode, ShiftNotice
from clinic.models.patient import Patient
from clinic.models.phone_call import PhoneCall, ToldReport
from clinic.models.protocol import Protocol, ProtocolVersion
from clinic.models.protocol_draft import (
    ProtocolDraft,
    ProtocolDraftAuthor,
    ProtocolRehearsal,
    RehearsalView,
)
from clinic.models.replay import ReplayRun
from clinic.models.report import Assessment, Report, ReportMistake
from clinic.models.risk import LabResult, RiskFactSheet, RiskRun
from clinic.models.risk_lowering import RiskLowering
from clinic.models.rota import OnCall, Shift, ShiftPattern, ShiftSwap
from clinic.models.staff import Staff
from clinic.models.staff_invitation import StaffInvitation
from clinic.models.strain import HelpRequest, StrainAnswer
from clinic.models.suppression import LedgerDay, Suppression
from clinic.models.system_alarm import ConsoleWatch, EngineRound, SystemAlarm, Tick
from clinic.models.system_client import SystemCaller, SystemClient, SystemToken
from clinic.models.trial_text import TrialText
from clinic.models.user import User
from clinic.models.weekly_test import WeeklyTest
from clinic.models.window_plan import WindowPlan
from clinic.models.word_back import WordBack
from clinic.models.worry import Worry
from clinic.models.writing_sample import WritingSample

__all__ = [
    "AccessRequest",
    "AlarmTally",
    "ApiToken",
    "Assessment",
    "AuditCheck",
    "AuditEvent",
    "AuditSeal",
    "CalendarFeed",
    "CallCode",
    "CareTaskEntry",
    "CareTeamMember",
    "Checkin",
    "CheckinTally",
    "Clinic",
    "ClinicLanguage",
    "ClinicTerms",
    "ClinicTransfer",
    "ColleagueRequest",
    "ConsoleWatch",
    "Contact",
    "Course",
    "Deletion",
    "DeskSession",
    "Disagreement",
    "EmergencyAccess",
    "EngineRound",
    "Escalation",
    "EscalationEvent",
    "FactCorrection",
    "FactorReset",
    "FamilyDevice",
    "FormerNumber",
    "GuidanceReading",
    "Handover",
    "HandoverItem",
    "HelpRequest",
    "HomeCheck",
    "Import",
    "ImportRow",
    "Invitation",
    "KeypadCall",
    "KnownFinding",
    "LabResult",
    "LedgerDay",
    "LifeEvent",
    "Listener",
    "ListenerEvent",
    "MergedNumber",
    "Night",
    "NightDuty",
    "OnCall",
    "OutcomeFigures",
    "OutcomeRecord",
    "OutcomeReview",
    "Page",
    "PagerDrill",
    "PagingLadder",
    "PagingOrder",
    "Patient",
    "PhoneCall",
    "PhoneCode",
    "Pin",
    "Protocol",
    "ProtocolDraft",
    "ProtocolDraftAuthor",
    "ProtocolRehearsal",
    "ProtocolVersion",
    "RecordHold",
    "RehearsalView",
    "Reminder",
    "ReplayRun",
    "Report",
    "ReportMistake",
    "RequiredAnswer",
    "RetentionRun",
    "RiskFactSheet",
    "RiskLowering",
    "RiskRun",
    "Shift",
    "ShiftNotice",
    "ShiftPattern",
    "ShiftSwap",
    "Staff",
    "StaffInvitation",
    "StrainAnswer",
    "Suppression",
    "SystemAlarm",
    "SystemCaller",
    "SystemClient",
    "SystemToken",
    "TermsAcceptance",
    "Tick",
    "ToldReport",
    "TrialText",
    "User",
    "WeeklyTest",
    "WindowPlan",
    "WordBack",
    "Worry",
    "WritingSample",
]
