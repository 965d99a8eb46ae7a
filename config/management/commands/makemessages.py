"""`manage.py makemessages` without guesses: a new text stands empty until somebody translates it."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """As Django's. Its guesses would stand where a language leaves what only staff read empty.

    Entries stand by their text: in the order of the files each new page would move thousands of lines.
    """

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching", "--sort-output"]
