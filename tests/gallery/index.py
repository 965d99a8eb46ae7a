"""The page on which all pictures stand, to be looked through one by one; with what was not right."""

from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path

from tests.gallery.pictures import parts_of
from tests.gallery.screens import Screen

# A picture that an address names is shown as large as it is, with those before and after it a press away.
_STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 1.5rem; background: #f4f4f2; color: #1c1c1c; }
section { margin-block-end: 2rem; } h3 { margin-block: 0; } section p { margin-block: 0 0.5rem; color: #555; }
nav { columns: 16rem; } nav a { display: block; }
.row { display: flex; gap: 1rem; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; flex: none; } figcaption { font-size: 0.85rem; }
img { block-size: 420px; inline-size: auto; object-fit: cover; object-position: top; border: 1px solid #bbb; }
.row:has(:target) { flex-wrap: wrap; } figure:target { flex: 0 0 100%; } :target img { block-size: auto; }
"""


def write_index(folder: Path, groups: Mapping[str, Iterable[Screen]], failed: Iterable[str]) -> None:
    """Pictures of earlier runs, of screens that were not made anew, stay on it."""
    shown = {title: [one for one in screens if _figures(folder, one)] for title, screens in groups.items()}
    every = [name for screens in shown.values() for one in screens for name, _ in _figures(folder, one)]
    beside = dict(zip(every, zip(["", *every], [*every[1:], ""], strict=False), strict=True))
    count = sum(len(screens) for screens in shown.values())
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Gallery</title>",
        f"<style>{_STYLE}</style><h1>{count} screens, {len(every)} pictures</h1>",
        "".join(f"<p>Not right: {escape(one)}</p>" for one in failed),
        *(f"<h2>{title}</h2><nav>{_links(screens)}</nav>" for title, screens in shown.items()),
    ]
    for screens in shown.values():
        for one in screens:
            figures = [_figure(name, says, *beside[name]) for name, says in _figures(folder, one)]
            parts.append(
                f'<section id="{one.name}"><h3><a href="#{one.name}">{one.name}</a></h3>'
                f"<p>{escape(_about(one))}</p><div class=row>{''.join(figures)}</div></section>"
            )
    (folder / "index.html").write_text("\n".join(parts), encoding="utf-8")


def _figures(folder: Path, screen: Screen) -> list[tuple[str, str]]:
    """Each file without its ending, and what it shows."""
    found = []
    for view in screen.views:
        files = parts_of(folder / f"{screen.name}--{view.name}.png")
        for number, path in enumerate(files, start=1):
            part = f", part {number} of {len(files)}" if len(files) > 1 else ""
            found.append((path.stem, f"{view.name}{part}"))
    return found


def _figure(name: str, says: str, before: str, after: str) -> str:
    ways = [
        f'<a href="#{other}">{word}</a>'
        for other, word in ((before, "before"), (name, "large"), (after, "next"))
        if other
    ]
    return (
        f'<figure id="{name}"><figcaption><strong>{says}</strong> {" · ".join(ways)}</figcaption>'
        f'<a href="{name}.png"><img src="{name}.png" loading=lazy alt=""></a></figure>'
    )


def _links(screens: Iterable[Screen]) -> str:
    return "".join(f'<a href="#{one.name}">{one.name}</a>' for one in screens)


def _about(screen: Screen) -> str:
    """How one comes there: the address, who it is, and what is done on the way."""
    told = [
        screen.path or "goes on from the one before",
        f"as {screen.person or 'a visitor'}",
        f"answered with {screen.status}" if screen.status >= 400 else "",
        f"{screen.open} open alerts" if "worklist" in screen.name or "patients" in screen.name else "",
        "unfolded" if screen.unfolded else "",
        "without a signal" if screen.offline_days is not None else "",
        f"without {screen.loses}" if screen.loses else "",
        *screen.press,
    ]
    return " · ".join(filter(None, told))
