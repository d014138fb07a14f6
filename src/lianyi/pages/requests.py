"""What a page knows about its asking: who acts, and the context that its command carries."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from lianyi.accounts.access import Decision, decide, scope_rule
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext, Reading, record_reading
from lianyi.accounts.models import User
from lianyi.accounts.roles import Act
from lianyi.errors import InvalidInputError

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]
PASSWORD_PAGE = "accounts:password"  # noqa: S105 - the name of a page
LONGEST_KEY = 48


def acting(request: HttpRequest) -> Actor:
    """Return who acts in this request.

    Raises
    ------
    TypeError
        When the view forgot ``@page``, which lets nobody in without an acting affiliation.
    """
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        raise TypeError("Nobody acts in this request. Decorate the view with lianyi.pages.requests.page.")
    return actor


def request_id_of(request: HttpRequest) -> str:
    """Return the reference under which the trail and the error pages know this request."""
    return str(getattr(request, "request_id", ""))


def command_context(
    request: HttpRequest,
    *,
    actor: Actor | None = None,
    reason: str = "",
    reason_code: str = "",
    occurred_at: datetime.datetime | None = None,
) -> CommandContext:
    """Return the context for the command behind a sent form; ``actor`` is given where nobody acts yet.

    Raises
    ------
    InvalidInputError
        When the form carries no command key, without which a repeated sending would act twice.
    """
    key = request.POST.get("command_key", "").strip()
    if not key or len(key) > LONGEST_KEY:
        raise InvalidInputError(
            f"The form was sent without a command key of 1 to {LONGEST_KEY} characters. Open the page again.",
            field="command_key",
            reason="command-key",
        )
    return CommandContext(
        actor=actor or acting(request),
        key=key,
        request_id=request_id_of(request),
        reason_code=reason_code,
        reason=reason,
        occurred_at=occurred_at,
    )


def page(view: View[P]) -> View[P]:
    """Let a view be opened only by someone signed in who acts through an affiliation."""

    @functools.wraps(view)
    def run(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        elsewhere = _where_first(request)
        if elsewhere is not None:
            return elsewhere
        return view(request, *args, **kwargs)

    run.needs_actor = True  # type: ignore[attr-defined]
    return cast("View[P]", run)


def _where_first(request: HttpRequest) -> HttpResponse | None:
    user = request.user
    if not isinstance(user, User):
        return redirect_to(request, "login")
    at_password_page = request.resolver_match is not None and request.resolver_match.view_name == PASSWORD_PAGE
    if user.must_change_password and not at_password_page:
        return redirect_to(request, PASSWORD_PAGE)
    if getattr(request, "actor", None) is None and not at_password_page:
        return redirect_to(request, "affiliation-choose")
    return None


def redirect_to(request: HttpRequest, name: str) -> HttpResponse:
    """Send to a page that leads back here; a part of a page that was asked for sends the whole page there."""
    back = request.get_full_path() if request.method == "GET" else resolve_url("home")
    address = f"{resolve_url(name)}?{urlencode({'next': back})}"
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def next_address(request: HttpRequest, fallback: str = "home") -> str:
    """Return the page to go to afterwards: the one asked for when it is one of ours, else the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(fallback)


def log_reading(request: HttpRequest, row: Model) -> None:
    """Note that the page shows data about one person, with the basis on which it may."""
    actor = acting(request)
    decision = decide(actor, f"{scope_rule(type(row)).family}.{Act.READ}", row)
    _note(request, actor, type(row), (row.pk, 1), decision)


def log_list_reading(request: HttpRequest, model: type[Model], rows: int) -> None:
    """Note that a list shows data about so many persons."""
    actor = acting(request)
    decision = decide(actor, f"{scope_rule(model).family}.{Act.READ}")
    _note(request, actor, model, (None, rows), decision)


def _note(
    request: HttpRequest, actor: Actor, model: type[Model], what: tuple[int | None, int], decision: Decision
) -> None:
    match = request.resolver_match
    record_reading(
        actor,
        Reading(
            object_type=model._meta.label_lower,
            object_id=what[0],
            rows=what[1],
            page=match.view_name[:64] if match is not None else "",
            request_id=request_id_of(request),
        ),
        decision,
    )
