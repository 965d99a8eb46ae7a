"""Addresses that the vendor calls."""

from django.urls import path

from notifications import views

urlpatterns = [
    path("hooks/twilio/status/<uuid:message_id>/", views.status, name="twilio_status"),
    path("hooks/twilio/inbound/", views.incoming, name="twilio_inbound"),
    path("hooks/twilio/voice/<uuid:message_id>/", views.voice, name="twilio_voice"),
]
