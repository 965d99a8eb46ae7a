"""Counters of the messages app. Labels are codes of ours: no numbers, no text."""

from prometheus_client import Counter

messages = Counter(
    "kinwatch_messages_total",
    "Messages by what they are for and the state they reached.",
    ["purpose", "state"],
)
tasks = Counter(
    "kinwatch_message_tasks_total", "Messages that a person has to do something about.", ["problem"]
)
refused_webhooks = Counter("kinwatch_webhooks_refused_total", "Webhooks without a right signature.", ["hook"])
unmatched_webhooks = Counter(
    "kinwatch_webhooks_unmatched_total", "Signed callbacks for a message that is not here."
)
