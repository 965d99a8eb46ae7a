"""What a phone takes along, and hands in later."""
