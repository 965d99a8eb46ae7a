"""The end of a review. Named in the settings, and imported while Wagtail's own models are still loading."""

from typing import Any


def publish_reviewed(workflow_state: Any, user: Any = None) -> None:
    """The very revision that was read goes live, now or at its time; no later one."""
    from wagtail.models import TaskState  # noqa: PLC0415  Wagtail imports this module before its models exist

    reviewed = TaskState.objects.filter(workflow_state=workflow_state, status=TaskState.STATUS_APPROVED)
    reviewed.latest("pk").revision.publish(user=user, skip_permission_checks=True)
