"""Whose request it is: the one place that reads what proxies say about a client.

Behind a proxy every connection comes from the proxy; the client's address stands in X-Forwarded-For, where
a client can write too. So it counts only if the connection comes from one of TRUSTED_PROXIES, and of it only
what these have written. Afterwards REMOTE_ADDR is the client's address, for whoever reads it.
"""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clinic.models.audit_event import source_of_request
from config import starting
from config.env import Network

GetResponse = Callable[[HttpRequest], HttpResponse]
Address = IPv4Address | IPv6Address

# Nothing behind this reads any of them, but X-Forwarded-Proto of a trusted proxy.
_CLAIMS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
)
_PROTO = "HTTP_X_FORWARDED_PROTO"
# Set where a request made any such claim, true or not: it has come, or says so, through a proxy.
CAME_FORWARDED = "kinwatch.came_forwarded"
# What balancers and monitors ask by the machine's address, which is in nobody's ALLOWED_HOSTS.
_ASKED_BY_ADDRESS = ("/health/", "/metrics")


def client_address(*, peer: str, forwarded: str, trusted: Sequence[Network]) -> str | None:
    """The last address of the way here that is no trusted proxy; None where a socket has no address.

    What stands left of an entry that is no address was written by nobody whom we trust: the proxy that
    passed it on is then the client.
    """
    nearest = _address(peer)
    for hop in reversed(forwarded.split(",")):
        if nearest is None or not _is_in(nearest, trusted):
            break
        further = _address(_without_port(hop.strip()))
        if further is None:
            break
        nearest = further
    return None if nearest is None else str(nearest)


def middleware(get_response: GetResponse) -> GetResponse:
    """Before all others. The audit's rows of this request, and every limit, count by this address.

    Whatever serves pages makes it first, so it is also where a demo that nobody meant is refused.
    """
    starting.refuse_unmeant_demo()

    def respond(request: HttpRequest) -> HttpResponse:
        token = source_of_request.set(_settle(request.META))
        if request.path.startswith(_ASKED_BY_ADDRESS) and _is_address(request.META.get("HTTP_HOST", "")):
            request.META["HTTP_HOST"] = urlsplit(settings.PUBLIC_BASE_URL).netloc
        try:
            return get_response(request)
        finally:
            source_of_request.reset(token)

    return respond


def _settle(meta: dict[str, str]) -> str | None:
    """Put the client's address, and what a trusted proxy says of the scheme, where Django looks for them."""
    claims = {name: value for name in _CLAIMS if (value := meta.pop(name, None)) is not None}
    trusted: Sequence[Network] = settings.TRUSTED_PROXIES
    peer = meta.get("REMOTE_ADDR", "")
    address = client_address(peer=peer, forwarded=claims.get("HTTP_X_FORWARDED_FOR", ""), trusted=trusted)
    proxy = _address(peer)
    if _PROTO in claims and proxy is not None and _is_in(proxy, trusted):
        # The last one is what the nearest proxy added.
        meta[_PROTO] = claims[_PROTO].rpartition(",")[2].strip()
    if claims:
        meta[CAME_FORWARDED] = "yes"
    meta["REMOTE_ADDR"] = address or ""
    return address


def _address(text: str) -> Address | None:
    """Without the name of a link; an IPv4 address that came by an IPv6 socket is the IPv4 address."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address


def _is_in(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _without_port(hop: str) -> str:
    """Some balancers write 192.0.2.1:4711 and [2001:db8::1]:4711."""
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_address(host: str) -> bool:
    return _address(_without_port(host)) is not None
