"""A picture of a page in one form, in as many parts as the page is long."""

from pathlib import Path

from playwright.sync_api import Page

from tests.gallery.screens import View

# A picture of more is refused by the browser's own limits on some machines.
LONGEST = 6000
# So much of a part stands in the next one too: a bar at the edge of the window covers no more.
OVERLAP = 200
SHORTEST = 500


def set_width(page: Page, view: View) -> None:
    page.set_viewport_size({"width": view.width, "height": 800 if view.is_phone else 900})


def set_form(page: Page, view: View) -> None:
    """What the person has set on their device."""
    page.emulate_media(
        media="print" if view.media == "print" else "screen",
        color_scheme="dark" if view.scheme == "dark" else "light",
        forced_colors="active" if view.forced else "none",
    )
    if page.viewport_size is None or page.viewport_size["width"] != view.width:
        set_width(page, view)


def take(page: Page, path: Path) -> None:
    """As tall as the page, so that the bar at the foot stands there; the rest of a long one in parts."""
    for old in path.parent.glob(f"{path.stem}--*.png"):
        old.unlink()
    _grow(page, min(LONGEST, max(SHORTEST, _height(page))))
    whole = _height(page)
    page.screenshot(path=path)
    window = _size(page)["height"]
    top, part = 0, 1
    while top + window < whole:
        seen, part = top + window - OVERLAP, part + 1
        top = min(seen, whole - window)
        page.evaluate("(top) => scrollTo({ top, behavior: 'instant' })", top)
        rest = {"x": 0, "y": seen - top, "width": _size(page)["width"], "height": window - (seen - top)}
        page.screenshot(path=path.with_name(f"{path.stem}--{part}.png"), clip=rest)  # type: ignore[arg-type]
    if part > 1:
        page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")


def parts_of(path: Path) -> list[Path]:
    """The files of one picture, in their order; none where it was not taken."""
    found = [path] if path.exists() else []
    while found and (following := path.with_name(f"{path.stem}--{len(found) + 1}.png")).exists():
        found.append(following)
    return found


def _grow(page: Page, height: int) -> None:
    """A window is as tall as the tallest form so far: the next one of this width seldom needs another."""
    size = _size(page)
    if size["height"] < height:
        page.set_viewport_size({"width": size["width"], "height": height})


def _height(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollHeight"))


def _size(page: Page) -> dict[str, int]:
    size = page.viewport_size
    assert size is not None
    return {"width": size["width"], "height": size["height"]}
