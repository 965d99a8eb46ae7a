#!/usr/bin/env python3
"""Django's command line; without further settings it means the embedded default."""

import sys

from django.core.management import execute_from_command_line

from config import starting

if __name__ == "__main__":
    with starting.one_line_for_problems():
        starting.choose_settings_of_commands()
        execute_from_command_line(sys.argv)
