"""What every request goes through: a reference, a language, an acting affiliation, and pages for refusals."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from lianyi.accounts.actors import actor_of
from lianyi.accounts.errors import StaleVersionError
from lianyi.accounts.models import Affiliation, User
from lianyi.accounts.queries import affiliations_of
from lianyi.errors import LianyiError
from lianyi.pages.errors import status_of
from lianyi.web.conflicts import conflict_page
from lianyi.web.error_pages import refusal_page

GetResponse = Callable[[HttpRequest], HttpResponse]
AFFILIATION_KEY = "affiliation"
SERVER_FAULT = 500
_log = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Gives each request a reference, which the trail, the error pages and the answer carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class LanguageMiddleware:
    """Chooses the page's language: the one kept in the cookie, else the browser's, else the installation's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
            # Views that stream or render late still need the language, so it is named before the block ends.
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class ActingAffiliationMiddleware:
    """Finds the affiliation in which the signed-in person acts; the only one they have needs no choice."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        affiliations = affiliations_of(request.user) if isinstance(request.user, User) else []
        affiliation = _chosen(request, affiliations)
        request.affiliations = affiliations  # type: ignore[attr-defined]
        request.affiliation = affiliation  # type: ignore[attr-defined]
        request.actor = actor_of(affiliation) if affiliation is not None else None  # type: ignore[attr-defined]
        response = self.get_response(request)
        if isinstance(request.user, User):
            # Machines are shared: the next person must not find these pages with the back button.
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def _chosen(request: HttpRequest, affiliations: list[Affiliation]) -> Affiliation | None:
    if len(affiliations) == 1:
        return affiliations[0]
    kept = request.session.get(AFFILIATION_KEY) if affiliations else None
    return next((each for each in affiliations if each.pk == kept), None)


class ErrorPageMiddleware:
    """Turns a refusal into a page that says what to do, in the reader's language."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, StaleVersionError):
            return conflict_page(request, error)
        if isinstance(error, LianyiError):
            if status_of(error) >= SERVER_FAULT:
                _log.error("%s", error.message, exc_info=error)
            return refusal_page(request, error)
        return None
