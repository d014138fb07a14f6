"""The pages for a guest: a partner without an account who holds a one-time code to one case.

Nobody signs in here. The code is typed or pasted and sent by POST, so that it stands in no address, no log and no
history; afterwards a signed cookie of this browser, which lasts as long as the link, opens the case again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lianyi.accounts.access import Decision
from lianyi.accounts.actors import service_actor
from lianyi.accounts.audit import Reading, record_reading
from lianyi.accounts.models import GrantKind
from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of
from lianyi.pages.requests import command_context, request_id_of
from lianyi.referrals.commands.partners import GUEST_STEPS, answer_as_guest, open_guest_link, usable_link
from lianyi.referrals.errors import GuardRefusedError
from lianyi.referrals.forms.partners import GuestAnswerForm
from lianyi.referrals.guest_cases import GuestCase, guest_case
from lianyi.referrals.models import GuestLink

COOKIE, SALT = "guest_link", "lianyi.referrals.guest"
COOKIE_PATH = "/referrals/guest/"
MOST_ATTEMPTS, WINDOW_SECONDS = 20, 300
GuestView = Callable[..., HttpResponse]


def _guest_page(view: GuestView) -> GuestView:
    """Keep a page out of search engines, caches and the referrer of other sites, and limit how often it is asked."""

    @functools.wraps(view)
    def run(request: HttpRequest, **parts: str) -> HttpResponse:
        try:
            _count_attempt(request)
            response = view(request, **parts)
        except GuardRefusedError as refusal:
            is_too_often = refusal.params.get("reason") == "guest-too-often"
            response = _entry(request, message_of(refusal), 429 if is_too_often else 410)
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return run


def _count_attempt(request: HttpRequest) -> None:
    """Refuse a machine that tries too often; together with the length of a code this keeps it from being guessed."""
    if request.method != "POST":
        return
    address = import_string(settings.AXES_CLIENT_IP_CALLABLE)(request)
    key = f"guest-attempts-{address}"
    cache.add(key, 0, WINDOW_SECONDS)
    if cache.incr(key) > MOST_ATTEMPTS:
        raise GuardRefusedError(
            "Too many attempts. Wait a few minutes, or telephone the sender.", reason="guest-too-often"
        )


def _entry(request: HttpRequest, refusal: str = "", status: int = 200) -> HttpResponse:
    context = {"title": _("Page for guests"), "refusal": refusal}
    return render(request, "referrals/guest.html", context, status=status)


@require_http_methods(["GET", "POST"])
@_guest_page
def guest(request: HttpRequest) -> HttpResponse:
    """Take a one-time code, and open its case in this browser."""
    if request.method != "POST":
        return _entry(request)
    secret = request.POST.get("code", "").strip()
    link = open_guest_link(command_context(request, actor=service_actor()), secret)
    response = redirect("referrals:guest-case")
    seconds = max(1, int((link.valid_until - timezone.now()).total_seconds()))
    response.set_signed_cookie(
        COOKIE,
        str(link.pk),
        salt=SALT,
        max_age=seconds,
        path=COOKIE_PATH,
        secure=settings.CONFIG.https,
        httponly=True,
        samesite="Strict",
    )
    return response


def _link_of(request: HttpRequest) -> GuestLink:
    kept = request.get_signed_cookie(COOKIE, "", salt=SALT) or ""
    return usable_link(int(kept) if kept.isdigit() else 0)


def _note(request: HttpRequest, link: GuestLink) -> None:
    """Note the reading on the basis of the link (G5); it is the guest's, who has no account."""
    match = request.resolver_match
    reading = Reading(
        object_type="referrals.leg",
        object_id=link.leg_id,
        rows=1,
        page="" if match is None else match.view_name[:64],
        request_id=request_id_of(request),
    )
    record_reading(service_actor(), reading, Decision(allowed=True, basis=GrantKind.EXCEPTION, basis_id=link.pk))


@require_safe
@_guest_page
def case(request: HttpRequest) -> HttpResponse:
    link = _link_of(request)
    _note(request, link)
    return _case_page(request, guest_case(link))


def _case_page(request: HttpRequest, shown: GuestCase, form: GuestAnswerForm | None = None) -> HttpResponse:
    forms = {
        step: form if form is not None and form.step == step else GuestAnswerForm(step, shown.urgency)
        for step in shown.steps
    }
    for each in forms.values():
        each.initial["expected_version"] = shown.version
    context = {"title": _("Referral %(number)s") % {"number": shown.number}, "case": shown, "forms": forms}
    return render(request, "referrals/guest_case.html", context, status=200 if form is None else 422)


@require_http_methods(["POST"])
@_guest_page
def answer(request: HttpRequest, step: str) -> HttpResponse:
    """Record what the guest answers, as the receiver's step, marked as a guest's."""
    link = _link_of(request)
    shown = guest_case(link)
    if step not in GUEST_STEPS or step not in shown.steps:
        return redirect("referrals:guest-case")
    form = GuestAnswerForm(step, shown.urgency, request.POST)
    if form.is_valid():
        context = command_context(request, actor=service_actor())
        seen = form.cleaned_data["expected_version"] or shown.version
        try:
            answer_as_guest(context, link.pk, step, form.facts(), seen)
        except LianyiError as refusal:
            form.add_error(None, message_of(refusal))
        else:
            return redirect("referrals:guest-case")
    _note(request, link)
    return _case_page(request, guest_case(link), form)
