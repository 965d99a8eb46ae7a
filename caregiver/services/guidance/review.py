"""From a draft to a text that families read: handed in, approved by a second person, live at its time."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from wagtail.models import Revision, TaskState, WorkflowState

from caregiver.models import (
    Edition,
    EditionState,
    GuidanceEdition,
    GuidancePage,
    GuidanceText,
    GuidanceVariant,
    VariantEdition,
)
from caregiver.models.guidance_review import ensure_workflow
from caregiver.queries.guidance import editions, rights
from caregiver.rules.guidance.checks import Finding, blocking, findings, texts_of
from caregiver.rules.guidance.documents import Level
from caregiver.services.guidance import review_notices
from clinic.access import NotAllowed
from clinic.models import User
from clinic.services.core import audit

KINDS: dict[str, type[GuidanceText]] = {"guidancepage": GuidancePage, "guidancevariant": GuidanceVariant}


class NotInReview(Exception):
    """The text is not waiting for anybody: it was taken back, or somebody has decided already."""


class OwnTextApproval(NotAllowed):
    """Nobody approves what they wrote."""


class NeedsPhysician(NotAllowed):
    """A red-flag text, or a clinic's own variant, goes live only with a physician's approval."""


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
def submit(*, page: GuidanceText, by: User, now: datetime) -> None:
    """Hand the latest draft to a second person. TextUnfit: an emergency text must not go live. NotAllowed."""
    if not rights.may_write(by, page):
        raise NotAllowed
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
    page: GuidanceText,
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
def send_back(*, page: GuidanceText, by: User, note: str, now: datetime) -> None:
    """The second person wants changes; the author reads the note and goes on. NotInReview, NotAllowed."""
    task_state = _locked_task(page)
    _refuse_outsider(page, by)
    task_state.reject(user=by, comment=note)
    _audit("guidance.sent_back", page, by, now)


@transaction.atomic
def record_publication(*, page: GuidanceText, revision: Revision, now: datetime) -> Edition:
    """Keep the text that has just gone live, for families to read and for ever."""
    approval = _approval_of(revision)
    content = content_of(page)
    edition: Edition = _kind_of_edition(page).objects.create(
        **_owner(page),
        slug=page.slug,
        language=page.language,
        number=editions.next_number(page),
        at=now,
        expires_at=page.expire_at,
        level=content["level"],
        content=content,
        source_number=page.source_number if page.is_translation else None,
        **_own_source(page),
        revision_id=revision.pk,
        author_id=revision.user_id,
        authors=sorted(str(one) for one in editions.writers(page, until=revision.pk)),
        approved_by=approval.finished_by_id if approval else None,
    )
    _audit("guidance.published", page, None, now, number=edition.number, revision=revision.pk)
    return edition


@transaction.atomic
def record_withdrawal(*, page: GuidanceText, now: datetime) -> None:
    """The page has expired or was taken back: families get the fallback from here on."""
    last = editions.latest_of(page)
    if last is None or last.state == EditionState.WITHDRAWN:
        return
    _kind_of_edition(page).objects.create(
        **_owner(page),
        slug=page.slug,
        language=page.language,
        number=last.number,
        state=EditionState.WITHDRAWN,
        at=now,
        level=last.level,
        content=last.content,
        source_number=last.source_number,
        **({"source_is_own": last.source_is_own} if isinstance(last, VariantEdition) else {}),
        revision_id=last.revision_id,
    )
    _audit("guidance.withdrawn", page, None, now, number=last.number)


def publish_due(*, now: datetime) -> int:
    """Publish what is approved and due, and withdraw what has expired. One transaction a page."""
    rows = Revision.objects.filter(approved_go_live_at__lte=now, content_type__model__in=KINDS)
    done = 0
    for revision_id in list(rows.order_by("approved_go_live_at").values_list("pk", flat=True)):
        done += _publish_revision(revision_id, now)
    for kind in KINDS.values():
        expired = kind.objects.filter(live=True, expire_at__lte=now)
        for page_id in list(expired.values_list("pk", flat=True)):
            done += _withdraw_expired(kind, page_id, now)
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
def _withdraw_expired(kind: type[GuidanceText], page_id: int, now: datetime) -> int:
    page = kind.objects.select_for_update().filter(pk=page_id, live=True, expire_at__lte=now).first()
    if page is None:
        return 0
    page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return 1


def content_of(page: GuidanceText) -> dict[str, Any]:
    """The page as families get it. What it is about is decided on the shared English page alone."""
    content = page.document()
    if page.is_translation or page.clinic_id:
        source = editions.shared_facts(page)
        content |= {key: source[key] for key in editions.SHARED_FACTS}
    return content


def ends_at_once(draft: GuidanceText, now: datetime) -> bool:
    """Whether approving it ends the page: nobody would read this text, so it need not be fit to be read."""
    return draft.expire_at is not None and draft.expire_at <= now


def require_fit(draft: GuidanceText) -> None:
    """Raise TextUnfit if something stands in this text that keeps it from going live."""
    found = blocking(findings(content_of(draft), draft.language))
    if found:
        raise TextUnfit(found)


def translations_left_behind(draft: GuidanceText) -> list[str]:
    """Languages whose live text would not say what this red-flag text says; empty for other texts."""
    if draft.is_translation or content_of(draft)["level"] != Level.EMERGENCY:
        return []
    return editions.live_languages(draft)


def is_red_flag(draft: GuidanceText) -> bool:
    """Whether this text, or the one that families read now, says when to call for help in an emergency."""
    live = editions.latest_of(draft)
    levels = {content_of(draft)["level"], live.level if live else None}
    return Level.EMERGENCY in levels


def needs_physician(draft: GuidanceText) -> bool:
    """Whether only a physician lets it go live: red flags, and whatever a clinic says in its own way."""
    return draft.clinic_id is not None or is_red_flag(draft)


def waiting_for_review(*, by: User) -> list[TaskState]:
    """Texts that a second person has yet to read, the oldest first; none of other clinics."""
    reads_shared, variants = rights.texts_waiting_for(by)
    ids = [str(pk) for pk in variants.values_list("pk", flat=True)]
    readable = Q(revision__content_type__model="guidancevariant", revision__object_id__in=ids)
    if reads_shared:
        readable |= Q(revision__content_type__model="guidancepage")
    rows = TaskState.objects.filter(readable, status=TaskState.STATUS_IN_PROGRESS)
    return list(
        rows.select_related("workflow_state__requested_by", "revision__content_type").order_by("started_at")
    )


def live_texts(draft: GuidanceText) -> list[str]:
    """The texts that families read now; none for a new page."""
    live = editions.live_edition(draft.slug, draft.language, clinic_id=draft.clinic_id)
    if live is None and draft.clinic_id:
        # Until a variant is live its families read the shared page.
        live = editions.live_edition(draft.slug, draft.language)
    return list(texts_of(live.content)) if live else []


def approval_verdict(*, page: GuidanceText, by: User) -> str:
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


def _tell_reviewers(page: GuidanceText, draft: GuidanceText, by: User, now: datetime) -> None:
    page.refresh_from_db()
    task_state = page.current_workflow_task_state
    if task_state is not None:
        review_notices.text_reviewers(
            revision_id=task_state.revision_id,
            authors=editions.authors_since_live(page, task_state),
            text=draft,
            needs_physician=needs_physician(draft),
            by=by,
            now=now,
        )


def _locked_task(page: GuidanceText) -> TaskState:
    state = page.current_workflow_task_state
    if state is None or state.status != TaskState.STATUS_IN_PROGRESS:
        raise NotInReview
    row = TaskState.objects.select_for_update().get(pk=state.pk)
    if row.status != TaskState.STATUS_IN_PROGRESS:
        raise NotInReview
    return row.specific


def _refuse_approval(draft: GuidanceText, task_state: TaskState, by: User) -> None:
    _refuse_outsider(draft, by)
    if by.pk in editions.authors_since_live(draft, task_state):
        raise OwnTextApproval
    if needs_physician(draft) and not rights.may_sign(by, draft):
        raise NeedsPhysician


def _refuse_outsider(text: GuidanceText, by: User) -> None:
    if not rights.may_review(by, text):
        raise NotAllowed


def _kind_of_edition(page: GuidanceText) -> Any:
    return GuidanceEdition if page.clinic_id is None else VariantEdition


def _owner(page: GuidanceText) -> dict[str, Any]:
    return {} if page.clinic_id is None else {"clinic_id": page.clinic_id}


def _own_source(page: GuidanceText) -> dict[str, Any]:
    """Whose English text the version is of that a translated variant says."""
    if page.clinic_id is None:
        return {}
    own = editions.live_edition(page.slug, settings.LANGUAGE_CODE, clinic_id=page.clinic_id)
    return {"source_is_own": page.is_translation and own is not None}


def _approval_of(revision: Revision) -> TaskState | None:
    return (
        TaskState.objects.filter(revision=revision, status=TaskState.STATUS_APPROVED).order_by("-pk").first()
    )


def _audit(action: str, page: GuidanceText, by: User | None, now: datetime, **detail: Any) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=page.clinic_id,
        subject_type="guidance",
        subject_id=editions.audited_as(page),
        detail=detail,
    )
