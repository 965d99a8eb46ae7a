import pytest

from notifications.rules.outside_hosts import host_of, is_public


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://engine.river.example/in", "engine.river.example"),
        ("https://engine.river.example:443/in?a=b", "engine.river.example"),
        ("https://engine.river.example:8443/", "engine.river.example:8443"),
        ("http://engine.river.example/in", ""),
        ("https://engine.river.example", ""),
        ("https://user@engine.river.example/", ""),
        ("https://user:word@engine.river.example/", ""),
        ("https://Engine.river.example/", ""),
        ("https://engine.river.example\\@evil.example/", ""),
        ("https://engine.river.example/#in", ""),
        ("https://engine.river.example/ in", ""),
        ("https://engine.river.example:0/", ""),
        ("https://engine.river.example:123456/", ""),
        ("https://10.0.0.1/", ""),
        ("https://[::1]/", ""),
        ("https://2130706433/", ""),
        ("https://localhost/", ""),
        ("https://river.example./", ""),
        ("https://r\u00edver.example/", ""),
        ("", ""),
    ],
)
def test_host_of_an_address_that_can_be_read_in_one_way_only(address: str, host: str) -> None:
    assert host_of(address) == host


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("142.250.185.74", True),
        ("2a00:1450:4001:80e::200a", True),
        ("127.0.0.1", False),
        ("10.0.0.8", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.8", False),
        ("2002:0a00:0008::1", False),
        ("nonsense", False),
    ],
)
def test_only_machines_of_the_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
