"""Addresses of the API. They end with a slash and their ids are UUIDs; anything else is a 404 in JSON."""

from django.urls import path, re_path

from clinic.api.endpoint import NothingHere
from clinic.api.views import (
    documentation,
    escalation_acts,
    escalations,
    exports,
    imports,
    life_events,
    outcomes,
    patients,
    reports,
    risk,
)

urlpatterns = [
    path("v1/patients/", patients.PatientList.as_view(), name="api_patients"),
    path("v1/patients/<uuid:patient_id>/", patients.PatientDetail.as_view(), name="api_patient"),
    path("v1/patients/<uuid:patient_id>/checklist/", patients.Checklist.as_view(), name="api_checklist"),
    path("v1/patients/<uuid:patient_id>/events/", life_events.LifeEvents.as_view(), name="api_life_events"),
    path(
        "v1/patients/<uuid:patient_id>/events/<uuid:event_id>/take-back/",
        life_events.TakeBack.as_view(),
        name="api_life_event_take_back",
    ),
    path("v1/patients/<uuid:patient_id>/outcomes/", outcomes.Outcomes.as_view(), name="api_outcomes"),
    path(
        "v1/patients/<uuid:patient_id>/record.zip", exports.RecordExport.as_view(), name="api_patient_record"
    ),
    path("v1/patients/<uuid:patient_id>/labs/", risk.Labs.as_view(), name="api_labs"),
    path(
        "v1/patients/<uuid:patient_id>/labs/<uuid:result_id>/strike/",
        risk.StrikeLab.as_view(),
        name="api_strike_lab",
    ),
    path("v1/patients/<uuid:patient_id>/risk/", risk.Risk.as_view(), name="api_risk"),
    path("v1/reports/<uuid:report_id>/", reports.ReportDetail.as_view(), name="api_report"),
    path("v1/exports/audit.csv", exports.AuditExport.as_view(), name="api_export_audit"),
    path("v1/exports/<slug:table>.csv", exports.TableExport.as_view(), name="api_export_table"),
    path("v1/imports/", imports.Imports.as_view(), name="api_imports"),
    path("v1/imports/messages/", imports.Messages.as_view(), name="api_import_messages"),
    path("v1/imports/<uuid:import_id>/", imports.ImportDetail.as_view(), name="api_import"),
    path("v1/imports/<uuid:import_id>/commit/", imports.CommitImport.as_view(), name="api_import_commit"),
    path("v1/imports/<uuid:import_id>/undo/", imports.UndoImport.as_view(), name="api_import_undo"),
    path("v1/escalations/", escalations.EscalationList.as_view(), name="api_escalations"),
    path(
        "v1/escalations/<uuid:escalation_id>/", escalations.EscalationDetail.as_view(), name="api_escalation"
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/acknowledge/",
        escalations.Acknowledge.as_view(),
        name="api_escalation_acknowledge",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/resolve/",
        escalations.Resolve.as_view(),
        name="api_escalation_resolve",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/renew/",
        escalation_acts.Renew.as_view(),
        name="api_escalation_renew",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/snooze/",
        escalation_acts.Snooze.as_view(),
        name="api_escalation_snooze",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/contacts/",
        escalation_acts.Contacts.as_view(),
        name="api_escalation_contacts",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/transfer/",
        escalation_acts.Transfer.as_view(),
        name="api_escalation_transfer",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/transfer/accept/",
        escalation_acts.AcceptTransfer.as_view(),
        name="api_escalation_transfer_accept",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/transfer/decline/",
        escalation_acts.DeclineTransfer.as_view(),
        name="api_escalation_transfer_decline",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/transfer/withdraw/",
        escalation_acts.WithdrawTransfer.as_view(),
        name="api_escalation_transfer_withdraw",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/opinion/",
        escalation_acts.AskOpinion.as_view(),
        name="api_escalation_opinion",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/opinion/answer/",
        escalation_acts.AnswerOpinion.as_view(),
        name="api_escalation_opinion_answer",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/take-over/",
        escalation_acts.TakeOver.as_view(),
        name="api_escalation_take_over",
    ),
    path(
        "v1/escalations/<uuid:escalation_id>/level/",
        escalation_acts.LowerLevel.as_view(),
        name="api_escalation_level",
    ),
    path("schema/", documentation.Schema.as_view(), name="api_schema"),
    path("docs/", documentation.docs, name="api_docs"),
    re_path(r"^.*$", NothingHere.as_view(), name="api_nothing_here"),
]
