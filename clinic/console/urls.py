"""Addresses of the console."""

from django.urls import path

from clinic.console.views import alarms, care_team, escalations, monitoring, patients, thinking, worklist

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
