"""The demo's own address; only config.urls includes it, and only in demo mode."""

from django.urls import path

from notifications import demo_views

urlpatterns = [path("sent-messages/", demo_views.sent_messages, name="sent_messages")]
