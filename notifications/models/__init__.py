"""Messages, what became of them, and who does not want any. No patient is known here."""

from notifications.models.consent import Consent
from notifications.models.inbound_sms import InboundSms
from notifications.models.message import Message
from notifications.models.message_event import MessageEvent
from notifications.models.monthly_use import MonthlyUse
from notifications.models.opt_out import OptOut
from notifications.models.phone_trouble import PhoneTrouble
from notifications.models.push_subscription import PushSubscription
from notifications.models.route_trouble import RouteTrouble
from notifications.models.sender_hold import SenderHold

__all__ = [
    "Consent",
    "InboundSms",
    "Message",
    "MessageEvent",
    "MonthlyUse",
    "OptOut",
    "PhoneTrouble",
    "PushSubscription",
    "RouteTrouble",
    "SenderHold",
]
