"""Pictures in the editor: the drawings that ship with the program, and uploads."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.chooser import ChooseResultsView, ChooseView, SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet

from caregiver.models import Picture
from caregiver.queries.guidance.pictures import picture_url
from caregiver.services.guidance import pictures


class PictureForm(WagtailAdminModelForm):
    """A name and a file. A drawing that ships with the program can only be renamed."""

    upload = forms.FileField(
        required=False,
        label=_("Picture file"),
        help_text=_("PNG, JPEG, WebP or GIF, at most 5 MB. It is made small."),
    )

    class Meta:
        model = Picture
        fields = ["name"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        file = cleaned.get("upload")
        if file is None:
            if not self.instance.pk:
                self.add_error("upload", _("Choose a picture."))
        elif self.instance.bundled:
            self.add_error(
                "upload", _("This drawing comes with the program. Add a picture of your own instead.")
            )
        else:
            try:
                self.encoded = pictures.encode(file, file.size)
            except pictures.NotAPicture:
                self.add_error("upload", _("This file is no picture that can be opened, or it is too large."))
        return cleaned

    def save(self, commit: bool = True) -> Picture:
        encoded = getattr(self, "encoded", None)
        if encoded:
            self.instance.data, self.instance.digest = encoded.data, encoded.digest
            self.instance.width, self.instance.height = encoded.width, encoded.height
        picture: Picture = super().save(commit)
        return picture

    def is_multipart(self) -> bool:
        return True


def thumbnail(picture: Picture) -> SafeString:
    """The picture itself, in the list."""
    return format_html('<img src="{}" alt="" width="72" height="48">', picture_url(picture.key))


SHOWN = Column("key", label=_("Picture"), accessor=thumbnail)


class _NewestFirst:
    """What somebody has just uploaded is what they look for; a picture is chosen by its look."""

    ordering = "-pk"

    @property
    def columns(self) -> list[Column]:
        return [*super().columns, SHOWN]  # type: ignore[misc]


class PictureChooseView(_NewestFirst, ChooseView):
    """The dialogue in which a picture is chosen."""


class PictureChooseResultsView(_NewestFirst, ChooseResultsView):
    """The list inside that dialogue."""


class PictureChooserViewSet(SnippetChooserViewSet):
    """Choose a picture for a page."""

    choose_view_class = PictureChooseView
    choose_results_view_class = PictureChooseResultsView


class PictureViewSet(SnippetViewSet):
    """Choose, add, rename. Nothing is deleted: old texts still show their pictures."""

    model = Picture
    icon = "image"
    menu_label = _("Pictures")
    menu_name = "pictures"
    menu_order = 300
    add_to_admin_menu = True
    admin_url_namespace = "pictures"
    base_url_path = "pictures"
    chooser_admin_url_namespace = "wagtailsnippetchoosers_caregiver_picture"
    copy_view_enabled = False
    chooser_viewset_class = PictureChooserViewSet
    chooser_per_page = 60
    list_display = [Column("name", label=_("Name"), sort_key="name"), SHOWN]
    list_per_page = 60
    ordering = ["name"]
    panels = [FieldPanel("name", heading=_("Name")), FieldPanel("upload")]

    def get_form_class(self, for_update: bool = False) -> type[PictureForm]:
        return PictureForm
