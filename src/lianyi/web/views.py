"""Signing in and out, choosing how to act and in which language, the home page, and the sign of life."""

from __future__ import annotations

import math
from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import lianyi
from lianyi.accounts.commands import choose_language
from lianyi.accounts.models import User
from lianyi.pages.home import home_items, home_panels
from lianyi.pages.requests import acting, next_address, page, redirect_to
from lianyi.web.lockouts import is_address_locked
from lianyi.web.middleware import AFFILIATION_KEY

SECONDS_IN_MINUTE = 60
SECONDS_IN_HOUR = 3600
LANGUAGE_COOKIE_SECONDS = 365 * 24 * SECONDS_IN_HOUR


class SignInForm(AuthenticationForm):
    """User name and password. Service accounts and people shut out are refused like a wrong password."""

    error_messages = {
        "invalid_login": gettext_lazy("The user name or the password is wrong. Both tell capitals from small letters."),
        "inactive": gettext_lazy("This account is shut out. Ask your administrator."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = gettext_lazy("User name")
        self.fields["password"].label = gettext_lazy("Password")


class SignInView(LoginView):
    """The login page. The language kept with the user goes with them to any machine."""

    template_name = "web/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Sign in"), has_oidc=settings.CONFIG.oidc is not None, session_hours=_session_hours(), **kwargs
        )

    def form_valid(self, form: AuthenticationForm) -> HttpResponseRedirect:
        response = redirect(self.get_success_url())
        auth.login(self.request, form.get_user())
        user = form.get_user()
        if isinstance(user, User) and user.language:
            _keep_language(response, user.language)
        return response


def _session_hours() -> str:
    return f"{settings.SESSION_COOKIE_AGE / SECONDS_IN_HOUR:.3g}"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.info(request, _("You are signed out."))
    return redirect("login")


def locked_out(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say after too many wrong passwords how long to wait."""
    cool_off = get_cool_off(request)
    seconds = math.ceil(cool_off.total_seconds()) if cool_off is not None else 0
    context = {
        "title": _("Too many wrong passwords"),
        "minutes": math.ceil(seconds / SECONDS_IN_MINUTE),
        "tries": settings.AXES_FAILURE_LIMIT,
        "is_of_address": is_address_locked(request),
        "username": (credentials or {}).get("username", ""),
    }
    response = render(request, "web/locked_out.html", context, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def choose_affiliation(request: HttpRequest) -> HttpResponse:
    """Let a person say at which institution and in which role they act now."""
    if not isinstance(request.user, User):
        return redirect_to(request, "login")
    affiliations = request.affiliations  # type: ignore[attr-defined] # set by the middleware
    if request.method == "POST":
        chosen = next((each for each in affiliations if str(each.pk) == request.POST.get("affiliation")), None)
        if chosen is not None:
            request.session[AFFILIATION_KEY] = chosen.pk
            return redirect(next_address(request))
        messages.error(request, _("This affiliation is not yours or is no longer valid. Choose another."))
    context = {"title": _("Choose how you act"), "affiliations": affiliations, "next": next_address(request)}
    return render(request, "web/affiliations.html", context)


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Keep the language for this browser, and for the person who is signed in."""
    response = redirect(next_address(request))
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        _keep_language(response, language)
        if isinstance(request.user, User):
            choose_language(request.user, language)
    else:
        messages.error(request, _("There is no such language here."))
    return response


def _keep_language(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the acting person, and what was promised and delivered around them."""
    actor = acting(request)
    context = {"title": _("Home"), "items": home_items(actor), "panels": home_panels(actor)}
    return render(request, "web/home.html", context)


@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Tell a watcher whether the site can reach its database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return JsonResponse({"status": "failed", "database": "unreachable", "version": lianyi.__version__}, status=503)
    return JsonResponse({"status": "ok", "database": "ok", "version": lianyi.__version__})
