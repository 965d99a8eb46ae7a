"""A picture of a page in one form, in as many parts as the page is long."""

from pathlib import Path

from playwright.sync_api import Page

from tests.gallery.screens import View

# A picture of more is refused by the browser's own limits on some machines.
LONGEST = 6000
# So much of a part stands in the next one too: a bar at the edge of the window covers no more.
OVERLAP = 200
SHORTEST = 500

# The page, and what scrolls within it where the page itself is as tall as the window.
_SCROLLING = """[document.scrollingElement, ...[...document.querySelectorAll('body *')].filter(
  (one) => one.clientHeight > innerHeight / 2 && /auto|scroll/.test(getComputedStyle(one).overflowY))]"""
# How much of it is out of sight, and how tall the smallest window on it is.
_HIDDEN = f"""(() => {{
  const found = {_SCROLLING}.map((one) => [one.scrollHeight - one.clientHeight, one.clientHeight])
    .filter(([hidden]) => hidden > 1);
  const [hidden, windows] = [0, 1].map((place) => found.map((one) => one[place]));
  return [Math.max(0, ...hidden), Math.min(innerHeight, ...windows)];
}})()"""
_SCROLL = f"(top) => {_SCROLLING}.forEach((one) => one.scrollTo({{ top, behavior: 'instant' }}))"


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
    hidden, window = _grow(page)
    page.screenshot(path=path)
    top, part = 0, 1
    while top < hidden:
        seen, part = top + window - OVERLAP, part + 1
        top = min(seen, hidden)
        page.evaluate(_SCROLL, top)
        # Only where the page itself is moved is all the rest below what was seen.
        above = seen - top if window == _size(page)["height"] else 0
        rest = {"x": 0, "y": above, "width": _size(page)["width"], "height": _size(page)["height"] - above}
        page.screenshot(path=path.with_name(f"{path.stem}--{part}.png"), clip=rest)  # type: ignore[arg-type]
    if part > 1:
        page.evaluate(_SCROLL, 0)


def parts_of(path: Path) -> list[Path]:
    """The files of one picture, in their order; none where it was not taken."""
    found = [path] if path.exists() else []
    while found and (following := path.with_name(f"{path.stem}--{len(found) + 1}.png")).exists():
        found.append(following)
    return found


def _grow(page: Page) -> tuple[int, int]:
    """A window is as tall as the tallest form so far: the next one of this width seldom needs another.

    What is out of sight all the same, and how tall the window on it is.
    """
    hidden, window = page.evaluate(_HIDDEN)
    size = _size(page)
    height = min(LONGEST, max(SHORTEST, size["height"] + hidden))
    if height > size["height"]:
        page.set_viewport_size({"width": size["width"], "height": height})
        hidden, window = page.evaluate(_HIDDEN)
    return int(hidden), int(window)


def _size(page: Page) -> dict[str, int]:
    size = page.viewport_size
    assert size is not None
    return {"width": size["width"], "height": size["height"]}
