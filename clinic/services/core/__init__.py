"""What every other service may use: audit, alarms, live push, tokens, limits."""
