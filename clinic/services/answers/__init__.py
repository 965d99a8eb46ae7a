"""What staff and families answer by text or by a key."""
