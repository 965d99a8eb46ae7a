"""Paging staff until a person answers."""
