"""The pages that say why not, and what to do about it."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context, Engine
from django.utils.translation import gettext as _

from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of, status_of
from lianyi.pages.requests import request_id_of

_log = logging.getLogger(__name__)


def _title(status: int) -> str:
    titles = {
        400: _("The request cannot be understood"),
        403: _("You may not do this"),
        404: _("There is no such page or record"),
        409: _("This was done already or changed meanwhile"),
        422: _("This cannot be done so"),
        500: _("Something in the program went wrong"),
    }
    return titles.get(status, titles[500])


def _page(request: HttpRequest, status: int, message: str) -> HttpResponse:
    context = {"title": _title(status), "message": message, "status": status, "request_id": request_id_of(request)}
    return render(request, "web/error.html", context, status=status)


def refusal_page(request: HttpRequest, error: LianyiError) -> HttpResponse:
    return _page(request, status_of(error), message_of(error))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - given by Django
    return _page(request, 400, _("Go back, open the page again and repeat what you did."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - given by Django
    return _page(request, 403, _("Choose another of your affiliations, or ask the office that keeps the record."))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - given by Django
    return _page(request, 404, _("The address is wrong, or the record is not within your reach."))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose protection against forgery does not fit: too old, or cookies are off."""
    _log.info("A form was refused: %s", reason)
    return _page(request, 403, _("The form is too old, or your browser keeps no cookies. Open the page again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the program failed. It asks neither the database nor the translations: they may be what failed."""
    template = Engine(app_dirs=True).get_template("web/500.html")
    context: dict[str, Any] = {
        "request_id": request_id_of(request),
        "style_url": f"{settings.STATIC_URL}web/lianyi.css",
    }
    return HttpResponse(template.render(Context(context)), status=500)
