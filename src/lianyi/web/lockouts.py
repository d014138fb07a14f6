"""Locks after wrong passwords: of a name with the address they came from, and of an address that tries many names."""

from __future__ import annotations

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest


class AddressCountingHandler(AxesDatabaseHandler):  # type: ignore[misc] # an untyped library
    """Counts wrong passwords of one name as the library does, and beside that those of one address over all names.

    The second limit is higher, since a whole hospital may stand behind one address. While it holds, tries are not
    counted, so that colleagues who only try again do not keep their own address closed.
    """

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return bool(super().is_locked(request, credentials)) or is_address_locked(request)

    def user_login_failed(
        self,
        sender: Any,  # noqa: ANN401 - as the library declares it
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        if request is None:
            raise TypeError("A password is checked only for a request, whose address is counted.")
        if not is_address_locked(request):
            super().user_login_failed(sender, credentials, request, **kwargs)
        if is_address_locked(request):
            request.axes_locked_out = True  # type: ignore[attr-defined]
            request.axes_credentials = credentials  # type: ignore[attr-defined]


def is_address_locked(request: HttpRequest) -> bool:
    """Tell whether too many wrong passwords came from this address of late, for whatever names."""
    recent = AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address,  # type: ignore[attr-defined] # set by the library before it asks
        attempt_time__gte=get_cool_off_threshold(request),
    )
    failures = recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
    return bool(failures >= settings.CONFIG.login_attempts_per_address)
