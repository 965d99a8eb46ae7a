"""Writes the prepared database anew from the one that the tests migrate: `make prepared-database`."""

import os
import sys
from pathlib import Path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from config import prepared
    from tests import databases

    prepared.pack(databases.migrated_file())
    sys.stdout.write(f"Written: {prepared.FILE.relative_to(Path.cwd())}\n")


if __name__ == "__main__":
    main()
