"""A small Twilio: takes texts over HTTP, keeps them, fails on demand, and signs its callbacks.

Every request and every answer is held to Twilio's own description (vendor.py); `problems` must stay empty.
"""

import json
import socket
import threading
import urllib.request
import uuid
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from tests.fakes.vendor import problems_of_answer, problems_of_form, problems_of_query

ACCOUNT = "AC" + "a" * 32
TOKEN = "token-of-the-fake"
SERVICES = {"codes": "MG" + "1" * 32, "reminders": "MG" + "2" * 32, "paging": "MG" + "3" * 32}

# code → (HTTP status, words), as Twilio answers.
REFUSALS = {
    "20003": (401, "Authenticate"),
    "20005": (403, "Account is not active"),
    "20404": (404, "The requested resource was not found"),
    "20429": (429, "Too Many Requests"),
    "21211": (400, "Invalid 'To' Phone Number"),
    "21408": (403, "Permission to send an SMS has not been enabled for the region"),
    "21603": (400, "A 'From' phone number is required"),
    "21610": (400, "Attempt to send to unsubscribed recipient"),
    "21611": (400, "This 'From' number has exceeded the maximum number of queued messages"),
    "21612": (400, "The 'To' phone number is not currently reachable"),
    "21614": (400, "'To' number is not a valid mobile number"),
    "21703": (400, "The Messaging Service contains no phone numbers"),
    "99999": (400, "A code that nobody has written down"),
}


@dataclass
class Twilio:
    """The running fake. Put faults into `faults`; each request for a new text takes the first.

    Faults: an error code of REFUSALS, "500", "500 after accept", "reset", "reset after accept", "hang",
    "hang after accept", "garbage", "no sid".
    """

    url: str = ""
    faults: list[str] = field(default_factory=list)
    list_faults: list[str] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    call_forms: list[dict[str, str]] = field(default_factory=list)
    posts: int = 0
    lists: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    # Called while a list is asked for: what happens elsewhere in the meantime.
    during_list: Callable[[], object] = lambda: None
    # What `check_setup --twilio` asks about.
    account_status: str = "active"
    numbers: dict[str, dict[str, bool]] = field(default_factory=dict)
    inbound_url: str = "https://kin.example.org/hooks/twilio/inbound/"
    defers_to_numbers: bool = False
    clock: Callable[[], datetime] = lambda: datetime.now(tz=UTC)
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def accept(self, form: dict[str, str]) -> dict[str, Any]:
        """Keep a text, as Twilio describes one that came through a messaging service."""
        sid = "SM" + uuid.uuid4().hex
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
        moment = format_datetime(self.clock().replace(microsecond=0))
        text: dict[str, Any] = {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": form["Body"],
            "date_created": moment,
            "date_sent": None,
            "date_updated": moment,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": None,
            "messaging_service_sid": form["MessagingServiceSid"],
            "num_media": "0",
            "num_segments": "0",
            "price": None,
            "price_unit": None,
            "sid": sid,
            "status": "accepted",
            "subresource_uris": {"media": f"{path}/Media.json"},
            "to": form["To"],
            "uri": f"{path}.json",
        }
        with self.lock:
            self.texts.append(text)
            self.forms.append(form)
        return text

    def place(self, form: dict[str, str]) -> dict[str, Any]:
        """Keep a call, as Twilio describes one that has not rung yet."""
        sid = "CA" + uuid.uuid4().hex
        path = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}"
        moment = format_datetime(self.clock().replace(microsecond=0))
        call: dict[str, Any] = {
            "sid": sid,
            "date_created": moment,
            "date_updated": moment,
            "parent_call_sid": None,
            "account_sid": ACCOUNT,
            "to": form["To"],
            "to_formatted": form["To"],
            "from": form["From"],
            "from_formatted": form["From"],
            "phone_number_sid": "PN" + "c" * 32,
            "status": "queued",
            "start_time": None,
            "end_time": None,
            "duration": None,
            "price": None,
            "price_unit": "USD",
            "direction": "outbound-api",
            "answered_by": None,
            "api_version": "2010-04-01",
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": "0",
            "trunk_sid": None,
            "uri": f"{path}.json",
            "subresource_uris": {"recordings": f"{path}/Recordings.json"},
        }
        with self.lock:
            self.calls.append(call)
            self.call_forms.append(form)
        return call

    def call_callback(self, call: dict[str, Any], status: str) -> "Callback":
        """What Twilio would post about a call, to the address that came with it."""
        form = self.call_forms[self.calls.index(call)]
        params = {"CallSid": call["sid"], "CallStatus": status, "AccountSid": ACCOUNT, "To": call["to"]}
        return sign(form["StatusCallback"].partition("#")[0], params)

    def ask(self, call: dict[str, Any], digits: str = "") -> "Callback":
        """What Twilio would post when a call is taken, or when keys are pressed in it."""
        form = self.call_forms[self.calls.index(call)]
        params = {"CallSid": call["sid"], "CallStatus": "in-progress", "AccountSid": ACCOUNT}
        return sign(form["Url"].partition("#")[0], {**params, "Digits": digits} if digits else params)

    def callback(self, text: dict[str, Any], status: str, error_code: str = "") -> "Callback":
        """What Twilio would post about a text, to the address that came with it."""
        form = self.forms[self.texts.index(text)]
        params = {"MessageSid": text["sid"], "MessageStatus": status, "AccountSid": ACCOUNT, "To": text["to"]}
        if error_code:
            params["ErrorCode"] = error_code
        return sign(form["StatusCallback"].partition("#")[0], params)

    def deliver(self, text: dict[str, Any], status: str, error_code: str = "") -> int:
        """Post a callback over the network; gives the HTTP status of the answer."""
        callback = self.callback(text, status, error_code)
        request = urllib.request.Request(
            callback.address, urlencode(callback.params).encode(), {"X-Twilio-Signature": callback.signature}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)


@dataclass(frozen=True)
class Callback:
    """A signed request of Twilio's."""

    address: str
    params: dict[str, str]
    signature: str


def sign(address: str, params: dict[str, str], token: str = TOKEN) -> Callback:
    """Sign with Twilio's own algorithm."""
    return Callback(address, params, RequestValidator(token).compute_signature(address, params))


@contextmanager
def running(port: int = 0) -> Iterator[Twilio]:
    """Serve on a loopback port until the block ends."""
    fake = Twilio()
    server = ThreadingHTTPServer(("127.0.0.1", port), type("Bound", (_Handler,), {"fake": fake}))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    fake: Twilio

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if len(body) < int(self.headers["Content-Length"]):
            # Whoever asked died while asking.
            return None
        fields = parse_qs(body, keep_blank_values=True)
        form = {name: values[0] for name, values in fields.items()}
        self.fake.problems += problems_of_form("create_call" if self._is_about_calls() else "create", fields)
        with self.fake.lock:
            self.fake.posts += 1
            fault = self.fake.faults.pop(0) if self.fake.faults else ""
        if not self._signed_in():
            return self._refuse("20003")
        if fault in REFUSALS:
            return self._refuse(fault)
        kind, keep = ("call", self.fake.place) if self._is_about_calls() else ("message", self.fake.accept)
        kept = keep(form) if not fault or fault.endswith(("accept", "garbage", "no sid")) else {}
        if fault:
            return self._fail(fault, kept)
        return self._answer(201, kept, kind)

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        with self.fake.lock:
            self.fake.lists.append(query)
            fault = self.fake.list_faults.pop(0) if self.fake.list_faults else ""
        if self._tell_of_account(asked.path, query, fault):
            return None
        if not asked.path.endswith(("/Messages.json", "/Calls.json")):
            return self._tell_one(asked.path, fault)
        listed = "call_list" if self._is_about_calls() else "list"
        self.fake.problems += problems_of_query(f"{listed}_parameters", query)
        self.fake.during_list()
        many = "calls" if self._is_about_calls() else "messages"
        with self.fake.lock:
            kept = self.fake.calls if many == "calls" else self.fake.texts
            found = [t for t in reversed(kept) if t["to"] == query.get("To", t["to"])]
        if fault:
            return self._fail(fault, {})
        page = {
            "end": max(0, len(found) - 1),
            "first_page_uri": self.path,
            many: found,
            "next_page_uri": None,
            "page": 0,
            "page_size": 50,
            "previous_page_uri": None,
            "start": 0,
            "uri": self.path,
        }
        return self._answer(200, page, listed)

    def _tell_of_account(self, path: str, query: dict[str, str], fault: str) -> bool:
        """The account, a messaging service, the numbers; these are not in the description that we hold to."""
        if path == f"/2010-04-01/Accounts/{ACCOUNT}.json":
            told: dict[str, Any] = {"sid": ACCOUNT, "status": self.fake.account_status}
        elif path.startswith("/v1/Services/"):
            sid = path.rpartition("/")[2]
            if sid not in SERVICES.values():
                self._refuse("20404")
                return True
            told = {"sid": sid, "account_sid": ACCOUNT, "inbound_request_url": self.fake.inbound_url}
            told["use_inbound_webhook_on_number"] = self.fake.defers_to_numbers
        elif path.endswith("/IncomingPhoneNumbers.json"):
            found = [
                {"phone_number": number, "capabilities": can}
                for number, can in self.fake.numbers.items()
                if query.get("PhoneNumber") in (None, number)
            ]
            told = {"incoming_phone_numbers": found, "next_page_uri": None}
        else:
            return False
        if fault:
            self._fail(fault, {})
        elif not self._signed_in():
            self._refuse("20003")
        else:
            self._send(200, json.dumps(told).encode())
        return True

    def _tell_one(self, path: str, fault: str) -> None:
        """One text or call by its id."""
        kind, kept = ("call", self.fake.calls) if "/Calls/" in path else ("message", self.fake.texts)
        found = next((one for one in kept if path.endswith(f"/{one['sid']}.json")), None)
        if fault:
            return self._fail(fault, {})
        return self._answer(200, found, kind) if found else self._refuse("20404")

    def _is_about_calls(self) -> bool:
        return urlsplit(self.path).path.endswith("/Calls.json")

    def _signed_in(self) -> bool:
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        return scheme == "Basic" and b64decode(credentials).decode() == f"{ACCOUNT}:{TOKEN}"

    def _refuse(self, code: str) -> None:
        status, words = REFUSALS[code]
        more = f"https://www.twilio.com/docs/errors/{code}"
        self._answer(
            status, {"code": int(code), "message": words, "more_info": more, "status": status}, "error"
        )

    def _fail(self, fault: str, text: dict[str, Any]) -> None:
        if fault.startswith("hang"):
            self.fake.closing.wait(30)
        elif fault.startswith("reset"):
            # Linger 0 turns the close into a reset, as a dying peer does.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            self.connection.close()
        elif fault.startswith("500"):
            self._answer(500, {"code": 20500, "message": "Internal Server Error", "status": 500}, "error")
        elif fault == "garbage":
            self._send(201, b"<html>not what you asked for")
        elif fault == "no sid":
            self._answer(201, {**text, "sid": None}, "error")

    def _answer(self, status: int, document: dict[str, Any], kind: str) -> None:
        self.fake.answers.append((kind, document))
        self.fake.problems += problems_of_answer(kind, document)
        self._send(status, json.dumps(document).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet: the tests say what went wrong."""
