"""A patient's own risk: labs, scores, what tier and flags are suggested. It only ever adds safety.

No score, age, missing value or "low" here lowers a level, lengthens a timer or takes away a flag that staff
have set. Every number stands in protocols/risk.yaml; what it rests on, in docs/risk.md.
"""
