"""From a draft to a text that families read: handed in, approved by a second person, live at its time."""

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Revision, TaskState, WorkflowState

from caregiver.models import EditionState, GuidanceEdition, GuidancePage
from caregiver.models.guidance_review import ensure_workflow
from caregiver.queries.guidance import editions
from caregiver.rules.guidance.checks import Finding, blocking, findings, texts_of
from caregiver.rules.guidance.documents import Level
from caregiver.services.guidance import review_notices
from clinic.access import NotAllowed, Permission, clinics_with
from clinic.models import User
from clinic.services.core import audit


class NotInReview(Exception):
    """The text is not waiting for anybody: it was taken back, or somebody has decided already."""


class OwnTextApproval(NotAllowed):
    """Nobody approves what they wrote."""


class NeedsPhysician(NotAllowed):
    """A red-flag text goes live only with a physician's approval."""


class NeedsSignature(Exception):
    """Translations would stay behind a red-flag text, and nobody signed for that."""

    def __init__(self, languages: list[str]) -> None:
        super().__init__(", ".join(languages))
        self.languages = languages


class TextUnfit(Exception):
    """The text has faults that no emergency page may go live with."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(", ".join(sorted({one.code for one in found})))
        self.findings = found


@transaction.atomic
def submit(*, page: GuidancePage, by: User, now: datetime) -> None:
    """Hand the latest draft to a second person. TextUnfit when an emergency text must not go live so."""
    draft = page.get_latest_revision_as_object()
    if not ends_at_once(draft, now):
        require_fit(draft)
    state = page.current_workflow_state
    if state and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(by)
    else:
        ensure_workflow().start(page, by)
    _audit(editions.SUBMITTED_ACTION, page, by, now)
    _tell_reviewers(page, draft, by, now)


@transaction.atomic
def approve(
    *,
    page: GuidancePage,
    by: User,
    note: str = "",
    revision_id: object = None,
    sign_for_translations: bool = False,
    now: datetime,
) -> None:
    """The second person agrees: the text goes live now, or at the time that stands in it.

    `revision_id` is the text that they read; another one in its place is not approved unread.
    NotInReview, OwnText, NeedsPhysician, NeedsSignature, TextUnfit.
    """
    task_state = _locked_task(page)
    if revision_id is not None and str(revision_id) != str(task_state.revision_id):
        raise NotInReview
    draft = task_state.revision.as_object()
    _refuse_approval(draft, task_state, by)
    is_end = ends_at_once(draft, now)
    if not is_end:
        require_fit(draft)
    behind = [] if is_end else translations_left_behind(draft)
    if behind and not sign_for_translations:
        raise NeedsSignature(behind)
    if behind:
        _audit("guidance.signed_stale", page, by, now, languages=behind)
    task_state.approve(user=by, comment=note)
    _audit("guidance.approved", page, by, now, revision=task_state.revision_id)


@transaction.atomic
def send_back(*, page: GuidancePage, by: User, note: str, now: datetime) -> None:
    """The second person wants changes; the author reads the note and goes on. NotInReview, NotAllowed."""
    task_state = _locked_task(page)
    _refuse_outsider(by)
    task_state.reject(user=by, comment=note)
    _audit("guidance.sent_back", page, by, now)


@transaction.atomic
def record_publication(*, page: GuidancePage, revision: Revision, now: datetime) -> GuidanceEdition:
    """Keep the text that has just gone live, for families to read and for ever."""
    approval = _approval_of(revision)
    content = content_of(page)
    edition = GuidanceEdition.objects.create(
        slug=page.slug,
        language=page.language,
        number=editions.next_number(page.slug, page.language),
        at=now,
        expires_at=page.expire_at,
        level=content["level"],
        content=content,
        source_number=page.source_number if page.is_translation else None,
        revision_id=revision.pk,
        author_id=revision.user_id,
        authors=sorted(str(one) for one in editions.writers(page, until=revision.pk)),
        approved_by=approval.finished_by_id if approval else None,
    )
    _audit("guidance.published", page, None, now, number=edition.number, revision=revision.pk)
    return edition


@transaction.atomic
def record_withdrawal(*, page: GuidancePage, now: datetime) -> None:
    """The page has expired or was taken back: families get the fallback from here on."""
    last = editions.latest_edition(page.slug, page.language)
    if last is None or last.state == EditionState.WITHDRAWN:
        return
    GuidanceEdition.objects.create(
        slug=page.slug,
        language=page.language,
        number=last.number,
        state=EditionState.WITHDRAWN,
        at=now,
        level=last.level,
        content=last.content,
        source_number=last.source_number,
        revision_id=last.revision_id,
    )
    _audit("guidance.withdrawn", page, None, now, number=last.number)


def publish_due(*, now: datetime) -> int:
    """Publish what is approved and due, and withdraw what has expired. One transaction a page."""
    rows = Revision.objects.filter(approved_go_live_at__lte=now, content_type__model="guidancepage")
    done = 0
    for revision_id in list(rows.order_by("approved_go_live_at").values_list("pk", flat=True)):
        done += _publish_revision(revision_id, now)
    expired = GuidancePage.objects.filter(live=True, expire_at__lte=now)
    for page_id in list(expired.values_list("pk", flat=True)):
        done += _withdraw_expired(page_id, now)
    return done


@transaction.atomic
def _publish_revision(revision_id: int, now: datetime) -> int:
    """Compare-and-set: of two beats one publishes."""
    row = Revision.objects.select_for_update().filter(pk=revision_id, approved_go_live_at__lte=now).first()
    if row is None:
        return 0
    row.publish(log_action="wagtail.publish.scheduled")
    return 1


@transaction.atomic
def _withdraw_expired(page_id: int, now: datetime) -> int:
    page = GuidancePage.objects.select_for_update().filter(pk=page_id, live=True, expire_at__lte=now).first()
    if page is None:
        return 0
    page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return 1


def content_of(page: GuidancePage) -> dict[str, Any]:
    """The page as families get it. A translation takes what the page is about from the English page."""
    content = page.document()
    if page.is_translation:
        source = editions.shared_facts(page)
        content |= {key: source[key] for key in editions.SHARED_FACTS}
    return content


def ends_at_once(draft: GuidancePage, now: datetime) -> bool:
    """Whether approving it ends the page: nobody would read this text, so it need not be fit to be read."""
    return draft.expire_at is not None and draft.expire_at <= now


def require_fit(draft: GuidancePage) -> None:
    """Raise TextUnfit if something stands in this text that keeps it from going live."""
    found = blocking(findings(content_of(draft), draft.language))
    if found:
        raise TextUnfit(found)


def translations_left_behind(draft: GuidancePage) -> list[str]:
    """Languages whose live text would not say what this red-flag text says; empty for other texts."""
    if draft.is_translation or draft.level != Level.EMERGENCY:
        return []
    return editions.live_languages(draft.slug, but=draft.language)


def is_red_flag(draft: GuidancePage) -> bool:
    """Whether this text, or the one that families read now, says when to call for help in an emergency."""
    live = editions.latest_edition(draft.slug, draft.language)
    levels = {content_of(draft)["level"], live.level if live else None}
    return Level.EMERGENCY in levels


def waiting_for_review() -> list[TaskState]:
    """Texts that a second person has yet to read, the oldest first."""
    rows = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS, revision__content_type__model="guidancepage"
    )
    return list(rows.select_related("revision__user").order_by("started_at"))


def live_texts(draft: GuidancePage) -> list[str]:
    """The texts that families read now; none for a new page."""
    live = editions.latest_edition(draft.slug, draft.language)
    return list(texts_of(live.content)) if live and live.state == EditionState.PUBLISHED else []


def approval_verdict(*, page: GuidancePage, by: User) -> str:
    """Yes, or why not: "own", "physician", "role", "decided". `approve` asks again by itself."""
    try:
        task_state = page.current_workflow_task_state
        if task_state is None or task_state.status != TaskState.STATUS_IN_PROGRESS:
            return "decided"
        _refuse_approval(task_state.revision.as_object(), task_state, by)
    except OwnTextApproval:
        return "own"
    except NeedsPhysician:
        return "physician"
    except NotAllowed:
        return "role"
    return "yes"


def _tell_reviewers(page: GuidancePage, draft: GuidancePage, by: User, now: datetime) -> None:
    page.refresh_from_db()
    task_state = page.current_workflow_task_state
    if task_state is not None:
        review_notices.text_reviewers(
            revision_id=task_state.revision_id,
            authors=editions.authors_since_live(page, task_state),
            needs_physician=is_red_flag(draft),
            by=by,
            now=now,
        )


def _locked_task(page: GuidancePage) -> TaskState:
    state = page.current_workflow_task_state
    if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
        raise NotInReview
    row = TaskState.objects.select_for_update().get(pk=state.pk)
    if row.status != TaskState.STATUS_IN_PROGRESS:
        raise NotInReview
    return row.specific


def _refuse_approval(draft: GuidancePage, task_state: TaskState, by: User) -> None:
    _refuse_outsider(by)
    if by.pk in editions.authors_since_live(draft, task_state):
        raise OwnTextApproval
    if is_red_flag(draft) and not clinics_with(by, Permission.APPROVE_RED_FLAGS).exists():
        raise NeedsPhysician


def _refuse_outsider(by: User) -> None:
    wanted = (Permission.EDIT_CONTENT, Permission.APPROVE_RED_FLAGS)
    if not any(clinics_with(by, one).exists() for one in wanted):
        raise NotAllowed


def _approval_of(revision: Revision) -> TaskState | None:
    return (
        TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED).order_by("-pk").first()
    )


def _audit(action: str, page: GuidancePage, by: User | None, now: datetime, **detail: Any) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        subject_type="guidance",
        subject_id=editions.audited_as(page),
        detail=detail,
    )
