"""A person before a page without a browser: opens it, follows links, fills in forms, presses buttons.

Scripts do not run, so what is done this way can be done with none.
"""

import base64
import hmac
from dataclasses import dataclass, field
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag

_CHOSEN = ("radio", "checkbox")


def code_of_app(secret: str, counter: int) -> str:
    """What an authenticator shows in the half minute of this number, by RFC 4226."""
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{int.from_bytes(digest[start : start + 4], 'big') % 2**31 % 10**6:06}"


@dataclass
class Visitor:
    """One browser of one person; `screens` are the titles of all that it was shown, one after the other."""

    base_url: str
    certificate: str
    session: requests.Session = field(default_factory=requests.Session)
    screens: list[str] = field(default_factory=list)
    address: str = ""
    page: BeautifulSoup = field(default_factory=BeautifulSoup)

    def __post_init__(self) -> None:
        # Else a certificate bundle of the machine would be asked instead.
        self.session.trust_env = False
        self.session.verify = self.certificate

    def open(self, address: str) -> "Visitor":
        return self._show(self.session.get(urljoin(self.base_url, address), timeout=60))

    def follow(self, words: str) -> "Visitor":
        """The first link whose text has these words."""
        link = next(one for one in self.page.find_all("a", href=True) if words in text_of(one))
        return self._show(self.session.get(urljoin(self.address, str(link["href"])), timeout=60))

    def press(self, button: str, **fields: str | list[str]) -> "Visitor":
        """The first form with a button of this text, with what it holds already and these fields by name."""
        form, pressed = self._form_of(button)
        values = _values(form)
        lacking = set(fields) - {str(one.get("name")) for one in form.find_all(True, attrs={"name": True})}
        assert not lacking, f"{self.title}: no field {lacking} in the form of {button}"
        values |= {name: [value] if isinstance(value, str) else value for name, value in fields.items()}
        if pressed.get("name"):
            values[str(pressed["name"])] = [str(pressed.get("value", ""))]
        where = urljoin(self.address, str(pressed.get("formaction") or form.get("action") or self.address))
        if str(form.get("method", "get")).lower() == "get":
            return self._show(self.session.get(where, params=values, timeout=60))
        headers = {"Referer": self.address}
        return self._show(self.session.post(where, values, headers=headers, timeout=60))

    @property
    def title(self) -> str:
        return text_of(self.page.title) if self.page.title else ""

    @property
    def text(self) -> str:
        return text_of(self.page.body) if self.page.body else ""

    def _form_of(self, button: str) -> tuple[Tag, Tag]:
        for form in self.page.find_all("form"):
            for one in form.find_all("button"):
                if text_of(one) == button and one.get("type") != "button":
                    return form, one
        told = [text_of(one) for one in self.page.find_all("button")]
        raise AssertionError(f"{self.title}: no button {button} among {told}")

    def _show(self, answer: requests.Response) -> "Visitor":
        self.address, self.page = answer.url, BeautifulSoup(answer.text, "html.parser")
        assert answer.ok, f"{answer.status_code} at {answer.url}: {self.text[:500]}"
        wrong = self.page.select_one(".error-summary")
        assert wrong is None, f"{self.title}: {text_of(wrong)}"
        self.screens.append(self.title)
        return self


def _values(form: Tag) -> dict[str, list[str]]:
    """What a browser would send of the form as it stands."""
    found: dict[str, list[str]] = {}
    for one in form.find_all(["input", "textarea", "select"], attrs={"name": True}):
        name = str(one["name"])
        if one.has_attr("disabled") or (one.get("type") in _CHOSEN and not one.has_attr("checked")):
            continue
        found.setdefault(name, []).extend(_value(one))
    return found


def _value(one: Tag) -> list[str]:
    if one.name == "select":
        options = one.find_all("option")
        chosen = [option for option in options if option.has_attr("selected")] or options[:1]
        return [str(option.get("value", text_of(option))) for option in chosen]
    if one.name == "textarea":
        return [one.get_text().strip()]
    return [str(one.get("value", "on" if one.get("type") in _CHOSEN else ""))]


def text_of(tag: Tag) -> str:
    """Its words, as they are read."""
    return " ".join(tag.get_text(" ").split())
