"""The scores, each a pure function. Unknown is never 0, and no score is one person's chance of anything."""
