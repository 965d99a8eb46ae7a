"""Watching the watchers."""
