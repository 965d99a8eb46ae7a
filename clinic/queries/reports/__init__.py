"""Reports as staff read them."""
