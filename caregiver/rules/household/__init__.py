"""What stands first for a family, and in which words."""
