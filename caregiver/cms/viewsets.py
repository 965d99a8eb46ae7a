"""Guidance pages and pictures in the editor."""

from typing import Any

from django.db.models import QuerySet
from django.template.defaultfilters import date as written
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import HistoryView, IndexView, SnippetViewSet

from caregiver.cms.panels import EDIT_HANDLER, VARIANT_EDIT_HANDLER
from caregiver.cms.pictures import PictureViewSet
from caregiver.cms.views.edit import GuidanceCreateView, GuidanceEditView
from caregiver.models import GuidancePage, GuidanceText, GuidanceVariant, Picture
from caregiver.queries.guidance import rights, upkeep


def review_day(page: GuidanceText) -> str:
    """The day of the next review, in red once it is past."""
    day = written(page.review_by, "DATE_FORMAT")
    if upkeep.is_review_late(page, timezone.localdate()):
        return format_html('<span class="guidance-late">{}</span>', gettext("Past: %(day)s") % {"day": day})
    return day


class GuidanceHistoryView(HistoryView):
    """Without its filter by date, which writes a script into the page that our content policy refuses."""

    filterset_class = None


def title_in_its_direction(page: GuidanceText) -> str:
    """Apart from what stands around it: Latin words in an Arabic title would change places."""
    return format_html('<bdi lang="{}">{}</bdi>', page.language, page.title)


class GuidanceIndexView(IndexView):
    """The list of texts, whose act is called what the overview calls it."""

    @cached_property
    def add_item_label(self) -> str:
        return gettext("Write a new page")

    @cached_property
    def filters(self) -> Any:
        """By the words of the columns: the fields' own names are the library's."""
        found = super().filters
        for name, label in (("locale", _("Language")), ("level", _("Level"))):
            if found is not None and name in found.form.fields:
                found.form.fields[name].label = label
        return found

    def _get_title_column(self, field_name: str, *args: Any, **kwargs: Any) -> Column:
        column = super()._get_title_column(field_name, *args, **kwargs)
        column.accessor = title_in_its_direction
        return column


LEVEL = Column(
    "level", label=_("Level"), accessor=lambda page: capfirst(page.get_level_display()), sort_key="level"
)
LANGUAGE = Column(
    "locale",
    label=_("Language"),
    accessor=lambda page: get_language_info(page.language)["name_translated"],
    sort_key="locale",
)
REVIEW_BY = Column("review_by", label=_("Review by"), accessor=review_day, sort_key="review_by")


class GuidanceViewSet(SnippetViewSet):
    """Write, hand in, compare, restore, schedule, lock."""

    model = GuidancePage
    icon = "doc-full-inverse"
    menu_label = _("Guidance")
    menu_order = 100
    add_to_admin_menu = True
    admin_url_namespace = "guidance"
    base_url_path = "guidance"
    copy_view_enabled = False
    list_display = ["__str__", LEVEL, LANGUAGE, REVIEW_BY, UpdatedAtColumn()]
    list_filter = ["level", "locale"]
    # Fifteen pages in five languages, and what a clinic writes itself.
    list_per_page = 100
    ordering = ["number", "locale_id"]
    edit_handler = EDIT_HANDLER
    index_view_class = GuidanceIndexView
    add_view_class = GuidanceCreateView
    edit_view_class = GuidanceEditView
    history_view_class = GuidanceHistoryView


class VariantViewSet(GuidanceViewSet):
    """A clinic's own variants, in the same editor with the shared text beside them."""

    model = GuidanceVariant
    menu_label = _("Own variants")
    add_to_admin_menu = False
    admin_url_namespace = "guidance_variants"
    base_url_path = "guidance-variants"
    list_display = ["__str__", "clinic", LANGUAGE, REVIEW_BY, UpdatedAtColumn()]
    list_filter = ["locale"]
    edit_handler = VARIANT_EDIT_HANDLER

    def get_queryset(self, request: Any) -> QuerySet[GuidanceVariant]:
        return rights.variants_of(request.user)


# What Wagtail's sentences call them; set here, so that no migration hangs on a word.
GuidancePage._meta.verbose_name_plural = _("guidance pages")
GuidanceVariant._meta.verbose_name_plural = _("own variants")
Picture._meta.verbose_name, Picture._meta.verbose_name_plural = _("picture"), _("pictures")

register_snippet(GuidanceViewSet)
register_snippet(VariantViewSet)
register_snippet(PictureViewSet)
