"""Static files under names that change with their content, so that they may be kept for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Base

# Scripts of libraries stay as they came: some name files in comments that do not exist.
_OWN_SCRIPTS = ("caregiver/*.js", "console/*.js", "notifications/*.js", "ui/*.js")
_IMPORTS = Base._js_module_import_aggregation_patterns[1]


class StaticFiles(Base):
    """Imports between scripts get the changing names too: a phone must never mix two versions."""

    patterns = (*Base.patterns, *((glob, _IMPORTS) for glob in _OWN_SCRIPTS))
