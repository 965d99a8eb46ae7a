"""What a member of staff keeps for themselves."""
