"""The least that a report could cost: a token, one row, an answer. Ours is told as a ratio to it."""
