"""Where a request comes from, also behind the reverse proxy that ends HTTPS."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the address that locks are counted by.

    With LIANYI_HTTPS there is one reverse proxy in front; the last address of the header is the one it saw itself,
    while those before it are whatever the client sent.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    if not settings.CONFIG.https:
        return direct
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return forwarded or direct
