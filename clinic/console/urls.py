"""Addresses of the console."""

from django.urls import path

from clinic.console.views import (
    alarms,
    care_team,
    escalations,
    languages,
    monitoring,
    patients,
    protocols,
    thinking,
    windows,
    worklist,
)

urlpatterns = [
    path("", worklist.worklist, name="console_worklist"),
    path("worklist/", worklist.fragment, name="console_worklist_fragment"),
    path("escalations/<uuid:escalation_id>/", escalations.panel, name="console_escalation"),
    path("escalations/<uuid:escalation_id>/live/", escalations.live, name="console_escalation_live"),
    path("escalations/<uuid:escalation_id>/forms/", escalations.forms, name="console_escalation_forms"),
    path(
        "escalations/<uuid:escalation_id>/acknowledge/",
        escalations.acknowledge,
        name="console_acknowledge",
    ),
    path("escalations/<uuid:escalation_id>/notes/", escalations.add_note, name="console_add_note"),
    path("escalations/<uuid:escalation_id>/resolve/", escalations.resolve, name="console_resolve"),
    path("alarms/<int:alarm_id>/clear/", alarms.clear, name="console_clear_alarm"),
    path("languages/", languages.index, name="console_languages"),
    path(
        "clinics/<uuid:clinic_id>/languages/<slug:language>/offer/",
        languages.offer,
        name="console_offer_language",
    ),
    path(
        "clinics/<uuid:clinic_id>/languages/<slug:language>/approve/",
        languages.approve,
        name="console_approve_language",
    ),
    path(
        "clinics/<uuid:clinic_id>/languages/<slug:language>/withdraw/",
        languages.withdraw,
        name="console_withdraw_language",
    ),
    path("protocols/", protocols.index, name="console_protocols"),
    path("protocols/<uuid:clinic_id>/start/", protocols.start, name="console_protocol_start"),
    path("protocols/drafts/<uuid:draft_id>/", protocols.draft, name="console_protocol_draft"),
    path(
        "protocols/drafts/<uuid:draft_id>/change/<str:item_key>/",
        protocols.item,
        name="console_protocol_item",
    ),
    path("protocols/drafts/<uuid:draft_id>/rehearse/", protocols.rehearse, name="console_protocol_rehearse"),
    path("protocols/drafts/<uuid:draft_id>/cases/", protocols.accept_cases, name="console_protocol_cases"),
    path("protocols/drafts/<uuid:draft_id>/submit/", protocols.submit, name="console_protocol_submit"),
    path("protocols/drafts/<uuid:draft_id>/approve/", protocols.approve, name="console_protocol_approve"),
    path(
        "protocols/drafts/<uuid:draft_id>/send-back/",
        protocols.send_back,
        name="console_protocol_send_back",
    ),
    path("protocols/drafts/<uuid:draft_id>/withdraw/", protocols.withdraw, name="console_protocol_withdraw"),
    path("patients/", patients.index, name="console_patients"),
    path("patients/new/", patients.enrol, name="console_patient_new"),
    path("patients/<uuid:patient_id>/", patients.detail, name="console_patient"),
    path("patients/<uuid:patient_id>/invite/", care_team.invite, name="console_invite"),
    path("patients/<uuid:patient_id>/pause/", monitoring.pause, name="console_pause"),
    path(
        "patients/<uuid:patient_id>/thinking-baseline/",
        thinking.set_baseline,
        name="console_thinking_baseline",
    ),
    path("patients/<uuid:patient_id>/windows/", windows.plan, name="console_windows"),
    path("patients/<uuid:patient_id>/resume/", monitoring.resume, name="console_resume"),
    path(
        "patients/<uuid:patient_id>/invitations/<uuid:invitation_id>/revoke/",
        care_team.revoke,
        name="console_revoke_invitation",
    ),
    path(
        "patients/<uuid:patient_id>/caregivers/<int:member_id>/end/",
        care_team.end_access,
        name="console_end_access",
    ),
]
