"""Addresses of the console."""

from django.urls import path

from clinic.console.views import (
    alarms,
    care_team,
    escalations,
    languages,
    monitoring,
    my_shifts,
    patients,
    rota,
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
    path("rota/", rota.index, name="console_rota"),
    path("rota/shifts/new/", rota.add_shift, name="console_shift_new"),
    path("rota/shifts/<int:shift_id>/cancel/", rota.cancel_shift, name="console_shift_cancel"),
    path("rota/weekly/new/", rota.add_weekly, name="console_weekly_new"),
    path("rota/weekly/<int:pattern_id>/end/", rota.end_weekly, name="console_weekly_end"),
    path("rota/layers/", rota.set_layers, name="console_rota_layers"),
    path("rota/people/<int:staff_id>/test/", rota.send_test, name="console_send_test_page"),
    path("rota/mine/", my_shifts.index, name="console_my_shifts"),
    path("rota/mine/<int:staff_id>/number/", my_shifts.ask_code, name="console_number"),
    path("rota/mine/<int:staff_id>/code/", my_shifts.confirm_code, name="console_number_code"),
    path("rota/mine/calendar/", my_shifts.change_calendar, name="console_calendar"),
    path("rota/shifts/confirm/<int:notice_id>/", my_shifts.confirm_shift, name="console_shift_confirm"),
    path("rota/tests/<int:drill_id>/answer/", my_shifts.answer_test, name="console_test_answer"),
    path("rota/swaps/new/", my_shifts.ask_swap, name="console_swap_new"),
    path("rota/swaps/<int:swap_id>/answer/", my_shifts.answer_swap, name="console_swap_answer"),
    path("rota/calendar/<str:token>.ics", my_shifts.calendar, name="console_calendar_feed"),
]
