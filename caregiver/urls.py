"""Addresses of the caregiver's pages."""

from django.urls import path

from caregiver.views.account import devices, join, preferences, sign_in, terms
from caregiver.views.card import cards
from caregiver.views.check_in import corrections, home_checks, steps
from caregiver.views.core import recovery
from caregiver.views.guidance import reading
from caregiver.views.household import go_home_drills, reports, today, tonight, worries, writing_samples
from caregiver.views.phone import shell, sync

urlpatterns = [
    path("", today.home, name="caregiver_home"),
    path("patient/<uuid:patient_id>/", today.patient_today, name="caregiver_patient"),
    path("patient/<uuid:patient_id>/tonight/", tonight.choose, name="caregiver_tonight"),
    path("practice/<uuid:patient_id>/", go_home_drills.drill, name="caregiver_go_home_drill"),
    path("terms/", terms.page, name="caregiver_terms"),
    path("terms/accept/", terms.accept, name="caregiver_accept_terms"),
    path("card/", cards.card, name="caregiver_card"),
    path("card/<uuid:patient_id>/code/", cards.make_code, name="caregiver_card_code"),
    path("card/codes/<uuid:code_id>/end/", cards.end_code, name="caregiver_end_card_code"),
    path("er/<str:token>/", cards.emergency_room, name="emergency_room"),
    path("history/", reports.history, name="caregiver_history"),
    path("reports/<uuid:report_id>/", reports.result, name="caregiver_result"),
    path("reports/<uuid:report_id>/status/", reports.status, name="caregiver_report_status"),
    path("reports/<uuid:report_id>/correct/", corrections.correct, name="caregiver_correct"),
    path("worried/<uuid:patient_id>/<uuid:worry_id>/", worries.worry, name="caregiver_worry"),
    path("worried/<uuid:patient_id>/<uuid:worry_id>/status/", worries.status, name="caregiver_worry_status"),
    path("check-in/<uuid:patient_id>/", steps.step, name="caregiver_check_in"),
    path("check-in/<uuid:patient_id>/review/", steps.review, name="caregiver_check_in_review"),
    path("check-in/<uuid:patient_id>/start-over/", steps.start_over, name="caregiver_start_over"),
    path("check-in/<uuid:patient_id>/<slug:page_key>/", steps.step, name="caregiver_check_in_step"),
    path("thinking-check/<uuid:patient_id>/", home_checks.home_check, name="caregiver_home_check"),
    path(
        "thinking-check/<uuid:patient_id>/<uuid:check_id>/",
        home_checks.result,
        name="caregiver_home_check_done",
    ),
    path("writing/<uuid:patient_id>/", writing_samples.sentence, name="caregiver_writing"),
    path("pictures/<uuid:sample_id>/", writing_samples.picture, name="caregiver_sentence_picture"),
    path("join/<str:token>/", join.join, name="caregiver_join"),
    path("join/<str:token>/resend/", join.resend, name="caregiver_join_resend"),
    path("learn/", reading.index, name="caregiver_learn"),
    path("learn/pictures/<str:digest>/", reading.picture, name="caregiver_picture"),
    path("learn/<slug:slug>/", reading.page, name="caregiver_guidance"),
    path("learn/<slug:slug>/read/", reading.read, name="caregiver_guidance_read"),
    path("learn/<slug:slug>/answer/", reading.answer, name="caregiver_guidance_answer"),
    path("learn/<slug:slug>/clear/", reading.count_clear, name="caregiver_guidance_clear"),
    path("learn/<slug:slug>/versions/", reading.versions, name="caregiver_guidance_versions"),
    path("offline/learn/", reading.offline_index, name="caregiver_learn_offline"),
    path("offline/learn/<slug:slug>/", reading.offline_page, name="caregiver_guidance_offline"),
    path("sign-in/", sign_in.ask_phone, name="caregiver_sign_in"),
    path("sign-in/code/", sign_in.ask_code, name="caregiver_sign_in_code"),
    path("sign-out/", sign_in.sign_out, name="caregiver_sign_out"),
    path("continue/", recovery.continue_form, name="caregiver_continue"),
    path("settings/", preferences.preferences_page, name="caregiver_settings"),
    path("settings/unit/", preferences.choose_unit, name="caregiver_unit"),
    path("settings/reminders/", preferences.choose_reminders, name="caregiver_reminders"),
    path("settings/word-back/", preferences.choose_word_back, name="caregiver_word_back"),
    path("settings/devices/", devices.add, name="caregiver_add_device"),
    path("settings/devices/<uuid:device_id>/remove/", devices.remove, name="caregiver_remove_device"),
    path("language/", preferences.choose_language, name="caregiver_language"),
    path("sw.js", shell.service_worker, name="caregiver_service_worker"),
    path("app.webmanifest", shell.manifest, name="caregiver_manifest"),
    path("offline/", shell.shell, name="caregiver_offline"),
    path("sync/pack/", sync.pack, name="caregiver_pack"),
    path("sync/phone/enrol/", sync.enrol, name="caregiver_enrol_phone"),
    path("sync/phone/", sync.revoke_phone, name="caregiver_revoke_phone"),
    path("sync/reports/<uuid:report_id>/", sync.report, name="caregiver_offline_report"),
    path("sync/worries/<uuid:worry_id>/", sync.worry, name="caregiver_offline_worry"),
]
