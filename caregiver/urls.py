"""Addresses of the caregiver's pages."""

from django.urls import path

from caregiver.views import card, check_in, home, join, offline, recovery, reports, settings, sign_in, sync

urlpatterns = [
    path("", home.home, name="caregiver_home"),
    path("patient/<uuid:patient_id>/", home.patient_today, name="caregiver_patient"),
    path("card/", card.card, name="caregiver_card"),
    path("card/<uuid:patient_id>/code/", card.make_code, name="caregiver_card_code"),
    path("card/codes/<uuid:code_id>/end/", card.end_code, name="caregiver_end_card_code"),
    path("er/<str:token>/", card.emergency_room, name="emergency_room"),
    path("history/", reports.history, name="caregiver_history"),
    path("reports/<uuid:report_id>/", reports.result, name="caregiver_result"),
    path("reports/<uuid:report_id>/status/", reports.status, name="caregiver_report_status"),
    path("check-in/<uuid:patient_id>/", check_in.page, name="caregiver_check_in"),
    path("check-in/<uuid:patient_id>/review/", check_in.review, name="caregiver_check_in_review"),
    path("check-in/<uuid:patient_id>/start-over/", check_in.start_over, name="caregiver_start_over"),
    path("check-in/<uuid:patient_id>/<slug:page_key>/", check_in.page, name="caregiver_check_in_page"),
    path("join/<str:token>/", join.join, name="caregiver_join"),
    path("join/<str:token>/resend/", join.resend, name="caregiver_join_resend"),
    path("sign-in/", sign_in.ask, name="caregiver_sign_in"),
    path("sign-in/code/", sign_in.code, name="caregiver_sign_in_code"),
    path("sign-out/", sign_in.sign_out, name="caregiver_sign_out"),
    path("continue/", recovery.continue_form, name="caregiver_continue"),
    path("settings/", settings.preferences_page, name="caregiver_settings"),
    path("settings/unit/", settings.unit, name="caregiver_unit"),
    path("settings/reminders/", settings.reminders, name="caregiver_reminders"),
    path("language/", settings.language, name="caregiver_language"),
    path("sw.js", offline.service_worker, name="caregiver_service_worker"),
    path("app.webmanifest", offline.manifest, name="caregiver_manifest"),
    path("offline/", offline.shell, name="caregiver_offline"),
    path("sync/pack/", sync.pack, name="caregiver_pack"),
    path("sync/phone/enrol/", sync.enrol, name="caregiver_enrol_phone"),
    path("sync/phone/", sync.leave, name="caregiver_leave_phone"),
    path("sync/reports/<uuid:report_id>/", sync.report, name="caregiver_hand_in"),
]
