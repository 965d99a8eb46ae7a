"""What educators work on: guidance pages with drafts, review, schedule and history, and pictures.

Families never read these rows. What has gone live is in `GuidanceEdition`, which nothing changes.
"""

import itertools
import json
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.fields import StreamField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    TranslatableMixin,
    WorkflowMixin,
)

from caregiver.models.guidance_blocks import GuidanceBody, signs
from caregiver.rules.guidance.documents import Level, plain_blocks, rows_of
from clinic.models.patient import Target

# A new page is looked at again after so long, unless its author says otherwise.
FIRST_REVIEW = timedelta(days=365)
LEVELS = {
    str(Level.EMERGENCY): _("emergency"),
    str(Level.URGENT): _("urgent"),
    str(Level.ROUTINE): _("routine"),
}
# Fields that only a translation has.
OF_TRANSLATIONS = ("source_number", "reviewed")


class Picture(models.Model):
    """A drawing that ships with the program (`bundled`), or an uploaded one, re-encoded and small.

    Uploads live in the database: every web process shows them, and a backup holds them.
    """

    name = models.CharField(max_length=120, unique=True)
    bundled = models.CharField(max_length=120, blank=True, editable=False)
    data = models.BinaryField(null=True, blank=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="picture_bundled_or_uploaded",
                condition=models.Q(bundled="", data__isnull=False)
                | ~models.Q(bundled="") & models.Q(data=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """What an edition calls it: a file that ships with the program, or the digest of an upload."""
        return self.bundled or self.digest


def _questions() -> list[tuple[str, str]]:
    return [(value, label) for value, label in signs() if "." not in value]


def _pages() -> list[tuple[str, str]]:
    rows = GuidancePage.objects.filter(locale__language_code=settings.LANGUAGE_CODE).order_by("number")
    return list(rows.values_list("slug", "title"))


class GuidanceForm(WagtailAdminModelForm):
    """What a page is about is decided on the shared English page; translations and variants follow it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["questions"] = forms.MultipleChoiceField(
            choices=_questions,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label=_("Checklist questions"),
        )
        self.fields["related"] = forms.MultipleChoiceField(
            choices=_pages, required=False, widget=forms.CheckboxSelectMultiple, label=_("Read next")
        )
        # A first draft needs a title and nothing else; what it lacks is made up, and can be typed over.
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "The page's address, the same in every language. Left empty: made from the title"
            )
        if not self.instance.pk and not self.initial.get("review_by"):
            self.initial["review_by"] = timezone.localdate() + FIRST_REVIEW
        for name in ("go_live_at", "expire_at"):
            # The browser's own picker: Wagtail's writes a script into the page, which our policy refuses.
            picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            self.fields[name].widget = picker
            # Of the text that went live before. An end in the past would refuse every new draft.
            if self.initial.get(name) and self.initial[name] <= timezone.now():
                self.initial[name] = None
        is_translation = bool(self.instance.locale_id and self.instance.is_translation)
        follows = is_translation or self.instance.clinic_id is not None
        for name in (*(GuidanceText.SHARED if follows else ()), *(() if is_translation else OF_TRANSLATIONS)):
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = self.instance.slug or _free_slug(cleaned.get("title") or "")
        return cleaned


def _free_slug(title: str) -> str:
    """An address from the title that no page has yet."""
    wanted = slugify(title)[:70] or "page"
    taken = set(GuidancePage.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    tries = (f"{wanted}-{number}" for number in itertools.count(2))
    return wanted if wanted not in taken else next(one for one in tries if one not in taken)


class GuidanceText(
    WorkflowMixin,
    PreviewableMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    TranslatableMixin,
    models.Model,
):
    """One text in one language: a shared page, or a clinic's own variant of one."""

    SHARED: ClassVar = (
        "slug",
        "number",
        "level",
        "day_from",
        "day_to",
        "target",
        "questions",
        "related",
        "sources",
    )

    slug = models.SlugField(max_length=80, help_text=_("The page's address, the same in every language"))
    number = models.PositiveSmallIntegerField(default=50, help_text=_("Place in the list"))
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=240, help_text=_("One sentence: what this page is for"))
    level = models.CharField(
        max_length=10,
        choices=list(LEVELS.items()),
        default=Level.ROUTINE,
        help_text=_("A physician approves emergency pages. Emergency and urgent pages are kept on phones."),
    )
    keywords = models.TextField(
        blank=True, help_text=_("Words that people search for, one a line; misspellings too")
    )
    situations = models.TextField(blank=True, help_text=_("What a family would say it sees, one a line"))
    day_from = models.SmallIntegerField(
        null=True, blank=True, help_text=_("First day after CAR-T on which it matters")
    )
    day_to = models.SmallIntegerField(null=True, blank=True, help_text=_("Last day; leave empty for no end"))
    target = models.CharField(
        max_length=10, blank=True, choices=Target.choices, help_text=_("Only after these cells")
    )
    questions = models.JSONField(default=list, blank=True, help_text=_("Checklist questions that lead here"))
    related = models.JSONField(default=list, blank=True, help_text=_("Pages to read next"))
    review_by = models.DateField(help_text=_("Look at the facts again by this day"))
    sources = models.TextField(
        blank=True, help_text=_("One a line: the fact | where it is from. Families do not see it.")
    )
    body = StreamField(GuidanceBody(), blank=True)
    source_number = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("The version of the English page that this text says")
    )
    reviewed = models.BooleanField(
        default=False, help_text=_("A qualified human translator has checked this text")
    )
    # Of the default text that was loaded, so that an educator's own text is never overwritten.
    default_digest = models.CharField(max_length=64, blank=True, editable=False)

    # Of a variant, its clinic.
    clinic_id: UUID | None

    base_form_class = GuidanceForm
    # Nothing asks where a page is used; keeping that index would cost every draft a task.
    wagtail_reference_index_ignore = True

    class Meta(TranslatableMixin.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self.title} ({self.locale.language_code})" if self.is_translation else self.title

    @property
    def language(self) -> str:
        return str(self.locale.language_code)

    @property
    def is_translation(self) -> bool:
        return self.language != settings.LANGUAGE_CODE

    @property
    def default_preview_mode(self) -> str:
        return ""

    # The editor asks for a preview by a request of its own that the gate's policy does not reach.
    @method_decorator([csp_replace({"frame-ancestors": [SELF]}), xframe_options_sameorigin])
    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        """As families read it: what the page says by itself is in the page's language, not the writer's."""
        with translation.override(self.language):
            answer: HttpResponseBase = super().serve_preview(request, mode_name).render()
        return answer

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "caregiver/guidance/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {"guidance": self.document(), "contacts": (), "page_language": self.language}

    def document(self) -> dict[str, Any]:
        """The page as plain data, in the shape of the files in `caregiver/guidance/`."""
        return {
            "slug": self.slug,
            "number": self.number,
            "title": self.title,
            "summary": self.summary,
            "level": self.level,
            "keywords": rows_of(self.keywords),
            "situations": rows_of(self.situations),
            "days": None if self.day_from is None else {"from": self.day_from, "to": self.day_to},
            "target": self.target or None,
            "questions": list(self.questions),
            "related": list(self.related),
            "review_by": str(self.review_by) if self.review_by else None,
            "reviewed": self.reviewed or not self.is_translation,
            "body": self._blocks(),
        }

    def _blocks(self) -> list[dict[str, Any]]:
        raw = json.loads(json.dumps(self.body.get_prep_value(), default=str))
        keys = {row.pk: row.key for row in Picture.objects.filter(pk__in=_picture_ids(raw)).defer("data")}
        return plain_blocks(raw, keys)


class GuidancePage(GuidanceText):
    """A shared page: what families read wherever their clinic has no variant of it.

    `translation_key` ties the languages together.
    """

    # No clinic's own.
    clinic_id = None

    class Meta(GuidanceText.Meta):
        verbose_name = _("guidance page")
        constraints = [
            models.UniqueConstraint(fields=["locale", "slug"], name="guidance_page_slug_per_language"),
            models.CheckConstraint(
                name="guidance_page_level_known", condition=models.Q(level__in=[str(one) for one in Level])
            ),
        ]


def _picture_ids(raw: list[dict[str, Any]]) -> list[int]:
    return [
        block["value"]["image"] for block in raw if block["type"] == "picture" and block["value"]["image"]
    ]
