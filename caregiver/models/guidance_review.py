"""The review that stands before every publication: a second person, and a physician for red-flag texts."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Task, TaskState, Workflow, WorkflowContentType, WorkflowTask

from caregiver.models.guidance import GuidancePage
from caregiver.models.guidance_variant import GuidanceVariant
from clinic.access import Permission, clinics_with
from clinic.models import User

NAME = "Review by a second person"


class SecondPersonTask(Task):
    """While a text is in review nobody edits it; its author can take it back and go on.

    Decisions are made on the review page (caregiver/cms), which calls the service that checks who may.
    """

    class Meta:
        verbose_name = "review by a second person"

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        return False

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        return True

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        return []

    def get_task_states_user_can_moderate(self, user: User, **kwargs: Any) -> models.QuerySet[TaskState]:
        if not may_review(user):
            nothing: models.QuerySet[TaskState] = TaskState.objects.none()
            return nothing
        waiting = TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS, task=self.task_ptr)
        others: models.QuerySet[TaskState] = waiting.exclude(revision__user=user)
        return others


def may_review(user: User) -> bool:
    """Whether the person approves texts of any kind: educators and physicians."""
    permissions = (Permission.EDIT_CONTENT, Permission.APPROVE_RED_FLAGS)
    return any(clinics_with(user, one).exists() for one in permissions)


def ensure_workflow() -> Workflow:
    """The one workflow, tied to shared pages and to variants; made where it is missing."""
    kinds = [ContentType.objects.get_for_model(one) for one in (GuidancePage, GuidanceVariant)]
    tied = list(WorkflowContentType.objects.filter(content_type__in=kinds).select_related("workflow"))
    if len(tied) == len(kinds):
        return tied[0].workflow
    task = SecondPersonTask.objects.first() or SecondPersonTask.objects.create(name=NAME)
    workflow, _ = Workflow.objects.get_or_create(name=NAME)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task.task_ptr, defaults={"sort_order": 0})
    for kind in kinds:
        WorkflowContentType.objects.get_or_create(content_type=kind, defaults={"workflow": workflow})
    return workflow
