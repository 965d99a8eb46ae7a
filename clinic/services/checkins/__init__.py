"""Planning check-ins, and reminding the family of them."""
