"""What stands on the console's main pages."""
