"""Forms of labs, of the facts for the scores, and of answers to a suggestion."""
