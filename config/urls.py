"""Every address of the project, one line an area."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from clinic.console.views.accounts.sign_in import admin_sign_in
from config import browser_reports, metrics, security_txt

urlpatterns = [
    path("", include("caregiver.urls")),
    path("console/", include("clinic.console.urls")),
    path("api/", include("clinic.api.urls")),
    path("fhir/", include("clinic.api.fhir.urls")),
    path("accounts/", include("clinic.console.account_urls")),
    path("", include("notifications.urls")),
    path("cms/", include("caregiver.cms.urls")),
    path("health/", include("config.health")),
    path("metrics", metrics.export, name="metrics"),
    path(settings.REPORTS_PATH.strip("/") + "/", browser_reports.count, name="browser_reports"),
    path(security_txt.PATH, security_txt.show, name="security_txt"),
    # The admin's own sign-in would skip the second factor.
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
]

# Whoever is at work keeps the way back.
handler404 = "clinic.console.views.core.not_found.not_found"
# What broke may have been a report: whom to call is said all the same.
handler500 = "caregiver.views.core.recovery.server_error"

if settings.DEMO:
    urlpatterns.append(path("", include("notifications.demo_urls")))
