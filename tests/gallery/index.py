"""The page on which all pictures stand, by screen, with what was not right."""

from collections.abc import Iterable
from html import escape
from pathlib import Path

from tests.gallery.screens import Screen

_STYLE = """
body { font: 16px/1.4 system-ui, sans-serif; margin: 1.5rem; background: #f4f4f2; color: #1c1c1c; }
section { margin-block-end: 2rem; } h2 { font-size: 1.1rem; margin-block: 0 0.5rem; }
.row { display: flex; gap: 1rem; overflow-x: auto; align-items: flex-start; }
figure { margin: 0; flex: none; } figcaption { font-size: 0.85rem; color: #555; }
img { block-size: 420px; inline-size: auto; object-fit: cover; object-position: top; border: 1px solid #bbb; }
"""


def write_index(folder: Path, screens: Iterable[Screen], failed: Iterable[str]) -> None:
    """Pictures of earlier runs, of screens that were not made anew, stay on it."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8><title>Gallery</title>",
        f"<style>{_STYLE}</style><h1>Every screen</h1>",
        "".join(f"<p>Not right: {escape(one)}</p>" for one in failed),
    ]
    for screen in screens:
        figures = [
            f'<figure><a href="{name}"><img src="{name}" loading=lazy alt=""></a>'
            f"<figcaption>{escape(view.name)}</figcaption></figure>"
            for view in screen.views
            if (folder / (name := f"{screen.name}--{view.name}.png")).exists()
        ]
        if figures:
            parts.append(
                f"<section><h2>{escape(screen.name)}</h2><div class=row>{''.join(figures)}</div></section>"
            )
    (folder / "index.html").write_text("\n".join(parts), encoding="utf-8")
