"""Addresses of the editor, every one behind the gate."""

from django.urls import path
from wagtail.admin import urls as wagtail_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from caregiver.cms.gate import editor_page
from caregiver.cms.views.use import home

urlpatterns = decorate_urlpatterns(
    [path("", home, name="guidance_home"), *wagtail_urls.urlpatterns], editor_page
)
