"""Addresses of the console."""

from django.urls import path

from clinic.console.views import (
    alarms,
    care_team,
    escalations,
    languages,
    monitoring,
    patients,
    preparation,
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
    path("patients/", patients.index, name="console_patients"),
    path("patients/new/", patients.enrol, name="console_patient_new"),
    path("patients/<uuid:patient_id>/", patients.detail, name="console_patient"),
    path("patients/<uuid:patient_id>/invite/", care_team.invite, name="console_invite"),
    path("patients/<uuid:patient_id>/pause/", monitoring.pause, name="console_pause"),
    path("patients/<uuid:patient_id>/resume/", monitoring.resume, name="console_resume"),
    path("patients/<uuid:patient_id>/infusion/", monitoring.move_infusion, name="console_move_infusion"),
    path("patients/<uuid:patient_id>/start/", preparation.start, name="console_start_monitoring"),
    path("patients/<uuid:patient_id>/flag/drop/", preparation.drop_override, name="console_drop_override"),
    path(
        "patients/<uuid:patient_id>/second-caregiver/",
        preparation.second_caregiver,
        name="console_second_caregiver",
    ),
    path("patients/<uuid:patient_id>/test-texts/", preparation.trial_texts, name="console_trial_texts"),
    path("patients/<uuid:patient_id>/baseline/", preparation.baseline, name="console_baseline"),
    path("drills/<uuid:escalation_id>/answer/", preparation.answer_drill, name="console_answer_drill"),
    path(
        "patients/<uuid:patient_id>/invitations/<uuid:invitation_id>/again/",
        care_team.send_again,
        name="console_send_again",
    ),
    path(
        "patients/<uuid:patient_id>/caregivers/<int:member_id>/sign-out/",
        care_team.sign_out,
        name="console_sign_out_caregiver",
    ),
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
