"""What the editor says about a text."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from caregiver.rules.guidance.checks import EMERGENCY_LIMIT, GRADE_AIM, GRADE_LIMIT, LONG_SENTENCE, Finding

_FINDINGS = {
    "grade": _(
        "School grade {number:.1f}. Aim for {aim:.0f}; above {limit:.0f} no emergency page goes live."
    ),
    "long_sentence": _("A sentence of {number:.0f} words. Stay below {long}: “{where}”"),
    "hard_emergency": _("Words for an emergency at school grade {number:.1f}. Aim for {calm:.0f}: “{where}”"),
    "forbidden": _("A phrase that no page may hold (calming words, doses, typed numbers): “{where}”"),
    "no_alternative": _("Picture {number:.0f} has no text alternative: say what it shows. {where}"),
    "units_differ": _("°C and °F do not say the same: {where}"),
    "one_right_answer": _("The teach-back question needs exactly one right answer: “{where}”"),
    "empty": _("There is nothing on the page yet."),
    "no_call_now": _("An emergency page needs a “Call now” box."),
    "no_teach_back": _("There is no teach-back question."),
    "not_checked": _("A qualified translator has not checked this translation."),
    "unknown_question": _("The checklist has no such question or answer: {where}"),
    "unknown_page": _("There is no page with this address: {where}"),
}

_LEADS_NOWHERE = {
    "question": _("No page that is live answers the checklist question “{what}”."),
    "page": _("A page names a question or a page that is not there. {what}"),
    "sign": _("A warning sign names an answer that the checklist does not have. {what}"),
}


def orphan_text(kind: str, what: str) -> str:
    """One thing that families would miss, in a sentence."""
    return str(_LEADS_NOWHERE[kind]).format(what=what)


def finding_text(finding: Finding) -> str:
    """One finding in a sentence."""
    facts: dict[str, Any] = {
        "aim": GRADE_AIM,
        "limit": GRADE_LIMIT,
        "long": LONG_SENTENCE,
        "calm": EMERGENCY_LIMIT,
    }
    return (
        str(_FINDINGS[finding.code]).format(number=finding.number, where=finding.where[:160], **facts).strip()
    )
