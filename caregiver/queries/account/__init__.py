"""What a caregiver chose for themselves."""
