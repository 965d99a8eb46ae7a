"""Pages of a member of staff's own account."""
