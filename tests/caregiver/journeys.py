"""Steps that several tests take, as a browser without scripts takes them."""

import re
from typing import Any

from django.test import Client


def hidden_report_id(client: Client, url: str) -> str:
    """The id that the page at this address would send."""
    found = re.search(r'name="report_id"\s+value="([^"]+)"', client.get(url).content.decode())
    assert found, url
    return found.group(1)


def start(client: Client, url: str) -> str:
    """Past the danger signs; returns the report's id."""
    report_id = hidden_report_id(client, url)
    answer = client.post(url, {"report_id": report_id, "action": "none"})
    assert (answer.status_code, answer.url) == (302, f"{url}temperature/")
    return report_id


def post_page(client: Client, url: str, key: str, report_id: str, **fields: Any) -> Any:
    return client.post(f"{url}{key}/", {"report_id": report_id, "action": "go", **fields})


def all_pages(client: Client, url: str, **temperature: Any) -> str:
    """Everything up to the review, with nothing new but the temperature."""
    report_id = start(client, url)
    reading = {"temp_value": "98.2", "temp_unit": "F", "action": "none", **temperature}
    post_page(client, url, "temperature", report_id, **reading)
    post_page(client, url, "numbers", report_id)
    for key in ("thinking", "breathing", "body"):
        post_page(client, url, key, report_id, action="none")
    return report_id
