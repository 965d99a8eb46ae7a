"""What the editor says about a text. In English, like all of the editor."""

from typing import Any

from caregiver.rules.guidance.checks import EMERGENCY_LIMIT, GRADE_AIM, GRADE_LIMIT, LONG_SENTENCE, Finding

_FINDINGS = {
    "grade": "School grade {number:.1f}. Aim for {aim:.0f}; above {limit:.0f} no emergency page goes live.",
    "long_sentence": "A sentence of {number:.0f} words. Stay below {long}: “{where}”",
    "hard_emergency": "Words for an emergency at school grade {number:.1f}. Aim for {calm:.0f}: “{where}”",
    "forbidden": "A phrase that no page may hold (calming words, doses, typed numbers): “{where}”",
    "no_alternative": "Picture {number:.0f} has no text alternative: say what it shows. {where}",
    "units_differ": "°C and °F do not say the same: {where}",
    "one_right_answer": "The teach-back question needs exactly one right answer: “{where}”",
    "empty": "There is nothing on the page yet.",
    "no_call_now": "An emergency page needs a “Call now” box.",
    "no_teach_back": "There is no teach-back question.",
    "not_checked": "A qualified translator has not checked this translation.",
    "unknown_question": "The checklist has no such question or answer: {where}",
    "unknown_page": "There is no page with this address: {where}",
}

_LEADS_NOWHERE = {
    "question": "No page that is live answers the checklist question “{what}”.",
    "page": "A page names a question or a page that is not there. {what}",
    "sign": "A warning sign names an answer that the checklist does not have. {what}",
}


def orphan_text(kind: str, what: str) -> str:
    """One thing that families would miss, in a sentence."""
    return _LEADS_NOWHERE[kind].format(what=what)


def finding_text(finding: Finding) -> str:
    """One finding in a sentence."""
    facts: dict[str, Any] = {
        "aim": GRADE_AIM,
        "limit": GRADE_LIMIT,
        "long": LONG_SENTENCE,
        "calm": EMERGENCY_LIMIT,
    }
    return _FINDINGS[finding.code].format(number=finding.number, where=finding.where[:160], **facts).strip()
