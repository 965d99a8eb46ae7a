"""What axe finds on a page: shared by the browser tests and the gallery."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# Around our fields the editor is the framework's own; so is the list of headings beside them.
_OURS = {"include": [["main"]], "exclude": [[".w-minimap"], ["[id^=w-minimap]"]]}


def serious_findings(page: Page, *, is_editor: bool = False) -> list[str]:
    """Those of serious or critical impact on the page as it stands; of the editor only what is ours."""
    # The call at the thumb covers what scrolls under it; axe would take that for a target too small.
    page.evaluate("document.querySelectorAll('.thumb').forEach((one) => (one.style.position = 'static'))")
    # Of what passes, one example a rule: nobody reads it, and listing it takes most of the time.
    options = {"runOnly": {"type": "tag", "values": _TAGS}, "resultTypes": ["violations"]}
    found = Axe().run(page, context=_OURS if is_editor else None, options=options)
    return [
        f"{one['id']}: {one['help']} {[node['html'] for node in one['nodes'][:3]]}"
        for one in found.response["violations"]
        if one["impact"] in {"serious", "critical"}
    ]
