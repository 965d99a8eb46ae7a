"""What a client sends with an import, and what it gets back."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from clinic.api.fields import StrictSerializer
from clinic.queries.exchange.pages import ImportPage
from clinic.rules.exchange.verdicts import Verdict

_MODES = [("preview", "preview"), ("commit", "commit")]


class ModeIn(StrictSerializer):
    """Whose, and whether it is only looked at."""

    clinic = serializers.SlugField(required=False, help_text=_("Without it: the caller's first, by name."))
    mode = serializers.ChoiceField(_MODES, required=False, default="preview")


class ImportIn(ModeIn):
    """Which table it is."""

    table = serializers.ChoiceField(
        [("patients", "patients"), ("outcomes", "outcomes")], required=False, default="patients"
    )


class MessageIn(StrictSerializer):
    """Whose it is."""

    clinic = serializers.SlugField(
        required=False, help_text=_("Without it: MSH-6, or the only clinic of the caller.")
    )


class ImportRowOut(serializers.Serializer[Any]):
    """One row of what was sent."""

    number = serializers.IntegerField(help_text=_("Its place in what was sent."))
    what = serializers.CharField()
    verdict = serializers.ChoiceField([(one.value, one.value) for one in Verdict])
    why = serializers.ListField(child=serializers.CharField(), help_text=_("In words."))
    patient = serializers.UUIDField(allow_null=True)
    kept = serializers.CharField(
        allow_blank=True, help_text=_("Why it stayed when the import was taken back.")
    )


class ImportOut(serializers.Serializer[Any]):
    """An import, or its preview."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField([(one, one) for one in ("preview", "committed", "undone")])
    replayed = serializers.BooleanField(default=False, help_text=_("The same was taken before."))
    rows = ImportRowOut(many=True)
    left_out = serializers.DictField(
        child=serializers.IntegerField(), help_text=_("How many of which kind are not for us.")
    )


def shown(page: ImportPage) -> dict[str, Any]:
    line = page.line
    return {
        "id": line.id,
        "state": "undone" if line.undone_at else "committed" if line.committed_at else "preview",
        "replayed": False,
        "rows": [
            {
                "number": row.number,
                "what": row.kind,
                "verdict": row.verdict,
                "why": list(row.reasons),
                "patient": row.patient_id,
                "kept": row.kept,
            }
            for row in page.rows
        ],
        "left_out": dict(page.left_out),
    }
