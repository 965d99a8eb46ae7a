"""Stored codes in words."""

from django.utils.translation import gettext_lazy as _

from notifications.rules.channels import Channel
from notifications.rules.keywords import Kind
from notifications.rules.purposes import Purpose
from notifications.rules.states import State

CHANNELS = {
    Channel.SMS: _("Text"),
    Channel.VOICE: _("Phone call"),
    Channel.PUSH: _("Notice on a device"),
    Channel.EMAIL: _("E-mail"),
}

PURPOSES = {
    Purpose.PAGE: _("Call for the team"),
    Purpose.CODE: _("Sign-in code"),
    Purpose.INVITE: _("Invitation"),
    Purpose.REPLY: _("Automatic message"),
    Purpose.REMINDER: _("Reminder"),
    Purpose.STOPPED: _("Answer to a STOP"),
    Purpose.RECOVERY: _("Texts work again"),
    Purpose.NEWS: _("What staff did, for the family"),
    Purpose.CHECKIN: _("Call for a check-in"),
}

STATES = {
    State.PENDING: _("Waiting to be sent"),
    State.SENDING: _("Being sent"),
    State.UNKNOWN: _("Not known if it was sent"),
    State.ACCEPTED: _("Handed to the phone company"),
    State.SENT: _("Sent"),
    State.DELIVERED: _("Arrived"),
    State.FAILED: _("Not delivered"),
    State.EXPIRED: _("Not sent: its time had passed"),
    State.SUPPRESSED: _("Held back, not sent"),
}

INBOUND = {
    Kind.STOP: _("Stops our texts"),
    Kind.REVIEW: _("May want no more texts"),
    Kind.START: _("Wants our texts again"),
    Kind.HELP: _("Asks for help with our texts"),
    Kind.TEXT: _("Wrote something"),
    Kind.URGENT: _("Asks for a person"),
    Kind.DEATH: _("May tell of a death"),
    Kind.REACTION: _("Reacted to one of our texts"),
}
