"""From a form, or a phone's clock, to what a report says."""
