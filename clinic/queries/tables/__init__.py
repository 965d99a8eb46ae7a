"""A clinic's rows as tables for analysis: without names, phone numbers or notes, and with what they mean."""
