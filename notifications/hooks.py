"""The only way up: what the clinic may listen to. No safety property depends on a listener."""

from django.dispatch import Signal

# message_id, purpose, state, error_code, now
message_state_changed = Signal()

# inbound_id, from_phone, body, kind ("stop", "start", "help", "text"), service, now
sms_received = Signal()
