"""The addresses of the site."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lianyi.web import views

APPLICATIONS = (
    "partnerships",
    "dispatch",
    "referrals",
    "growth",
    "exchanges",
    "indicators",
    "reports",
    "registry",
    "survey",
)
_present = tuple(name for name in APPLICATIONS if find_spec(f"lianyi.{name}.urls") is not None)
NAMESPACES = frozenset({"accounts", *_present})

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("affiliation/", views.choose_affiliation, name="affiliation-choose"),
    path("language/", views.set_language, name="language-set"),
    path("healthz", views.healthz, name="healthz"),
    path("accounts/", include("lianyi.web.account_urls")),
    *(path(f"{name}/", include(f"lianyi.{name}.urls")) for name in _present),
]
if settings.CONFIG.oidc is not None:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))

handler400 = "lianyi.web.error_pages.bad_request"
handler403 = "lianyi.web.error_pages.permission_denied"
handler404 = "lianyi.web.error_pages.page_not_found"
handler500 = "lianyi.web.error_pages.server_error"
