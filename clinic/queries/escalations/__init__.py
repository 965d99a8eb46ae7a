"""One escalation: who has it, its history, its panel."""
