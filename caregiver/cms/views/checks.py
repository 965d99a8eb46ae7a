"""The checks while somebody writes: the form as it stands, unsaved, against the rules."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from wagtail.snippets.views.snippets import PreviewOnEditView

from caregiver.cms.finding_texts import finding_text
from caregiver.rules.guidance.checks import findings, page_grade
from caregiver.services.guidance.review import content_of


class ChecksView(PreviewOnEditView):
    """Takes what the preview takes and answers with what is wrong. Stores nothing."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if "body-count" not in request.POST or not self.validate_form(form):
            return render(request, "caregiver/cms/_checks.html", {"unreadable": True})
        form.save(commit=False)
        draft = form.instance
        content = content_of(draft)
        found = {finding_text(one): one.keeps_back for one in findings(content, draft.language)}
        context = {"grade": page_grade(content, draft.language), "findings": found.items()}
        return render(request, "caregiver/cms/_checks.html", context)
