"""Published versions of a protocol: read as a document, and compared in sentences."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.rules_in_words.conditions import condition_pieces
from clinic.console.rules_in_words.differences import differences_in_words
from clinic.console.rules_in_words.names import said
from clinic.console.rules_in_words.pieces import Block, read
from clinic.console.rules_in_words.places import item_name, kind_name
from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.queries.protocols import readings as query
from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols import editing
from clinic.services.reports.intake import advice_facts


@require_GET
@console_page(Permission.READ_PROTOCOLS)
def version(request: ConsoleRequest, version_id: int) -> HttpResponse:
    page = query.version_page(user=request.user, version_id=version_id)
    context = {"desk": request.desk, "page": page, "parts": _parts(page)}
    return render(request, "console/protocols/version.html", context)


@require_GET
@console_page(Permission.READ_PROTOCOLS)
def changes(request: ConsoleRequest, version_id: int) -> HttpResponse:
    asked = request.GET.get("since", "")
    page = query.version_page(user=request.user, version_id=version_id)
    older = query.compared_with(page, asked)
    differences = (
        differences_in_words(DocumentInWords(older.document), DocumentInWords(page.version.document))
        if older
        else ()
    )
    context = {"desk": request.desk, "page": page, "older": older, "differences": differences}
    return render(request, "console/protocols/changes.html", context)


def _parts(page: query.VersionPage) -> list[dict[str, Any]]:
    """The items as they are read, under the part of the protocol that they belong to."""
    document = page.version.document
    words = DocumentInWords(document)
    parts: dict[str, list[dict[str, Any]]] = {}
    for item in editing.items(document):
        section = {
            "key": item.key,
            "name": item_name(item),
            # When each advice is given stands at the advice itself.
            "blocks": () if item.kind == "advice" else words.by_item[item.key],
            "asked": _asked(document, item),
            "ticked": _ticked(document, item),
            "together": [
                {"key": rule.key, "name": item_name(rule), "levels": _levels(words.by_item[rule.key])}
                for rule in words.together.get(item.key.partition(".")[2], ())
            ],
            "advice": _advice(page, words, item),
        }
        parts.setdefault(kind_name(item), []).append(section)
    return [{"name": name, "sections": sections} for name, sections in parts.items()]


def _asked(document: dict[str, Any], item: editing.ProtocolItem) -> str:
    """The question as families read it."""
    if item.kind != "question":
        return ""
    key = item.key.partition(".")[2]
    return next(said(one["text"]) for one in document["questions"] if one["key"] == key)


def _ticked(document: dict[str, Any], item: editing.ProtocolItem) -> list[str]:
    """What a family can tick under the question. No sentence says these: one counts as much as another."""
    if item.kind != "question":
        return []
    key = item.key.partition(".")[2]
    question = next(one for one in document["questions"] if one["key"] == key)
    return [said(one["text"]) for one in question["options"]] if question["kind"] == Kind.TICKS else []


def _levels(blocks: tuple[Block, ...]) -> tuple[Level, ...]:
    """What a rule can lead to, the most pressing first."""
    found = {level for block in blocks for one in block.sentences for level, _when in one.levels}
    return tuple(sorted(found, reverse=True))


def _advice(
    page: query.VersionPage, words: DocumentInWords, item: editing.ProtocolItem
) -> list[dict[str, Any]]:
    """What families are told at a level, in the order in which the first that fits is said."""
    if item.kind != "advice":
        return []
    level = item.key.partition(".")[2]
    found = next(one for one in page.version.document["advice"] if one["level"] == level)
    # It stands after "opens" as well as after "until", and these rules are read at no hour of the clinic's.
    own = {**advice_facts(page.version.protocol.clinic), "next_staffed": _("[day and time]")}

    def filled(texts: dict[str, str]) -> str:
        return said(texts).format(**own)

    return [
        {
            "title": filled(variant["title"]),
            "when": read(condition_pieces(variant["when"], words.names)) if "when" in variant else "",
            "steps": [filled(step) for step in variant["steps"]],
            "note": filled(variant["note"]) if "note" in variant else "",
        }
        for variant in found["variants"]
    ]
