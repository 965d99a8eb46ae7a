"""Read models: what a page needs, starting from what the person may see."""
