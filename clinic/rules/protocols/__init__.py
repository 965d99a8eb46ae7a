"""The protocol: its document, how answers become a level, what of it may be edited."""
