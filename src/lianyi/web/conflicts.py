"""Two people saved the same record: both versions, field by field, and a way to keep either. Nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lianyi.accounts.errors import StaleVersionError
from lianyi.pages.errors import status_of
from lianyi.pages.forms import new_command_key
from lianyi.pages.requests import acting
from lianyi.pages.values import FieldDifference, field_of, label_of, shown_field

# What the page writes anew when the form is sent again.
_RENEWED = ("csrfmiddlewaretoken", "command_key", "expected_version")


def conflict_page(request: HttpRequest, error: StaleVersionError) -> HttpResponse:
    """Show what stands in the record now beside what the person wanted, with a form that sends theirs again."""
    current, wanted = error.params["current"], error.params["wanted"]
    if not isinstance(current, Model) or not isinstance(wanted, Mapping):
        raise TypeError("A StaleVersionError carries the row as it is now and a mapping of the wanted changes.")
    context = {
        "title": _("Somebody else saved this record"),
        "record": current,
        "differences": _differences(request, current, wanted),
        "current_version": getattr(current, "version", ""),
        "sent": [(name, value) for name, values in request.POST.lists() if name not in _RENEWED for value in values],
        "command_key": new_command_key(),
        "has_files": bool(request.FILES),
        "keep_url": _record_address(request, current),
    }
    return render(request, "web/conflict.html", context, status=status_of(error))


def _differences(request: HttpRequest, current: Model, wanted: Mapping[str, Any]) -> list[FieldDifference]:
    actor, model = acting(request), type(current)
    rows = []
    for name, value in wanted.items():
        field = field_of(model, name)
        now = getattr(current, field.attname if field is not None else name, None)
        rows.append(
            FieldDifference(
                label_of(model, name), shown_field(actor, model, name, now), shown_field(actor, model, name, value)
            )
        )
    return rows


def _record_address(request: HttpRequest, current: Model) -> str:
    if hasattr(current, "get_absolute_url"):
        return str(current.get_absolute_url())
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return resolve_url("home")
