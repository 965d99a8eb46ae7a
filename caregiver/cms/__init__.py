"""The educators' editor: Wagtail, cut down to guidance pages and their pictures, behind our own sign-in."""
