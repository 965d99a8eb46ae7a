"""Pure clinical rules: values in, values out. No Django, no clock, no files, no clinical number."""
