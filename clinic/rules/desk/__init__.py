"""When a desk locks."""
