"""Addresses below /fhir/, as the standard wants them: no slash at the end."""

from django.urls import path, re_path

from clinic.api.fhir import systems, views

urlpatterns = [
    path("metadata", views.Metadata.as_view(), name="fhir_metadata"),
    path(
        ".well-known/smart-configuration",
        systems.SmartConfiguration.as_view(),
        name="fhir_smart_configuration",
    ),
    path("auth/token", systems.Token.as_view(), name="fhir_token"),
    path("$import", views.Import.as_view(), name="fhir_import"),
    path("Patient", views.PatientSearch.as_view(), name="fhir_patients"),
    path("Patient/<uuid:patient_id>/$everything", views.Everything.as_view(), name="fhir_everything"),
    path("Patient/<uuid:patient_id>", views.PatientRead.as_view(), name="fhir_patient"),
    path(
        "QuestionnaireResponse/<uuid:report_id>",
        views.QuestionnaireResponseRead.as_view(),
        name="fhir_questionnaire_response",
    ),
    path("Task/<uuid:escalation_id>", views.TaskRead.as_view(), name="fhir_task"),
    path("RelatedPerson/<int:member_id>", views.RelatedPersonRead.as_view(), name="fhir_related_person"),
    path("<slug:kind>", views.Search.as_view(), name="fhir_search"),
    re_path(r"^.*$", views.NothingHere.as_view(), name="fhir_nothing_here"),
]
