"""Telling an institution's own system of a notice: one signed request, to an address that is safe to call.

The body names a case by its number and never a patient. A redirect is not followed, and the address behind the host
name is looked at before anything is sent, so that nobody can make the site talk to machines inside its network.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from lianyi.referrals.errors import FactsRefusedError

SECONDS_TO_ANSWER = 10
LONGEST_ADDRESS = 200
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_DONE = range(200, 300)
SIGNATURE_HEADER = "X-Lianyi-Signature"
TIME_HEADER = "X-Lianyi-Time"
DELIVERY_HEADER = "X-Lianyi-Delivery"


class DeliveryFailedError(Exception):
    """A try that did not succeed; its text is short, names no person, and is kept with the delivery."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One request: where to, what, and the secret it is signed with."""

    url: str
    body: bytes
    secret: str
    delivery_id: int
    sent_at: int


def signature_of(secret: str, sent_at: int, body: bytes) -> str:
    """Return the signature over time and body; the time keeps an overheard request from being sent again later."""
    told = hmac.new(secret.encode(), f"{sent_at}.".encode() + body, hashlib.sha256)
    return f"sha256={told.hexdigest()}"


def check_address(url: str) -> str:
    """Return the address as it is kept.

    Raises
    ------
    FactsRefusedError
        When it is not https (plain http only to this machine), or holds a user name.
    """
    text = url.strip()
    parts = urlsplit(text)
    try:
        is_port_fine = parts.port is None or parts.port > 0
    except ValueError:
        is_port_fine = False
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL_NAMES)
    has_user = parts.username is not None or parts.password is not None
    if not is_secure or not parts.hostname or has_user or not is_port_fine or len(text) > LONGEST_ADDRESS:
        raise FactsRefusedError(
            f"'{text[:LONGEST_ADDRESS]}' cannot be the address of a webhook. Give one that starts with https://, "
            "without a name and password in it.",
            field="url",
            reason="webhook-address",
            given=text[:LONGEST_ADDRESS],
        )
    return text


def post(posting: Posting) -> None:
    """Send one request.

    Raises
    ------
    DeliveryFailedError
        When the address may not be called, does not answer in time, or does not answer with 2xx.
    """
    parts = urlsplit(posting.url)
    connection = _connection_to(parts)
    path = parts.path or "/"
    target = f"{path}?{parts.query}" if parts.query else path
    # A single read may take as long; a receiver that drips its answer byte by byte may not take longer either.
    deadline = threading.Timer(SECONDS_TO_ANSWER, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", target, body=posting.body, headers=_headers(posting))
        status = connection.getresponse().status
    except TimeoutError as error:
        raise DeliveryFailedError(f"no answer within {SECONDS_TO_ANSWER} s") from error
    except ssl.SSLError as error:
        raise DeliveryFailedError(f"TLS: {error.reason or 'failed'}"[:100]) from error
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailedError(f"no connection: {type(error).__name__}") from error
    finally:
        deadline.cancel()
        connection.close()
    if status not in _DONE:
        raise DeliveryFailedError(f"HTTP {status}")


def _headers(posting: Posting) -> Mapping[str, str]:
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Lianyi",
        SIGNATURE_HEADER: signature_of(posting.secret, posting.sent_at, posting.body),
        TIME_HEADER: str(posting.sent_at),
        # The same for every try, so that a receiver can drop what it has already.
        DELIVERY_HEADER: str(posting.delivery_id),
    }


class _PinnedConnection(http.client.HTTPConnection):
    """Connects to an address that was looked at, whatever the name resolves to a moment later."""

    def __init__(self, parts: SplitResult, address: str, context: ssl.SSLContext | None) -> None:
        self.default_port = 443 if context is not None else 80
        super().__init__(str(parts.hostname), parts.port or self.default_port, timeout=SECONDS_TO_ANSWER)
        self.address, self.context = address, context

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.context is not None:
            self.sock = self.context.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End whatever is under way; called from the timer's thread."""
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _connection_to(parts: SplitResult) -> _PinnedConnection:
    host = str(parts.hostname)
    context = ssl.create_default_context() if parts.scheme == "https" else None
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailedError("the host name is not known") from error
    addresses = [str(each[4][0]) for each in found]
    allowed = [address for address in addresses if _may_call(address)]
    if not allowed:
        raise DeliveryFailedError("an address inside the network; LIANYI_PRIVATE_WEBHOOKS allows it")
    return _PinnedConnection(parts, allowed[0], context)


def _may_call(address: str) -> bool:
    if settings.LIANYI_PRIVATE_WEBHOOKS:
        return True
    parsed = ipaddress.ip_address(address.partition("%")[0])
    inner = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (inner or parsed).is_global
