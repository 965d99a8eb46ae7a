"""Every address of the project, found by walking the resolver."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One route: its name (the path where it has none), the view, and what the path asks for."""

    name: str
    route: str
    view: Any
    arguments: tuple[str, ...]

    @property
    def is_admin(self) -> bool:
        return self.route.startswith("admin/")

    @property
    def is_editor(self) -> bool:
        """The educators' editor, most of it a library's: test_editor.py sweeps it."""
        return self.route.startswith("cms/")


def addresses() -> list[Address]:
    return list(_walk(get_resolver(), "", ()))


def _walk(resolver: URLResolver, prefix: str, arguments: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        found = (*arguments, *entry.pattern.converters, *_groups(entry))
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, found)
        else:
            yield Address(entry.name or route, route, entry.callback, found)


def _groups(entry: URLPattern | URLResolver) -> tuple[str, ...]:
    regex = getattr(entry.pattern, "_regex", None)
    return tuple(entry.pattern.regex.groupindex) if regex and not entry.pattern.converters else ()
