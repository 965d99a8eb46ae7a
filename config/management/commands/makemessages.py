"""`manage.py makemessages` without guesses: a new text stands empty until somebody translates it."""

from django.core.management.commands import makemessages


class Command(makemessages.Command):
    """As Django's. Its guesses would stand where a language leaves what only staff read empty."""

    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
