"""Writing a page: handing it in, and nothing lost when two people write at once."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.ui.components import MediaContainer
from wagtail.admin.ui.side_panels import ChecksSidePanel, StatusSidePanel
from wagtail.snippets.views.snippets import CreateView, EditView

from caregiver.cms.finding_texts import finding_text
from caregiver.rules.guidance.checks import Finding, texts_of
from caregiver.services.guidance import review


class OurSidePanels:
    """Nothing beside the text that contradicts it or does nothing.

    Wagtail's own checks count otherwise than those that decide here, and its "Set schedule" opens a dialogue
    that our tab "When" takes the place of.
    """

    def get_side_panels(self) -> MediaContainer:
        panels = super().get_side_panels()  # type: ignore[misc]
        ours = [one for one in panels if not isinstance(one, ChecksSidePanel)]
        for panel in ours:
            if isinstance(panel, StatusSidePanel):
                panel.show_schedule_publishing_toggle = False
        return MediaContainer(ours)


class OurWords:
    """What has been done, said as it is called everywhere else."""

    def get_success_message(self, instance: Any = None) -> str:
        page = instance or self.object  # type: ignore[attr-defined]
        done = {
            "submit": _("“%(title)s” is handed in. A second person reads it now."),
            "cancel-workflow": _("“%(title)s” is taken back. You can go on writing."),
        }.get(self.action, _("“%(title)s” is saved as a draft. Families do not see it yet."))  # type: ignore[attr-defined]
        return done % {"title": page.get_latest_revision_as_object().title}


class GuidanceCreateView(OurWords, OurSidePanels, CreateView):
    """A new page."""


class GuidanceEditView(OurWords, OurSidePanels, EditView):
    """Wagtail's form, with our review and our answer to a second saver."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # One's own draft that kept itself a moment ago is no conflict.
        is_theirs = self.latest_revision and self.latest_revision.user_id != request.user.pk
        if not self.expects_json_response and is_theirs and self.is_out_of_date:
            return self.show_both()
        answer: HttpResponseBase = super().post(request, *args, **kwargs)
        return answer

    def json_error_response(self, error_code: str, error_message: str) -> HttpResponse:
        response: HttpResponse = super().json_error_response(error_code, error_message)
        if error_code == "invalid_revision":
            response.status_code = 409
        return response

    def show_both(self) -> HttpResponse:
        """409: theirs and mine side by side. Mine is kept as a draft of its own only when I say so."""
        form = self.get_form()
        form.defer_required_fields()
        mine = form.save(commit=False) if form.is_valid() else None
        theirs = self.live_object.get_latest_revision_as_object()
        posted = self.request.POST.copy()
        for name in (
            "loaded_revision_id",
            "loaded_revision_created_at",
            "overwrite_revision_id",
            "csrfmiddlewaretoken",
        ):
            posted.pop(name, None)
        context = {
            "mine": list(texts_of(mine.document())) if mine else _typed_texts(self.request.POST),
            "theirs": list(texts_of(theirs.document())),
            "latest": self.latest_revision,
            "fields": [(name, value) for name, values in posted.lists() for value in values],
            "edit_url": self.get_edit_url(),
            "page": theirs,
        }
        return render(self.request, "caregiver/cms/conflict.html", context, status=409)

    def submit_action(self) -> HttpResponse | None:
        try:
            review.submit(page=self.object, by=self.request.user, now=timezone.now())
        except review.TextUnfit as unfit:
            show_findings(self.request, unfit.findings)
            return redirect(self.get_edit_url())
        return None


def show_findings(request: HttpRequest, found: list[Finding]) -> None:
    """Why a text cannot go on, each fault once."""
    messages.error(request, _("The draft is saved, but it cannot go into review yet. Please mend:"))
    for one in dict.fromkeys(finding_text(finding) for finding in found):
        messages.error(request, one)


def _typed_texts(posted: Mapping[str, Any]) -> list[str]:
    """What was typed, where the form as a whole cannot be read."""
    return [
        value
        for name, value in posted.items()
        if name.startswith(("title", "summary", "body")) and " " in value
    ]
