"""Which pages fit what a family has just answered, and which fit the day. The mapping is in the pages."""

from collections.abc import Iterable, Mapping
from typing import Any

from clinic.rules.core.enums import Level as ReportLevel

_PRESSING = {"emergency": 2, "urgent": 1, "routine": 0}
# A page that names the very answer says more than one that only knows the question.
_NAMES_THE_ANSWER = 0.5


def for_answers(
    pages: Iterable[Mapping[str, Any]],
    fired: Iterable[tuple[str, ReportLevel]],
    answers: Mapping[str, Any],
    target: str,
    day: int,
) -> list[str]:
    """Slugs of the pages for these answers, the most pressing answer first.

    `fired` is (question, level) for each answer that gave the report its level.
    """
    levels: dict[str, int] = {}
    for question, level in fired:
        levels[question] = max(level.rank, levels.get(question, 0))
    scored = []
    for page in _of_the_day(pages, levels, target, day):
        led = [levels[key] for key in page["questions"] if key in levels]
        named = _NAMES_THE_ANSWER * _names_an_answer(page, answers, levels)
        scored.append((-(max(led) + named), -_PRESSING[page["level"]], page["number"], page["slug"]))
    return [slug for *_, slug in sorted(scored)]


def for_day(pages: Iterable[Mapping[str, Any]], day: int, target: str) -> list[str]:
    """Slugs of the pages that are about this day after the therapy, in their order."""
    found = [page for page in pages if _is_about(page, day) and page.get("target") in (None, "", target)]
    return [page["slug"] for page in sorted(found, key=lambda page: page["number"])]


def orphans(
    pages: Iterable[Mapping[str, Any]], questions: Mapping[str, Iterable[str]]
) -> list[tuple[str, str]]:
    """("question" | "page" | "sign", what) for everything that leads nowhere.

    `questions` are the checklist's, with their answers: each needs a page, and a page names no other.
    """
    pages = list(pages)
    slugs, led = {page["slug"] for page in pages}, {key for page in pages for key in page["questions"]}
    found = [("question", key) for key in questions if key not in led]
    for page in pages:
        found += [("page", f"{page['slug']}: {key}") for key in page["questions"] if key not in questions]
        found += [("page", f"{page['slug']}: {slug}") for slug in page["related"] if slug not in slugs]
        found += [
            ("sign", f"{page['slug']}: {question}.{option}")
            for question, option in signs_of(page)
            if question and (question not in questions or (option and option not in set(questions[question])))
        ]
    return found


def signs_of(page: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(question, answer) of every warning sign on the page."""
    return [
        (item["question"], _written(item["option"]))
        for block in page["body"]
        for kind, value in block.items()
        if kind == "warning_signs"
        for item in value["items"]
    ]


def _of_the_day(
    pages: Iterable[Mapping[str, Any]], levels: Mapping[str, int], target: str, day: int
) -> list[Mapping[str, Any]]:
    """Those that these questions lead to. One about other days only if a question leads nowhere else."""
    led = [
        page
        for page in pages
        if page.get("target") in (None, "", target) and not levels.keys().isdisjoint(page["questions"])
    ]
    fitting = [page for page in led if not page.get("days") or _is_about(page, day)]
    answered = {key for page in fitting for key in page["questions"]}
    others = [page for page in led if page not in fitting]
    return fitting + [page for page in others if (levels.keys() & set(page["questions"])) - answered]


def _names_an_answer(page: Mapping[str, Any], answers: Mapping[str, Any], levels: Mapping[str, int]) -> bool:
    return any(
        question in levels and option and option in _answers_written(answers.get(question))
        for question, option in signs_of(page)
    )


def _answers_written(answer: Any) -> set[str]:
    return {_written(one) for one in (answer if isinstance(answer, list) else [answer])}


def _written(value: Any) -> str:
    """An answer as it is written in a page: true, 2, seizure."""
    return "" if value is None else str(value).lower()


def _is_about(page: Mapping[str, Any], day: int) -> bool:
    days = page.get("days")
    if not days:
        return False
    return bool(days["from"] <= day and (days["to"] is None or day <= days["to"]))
