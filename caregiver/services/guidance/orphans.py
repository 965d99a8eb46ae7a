"""Whether the pages that are live and the checklists in force still fit each other."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings

from caregiver.queries.guidance import reading
from caregiver.rules.guidance.matching import orphans
from clinic.models import Clinic
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.protocols.versions import NoProtocol, current_version, rules_of


def current(*, now: datetime) -> list[tuple[str, str]]:
    """("question" | "page" | "sign", what) for each thing that leads nowhere at some clinic."""
    found: dict[tuple[str, str], None] = {}
    for clinic in Clinic.objects.order_by("pk"):
        try:
            protocol = rules_of(current_version(clinic=clinic))
        except NoProtocol:
            continue
        pages = reading.live_guidance(language=settings.LANGUAGE_CODE, now=now, clinic_id=clinic.pk)
        contents = [one.content for one in pages.values()]
        found |= dict.fromkeys(orphans(contents, answers_of(protocol)))
    return list(found)


def answers_of(protocol: Protocol) -> Mapping[str, set[str]]:
    """Every question with the answers that a warning sign may name."""
    return {
        question.key: {"true", "false"}
        if question.kind is Kind.YES_NO
        else {str(option.value).lower() for option in question.options}
        for question in protocol.questions
    }
