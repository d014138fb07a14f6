"""Work without network: the page with its worker and manifest, what devices ask, and the person's devices."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

import lianyi
from lianyi.accounts.access import decide
from lianyi.accounts.actors import Actor
from lianyi.accounts.audit import CommandContext
from lianyi.accounts.models import User
from lianyi.errors import LianyiError
from lianyi.pages.errors import message_of, status_of
from lianyi.pages.requests import (
    acting,
    command_context,
    log_list_reading,
    page,
    request_id_of,
)
from lianyi.referrals import offline_queries
from lianyi.referrals.commands.offline_devices import (
    LONGEST_NAME,
    give_key_again,
    note_contact,
    register_device,
    revoke_device,
)
from lianyi.referrals.errors import FactsRefusedError
from lianyi.referrals.models import Leg, OfflineDevice, PatientIdentity
from lianyi.referrals.offline_access import Standing, actor_behind, device_named, standing_of
from lianyi.referrals.offline_entries import KEY
from lianyi.referrals.offline_keys import device_key
from lianyi.referrals.offline_syncing import Answer, exchange
from lianyi.referrals.offline_words import page_words
from lianyi.referrals.views.work import referral_crumbs

MOST_BYTES = 2 * 1024 * 1024
HANDLE_HEADER = "X-Offline-Device"
MODULES = (
    "app",
    "cases",
    "consulting",
    "database",
    "desk",
    "device",
    "exchange",
    "fields",
    "form",
    "logging",
    "page",
    "queue",
    "sealing",
    "server",
    "writing",
)
STYLES = (
    "vendor/bootstrap/bootstrap.min.css",
    "web/lianyi.css",
    "referrals/referrals.css",
    "referrals/offline/offline.css",
)
ICON_SIZES = (192, 512)


# The page itself: the same for everybody, so that it may be kept by the browser


def _assets() -> list[str]:
    """Return the addresses of everything that the page needs beside itself."""
    modules = [static(f"referrals/offline/{name}.js") for name in MODULES]
    return [*modules, *(static(name) for name in STYLES), static("web/mark.svg"), static("vendor/icons/icons.svg")]


@require_safe
def offline(_request: HttpRequest) -> HttpResponse:
    """Show the page without anything about its reader: the browser keeps it for when there is no network."""
    context = {
        "page_language": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "words": page_words(),
        "addresses": {
            "session": reverse("referrals:offline-session"),
            "register": reverse("referrals:offline-register"),
            "key": reverse("referrals:offline-key"),
            "sync": reverse("referrals:offline-sync"),
            "worker": reverse("referrals:offline-worker"),
            "case": reverse("referrals:case", args=[0]),
            "consultation": reverse("referrals:consultation", args=[0]),
            "login": f"{reverse('login')}?next={reverse('referrals:offline')}",
        },
        "longest_name": LONGEST_NAME,
    }
    response = HttpResponse(render_to_string("referrals/offline.html", context))
    # Kept by the service worker on purpose; nowhere else.
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """Serve the service worker: which release it keeps, then the logic from a static file."""
    page_address = reverse("referrals:offline")
    assets = _assets()
    release = hashlib.sha256(" ".join((lianyi.__version__, *assets)).encode()).hexdigest()[:16]
    kept = {"cache": f"lianyi-offline-{lianyi.__version__}-{release}", "page": page_address, "assets": assets}
    logic = static("referrals/offline/worker.js")
    text = f"self.LIANYI = {json.dumps(kept)};\nimportScripts({json.dumps(logic)});\n"
    response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """Serve what makes the page installable."""
    address = reverse("referrals:offline")
    icons = [{"src": static("web/mark.svg"), "sizes": "any", "type": "image/svg+xml"}]
    icons += [
        {"src": static(f"vendor/lianyi/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in ICON_SIZES
    ]
    content = {
        "id": address,
        "name": _("Lianyi: referrals without network"),
        "short_name": _("Lianyi"),
        "lang": "zh-Hans" if (get_language() or "").startswith("zh") else "en",
        "start_url": address,
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5fa5",
        "icons": icons,
    }
    return JsonResponse(content, content_type="application/manifest+json")


# What devices ask


def _answer(content: dict[str, Any], status: int = 200) -> JsonResponse:
    response = JsonResponse(content, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


DeviceCall = Callable[[HttpRequest, User, dict[str, Any]], HttpResponse]


def _device_call(call: DeviceCall) -> Callable[[HttpRequest], HttpResponse]:
    """Let a device ask something as the signed-in person; every answer, also a refusal, is JSON."""

    @require_POST
    @functools.wraps(call)
    def run(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or user.must_change_password:
            return _answer({"standing": "signed_out"}, status=401)
        try:
            return call(request, user, _body(request))
        except LianyiError as refusal:
            return _answer(_refusal(refusal), status=status_of(refusal))

    # Whoever is not signed in is answered so in JSON, where a page would lead to the sign-in.
    run.needs_actor = True  # type: ignore[attr-defined]
    return run


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        given = json.loads(request.body) if len(request.body) <= MOST_BYTES else None
    except (UnicodeDecodeError, ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise FactsRefusedError(
            f"The device sent something that is no JSON object of at most {MOST_BYTES} bytes.",
            field="body",
            reason="offline-entry",
            fact="body",
            given="",
        )
    return given


def _refusal(refusal: LianyiError) -> dict[str, Any]:
    standing = {
        "device-ended": Standing.ENDED,
        "device-other-person": Standing.OTHER_PERSON,
    }.get(str(refusal.params.get("reason", "")), "refused")
    return {"standing": standing, "message": message_of(refusal), "field": str(refusal.params.get("field", ""))}


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    return value if isinstance(value, str) else ""


def _key(given: dict[str, Any]) -> str:
    key = _text(given, "command_key")
    if not KEY.fullmatch(key):
        raise FactsRefusedError(
            "The device sent no key of 8 to 40 letters and digits with what it asks.",
            field="command_key",
            reason="offline-entry",
            fact="command_key",
            given="",
        )
    return key


@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Tell a device who is signed in, how it stands, and the token for what it sends."""
    user = request.user if isinstance(request.user, User) else None
    handle = request.headers.get(HANDLE_HEADER, "")
    standing = standing_of(device_named(handle), handle, user)
    content: dict[str, Any] = {"standing": standing, "signed_in": user is not None, "at": timezone.now().isoformat()}
    if user is not None:
        content |= {"person": user.display_name or user.username, "token": get_token(request)}
    return _answer(content)


def _keyed(device: OfflineDevice) -> HttpResponse:
    return _answer(
        {
            "standing": Standing.IN_USE,
            "device": device.handle,
            "name": device.name,
            "person": device.user.display_name or device.user.username,
            "key": device_key(device),
            "days": settings.CONFIG.offline_days,
            "lock_minutes": settings.CONFIG.offline_lock_minutes,
        }
    )


@_device_call
def register(request: HttpRequest, _user: User, given: dict[str, Any]) -> HttpResponse:
    """Set a device up for the affiliation in which its person acts now."""
    actor = getattr(request, "actor", None)
    if not isinstance(actor, Actor):
        return _answer({"standing": "signed_out"}, status=401)
    context = CommandContext(actor, _key(given), request_id=request_id_of(request))
    return _keyed(register_device(context, _text(given, "name")))


@_device_call
def key_again(request: HttpRequest, user: User, given: dict[str, Any]) -> HttpResponse:
    """Give a device its key once more: the person is signed in, and the device is the person's own and in use."""
    handle = _text(given, "device")
    device = device_named(handle)
    actor = actor_behind(device, handle, user)
    assert device is not None  # noqa: S101 - actor_behind has refused a device that is not there
    give_key_again(CommandContext(actor, _key(given), request_id=request_id_of(request)), device.pk)
    return _keyed(device)


@_device_call
def sync(request: HttpRequest, user: User, given: dict[str, Any]) -> HttpResponse:
    """Take what was written without network, and answer what the device may keep."""
    handle = _text(given, "device")
    device = device_named(handle)
    actor = actor_behind(device, handle, user)
    assert device is not None  # noqa: S101 - actor_behind has refused a device that is not there
    entries = given.get("entries")
    answers = exchange(actor, request_id_of(request), entries if isinstance(entries, list) else [])
    note_contact(device)
    return _answer(
        {
            "standing": Standing.IN_USE,
            "at": timezone.now().isoformat(),
            "days": settings.CONFIG.offline_days,
            "lock_minutes": settings.CONFIG.offline_lock_minutes,
            "answers": [_answer_line(each) for each in answers],
            **_lists(actor, _text(given, "lists")),
            **_cases(request, actor, given.get("known")),
        }
    )


def _answer_line(answer: Answer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "outcome": answer.outcome,
        "reason": answer.reason,
        "leg": answer.leg_id,
        "consultation": answer.consultation_id,
        "field": answer.field,
    }


def _lists(actor: Actor, known_tag: str) -> dict[str, Any]:
    content = offline_queries.setup(actor)
    tag = offline_queries.tag_of(content)
    return {"lists": None if tag == known_tag else {"tag": tag, "content": content}}


def _cases(request: HttpRequest, actor: Actor, known: object) -> dict[str, Any]:
    """Return which cases are open to the person, and those of them that the device does not have as they are now."""
    if not decide(actor, "referral.read").allowed:
        return {"open": [], "cases": []}
    tags = known if isinstance(known, dict) else {}
    found = offline_queries.cases(actor, offline_queries.own_open_cases(actor))
    fresh = [case for key, case in found.items() if tags.get(key) != case["tag"]]
    identified = sum(case["patient"] is not None for case in fresh)
    request.actor = actor  # type: ignore[attr-defined] # the device's affiliation reads, whichever the session chose
    if fresh:
        log_list_reading(request, Leg, len(fresh))
    if identified:
        log_list_reading(request, PatientIdentity, identified)
    return {"open": [case["id"] for case in found.values()], "cases": fresh}


# The person's devices


@require_safe
@page
def devices(request: HttpRequest) -> HttpResponse:
    """Show the devices that may keep the reader's cases, and those of people whom the reader administers."""
    actor = acting(request)
    context = {
        "title": _("Devices without network"),
        "breadcrumbs": referral_crumbs() if decide(actor, "referral.read").allowed else [],
        "devices": offline_queries.own_devices(actor),
        "others": offline_queries.administered_devices(actor),
        "days": settings.CONFIG.offline_days,
    }
    return render(request, "referrals/offline_devices.html", context)


@require_POST
@page
def device_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Block a device, one's own or that of somebody one administers."""
    device = revoke_device(command_context(request), pk)
    messages.success(
        request, _("“%(name)s” is blocked. It deletes its cases at the next contact.") % {"name": device.name}
    )
    return redirect("referrals:offline-devices")
