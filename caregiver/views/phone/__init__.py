"""What works without a signal."""
