"""Words that all rules share: levels, kinds of question, staffed hours."""
