"""A telephone on the other end of the fake Twilio: dials, listens, presses keys, is silent, hangs up.

It does what Twilio does with the TwiML of ours: keys go to the address of the Gather, silence goes on to the
Redirect after it. Every request is signed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

from django.test import Client

from tests.fakes import twilio as fakes


@dataclass
class Telephone:
    """One call. `said` is what was read out last, `languages` in which voices."""

    base: str
    number: str
    sid: str
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))
    said: str = ""
    languages: tuple[str, ...] = ()
    is_over: bool = False
    requests: list[fakes.Callback] = field(default_factory=list)
    # What every other request of the vendor goes through first: once, twice, late.
    _gather: str = ""
    _redirect: str = ""

    def dial(self, to: str) -> str:
        """Call the clinic; what is said."""
        return self.ask(f"{self.base}/hooks/twilio/keypad/", {"From": self.number, "To": to})

    def take(self, call: dict[str, Any], form: dict[str, str]) -> str:
        """Pick up a call of ours, as Twilio placed it."""
        assert call["to"] == self.number
        return self.ask(form["Url"].partition("#")[0], {"From": call["from"], "To": call["to"]})

    def press(self, *keys: str) -> str:
        """One answer after the other; what is said after the last."""
        for digits in keys:
            assert self._gather, f"nobody waits for a key any more: {self.said}"
            self.ask(self._gather, {"Digits": digits})
        return self.said

    def wait(self) -> str:
        """Press nothing until the time is up."""
        return self.ask(self._redirect, {})

    def repeat(self) -> str:
        """The vendor sends its last request once more."""
        return self.send(self.requests[-1])

    def ask(self, address: str, params: dict[str, str]) -> str:
        known = {"CallSid": self.sid, "AccountSid": fakes.ACCOUNT, "CallStatus": "in-progress"}
        return self.send(fakes.sign(address, {**known, **params}))

    def send(self, callback: fakes.Callback, *, during: Callable[[], object] = lambda: None) -> str:
        self.requests.append(callback)
        where = urlsplit(callback.address)
        path = where.path + (f"?{where.query}" if where.query else "")
        answer = self.client.post(
            path,
            urlencode(callback.params),
            content_type="application/x-www-form-urlencoded",
            headers={"X-Twilio-Signature": callback.signature},
        )
        during()
        assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
        return self._listen(ElementTree.fromstring(answer.content))

    def _listen(self, twiml: ElementTree.Element) -> str:
        redirect, gather = twiml.find("Redirect"), twiml.find("Gather")
        if redirect is not None and gather is None:
            return self.ask(str(redirect.text), {})
        says = list(twiml.iter("Say"))
        self.said = " ".join(str(one.text) for one in says)
        self.languages = tuple(one.attrib["language"] for one in says)
        self.is_over = twiml.find("Hangup") is not None
        self._gather = "" if gather is None else gather.attrib["action"]
        self._redirect = "" if redirect is None else str(redirect.text)
        return self.said
