"""What the tables are, as text that a person can read.

postgresql.txt and sqlite.txt are what our migrations must make (description.py).
"""
