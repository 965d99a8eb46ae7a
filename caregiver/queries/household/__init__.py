"""What a family sees of its own reports."""
