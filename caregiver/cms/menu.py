"""The editor's menu and addresses: content, and nothing else."""

from typing import Any

from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.api.views import PagesAdminAPIViewSet
from wagtail.admin.menu import MenuItem

from caregiver.cms.views import checks, review, use, variants
from caregiver.models import GuidancePage, GuidanceVariant

# By name: what we put there ourselves. Anything that Wagtail adds with a new version stays out.
OURS = frozenset({"pictures", "reviews", "use"})


@hooks.register("construct_main_menu", order=1000)
def keep_only_content(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if item.name in OURS]


@hooks.register("register_admin_menu_item")
def reviews() -> MenuItem:
    return MenuItem(
        _("Reviews"), reverse("guidance_review:waiting"), name="reviews", icon_name="check", order=200
    )


@hooks.register("register_admin_menu_item")
def overview() -> MenuItem:
    return MenuItem(
        _("Pages"), reverse("guidance_use:use"), name="use", icon_name="doc-full-inverse", order=50
    )


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    pages = [
        path("", review.waiting, name="waiting"),
        path("<int:pk>/", review.review, name="review"),
        path("<int:pk>/read/", review.read, name="read"),
        path("variants/<int:pk>/", review.review_variant, name="review_variant"),
        path("variants/<int:pk>/read/", review.read_variant, name="read_variant"),
    ]
    figures = [
        path("", use.use, name="use"),
        path("<int:pk>/translate/", use.translate, name="translate"),
        path("<int:pk>/retire/", use.retire, name="retire"),
        path("<int:pk>/checks/", checks.ChecksView.as_view(model=GuidancePage), name="checks"),
        path("<int:pk>/own/", variants.begin, name="begin_own"),
        path("variants/<int:pk>/translate/", variants.translate, name="translate_variant"),
        path("variants/<int:pk>/retire/", variants.retire, name="retire_variant"),
        path("variants/<int:pk>/shared/", variants.shared, name="shared_variant"),
        path(
            "variants/<int:pk>/checks/",
            checks.ChecksView.as_view(model=GuidanceVariant),
            name="checks_variant",
        ),
    ]
    return [
        path("reviews/", include((pages, "guidance_review"))),
        path("overview/", include((figures, "guidance_use"))),
    ]


@hooks.register("insert_global_admin_css")
def styles() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("caregiver/cms/cms.css"))


@hooks.register("construct_admin_api")
def names_that_every_page_asks_for(router: Any) -> None:
    """Wagtail's pages write down the addresses of two apps that are not installed. The gate opens neither."""
    for name in ("documents", "images"):
        router.register_endpoint(name, PagesAdminAPIViewSet)
