#!/usr/bin/env python3
"""Django's command line; without further settings it means the embedded default."""

import sys

from django.core.management import execute_from_command_line

from clinic import row_scope
from config import starting

if __name__ == "__main__":
    # Whoever may run commands here may see every clinic.
    row_scope.of_process(row_scope.EVERYTHING)
    with starting.one_line_for_problems():
        starting.choose_settings_of_commands()
        execute_from_command_line(sys.argv)
