"""Whoever reads the tree finds what it points to."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SKIPPED = {".git", ".venv", "node_modules", "var", "staticfiles", "__pycache__", ".mypy_cache", ".ruff_cache"}
# What the nightly examples leave behind.
SKIPPED |= {".hypothesis"}
TEXTS = {".py", ".js", ".css", ".html", ".md", ".yaml", ".yml", ".toml", ".txt", ".example", ".service", ""}
# Lists of what was to be built that stayed outside.
OUTSIDE = re.compile(r"\bfeatures? (?:ledger|D?\d+)|\breference,? section|\bplatform section", re.I)


def texts() -> Iterator[Path]:
    folders = [ROOT]
    while folders:
        for path in folders.pop().iterdir():
            if path.is_symlink() or path.name in SKIPPED:
                continue
            if path.is_dir():
                folders.append(path)
            elif path.suffix in TEXTS and path != Path(__file__):
                yield path


def test_links_between_documents_lead_somewhere():
    broken = [
        f"{path.relative_to(ROOT)}: {target}"
        for path in texts()
        if path.suffix == ".md"
        for target in re.findall(r"\]\((?!https?:|mailto:|#|/)([^)#]+)", path.read_text())
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_document_that_is_named_is_here():
    here = {path.name for path in texts() if path.suffix == ".md"}
    missing = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in texts()
        for name in re.findall(r"[\w-]+\.md\b", path.read_text())
        if name not in here
    ]

    assert missing == []


def test_nothing_cites_a_list_that_is_not_here():
    cited = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in texts()
        for found in OUTSIDE.finditer(path.read_text())
    ]

    assert cited == []


def test_index_of_decisions_lists_each_once_in_order():
    folder = ROOT / "docs" / "adr"
    decisions = sorted(path.name for path in folder.glob("0*.md"))
    listed = re.findall(r"\((0\d{3}-[^)]+)\) \| ([^|]+) \|", (folder / "README.md").read_text())

    assert [name for name, _ in listed] == decisions
    assert [f"# {int(name[:4])}. {title}" for name, title in listed] == [
        (folder / name).read_text().splitlines()[0] for name in decisions
    ]
