"""How days, times and numbers are written, where the framework would write them in another way."""
