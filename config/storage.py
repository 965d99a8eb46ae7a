"""Static files under names that change with their content, so that they may be kept for ever."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_OF_PHONES = ("caregiver/", "ui/")
# Scripts of libraries stay as they came: some name files in comments that do not exist.
_OWN_SCRIPTS = ("caregiver/*.js", "console/*.js", "notifications/*.js", "ui/*.js")
_IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class _ImportsToo:
    """Imports between scripts get the changing names as well: a phone must never mix two versions."""

    patterns = (*ManifestStaticFilesStorage.patterns, *((glob, _IMPORTS) for glob in _OWN_SCRIPTS))

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Wagtail's styles name a picture of the picture editor, which is not installed."""
        if name.startswith("wagtailimages/"):
            return name
        return str(super().hashed_name(name, content, filename))  # type: ignore[misc]


class OwnFilesCompressed(_ImportsToo, CompressedManifestStaticFilesStorage):
    """For the demo: to a family's phone as in production. All files would take half a minute."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        yield from super().compress_files([path for path in paths if path.startswith(_OF_PHONES)])


class CompressedFiles(_ImportsToo, CompressedManifestStaticFilesStorage):
    """For production: Brotli and gzip beside each file."""
