"""What can be done with a text at the foot of its form, in the words of the house."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.models import WorkflowState
from wagtail.snippets.action_menu import (
    ActionMenuItem,
    CancelWorkflowMenuItem,
    RestartWorkflowMenuItem,
    SubmitForModerationMenuItem,
)

from caregiver.models import GuidancePage, GuidanceVariant


class HandIn(SubmitForModerationMenuItem):
    """To a second person, for the first time or again."""

    def get_context_data(self, parent_context: Any) -> Any:
        context = super().get_context_data(parent_context)
        instance = parent_context.get("instance")
        state = instance.current_workflow_state if instance else None
        is_again = state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES
        context["label"] = gettext("Hand in again") if is_again else gettext("Hand in for review")
        return context


class TakeBack(CancelWorkflowMenuItem):
    """The author goes on writing before anybody has decided."""

    label = _("Take back from review")


@hooks.register("construct_snippet_action_menu")
def in_our_words(items: list[ActionMenuItem], request: Any, context: dict[str, Any]) -> None:
    """A text that came back is handed in again; starting its review anew would be the same thing twice."""
    if context["model"] not in (GuidancePage, GuidanceVariant):
        return
    ours = {SubmitForModerationMenuItem: HandIn, CancelWorkflowMenuItem: TakeBack}
    items[:] = [
        ours[type(item)](order=item.order) if type(item) in ours else item
        for item in items
        if not isinstance(item, RestartWorkflowMenuItem)
    ]
