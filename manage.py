#!/usr/bin/env python3
"""Django's command line; without further settings it means the embedded default."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from clinic import row_scope

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    # Whoever may run commands here may see every clinic.
    row_scope.of_process(row_scope.EVERYTHING)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Configuration: {problem}")
