"""Django's settings, all derived from ``lianyi.config``."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lianyi.config import DatabaseAddress, read_config

CONFIG = read_config(os.environ)
PACKAGE = Path(__file__).resolve().parent

SECRET_KEY = CONFIG.secret_key
DEBUG = CONFIG.debug
ALLOWED_HOSTS = list(CONFIG.allowed_hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "lianyi.accounts",
    "lianyi.pages",
    "lianyi.registry",
    "lianyi.survey",
    "lianyi.partnerships",
    "lianyi.dispatch",
    "lianyi.referrals",
    "lianyi.growth",
    "lianyi.exchanges",
    "lianyi.indicators",
    "lianyi.reports",
    "lianyi.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "lianyi.web.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lianyi.web.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "lianyi.web.middleware.ActingAffiliationMiddleware",
    "lianyi.web.middleware.ErrorPageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "lianyi.web.urls"
WSGI_APPLICATION = "lianyi.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lianyi.web.context_processors.shell",
            ],
        },
    }
]


def database_settings(address: DatabaseAddress) -> dict[str, Any]:
    """Django's form of a database address, with what each engine needs to be safe under concurrent writers."""
    if address.is_embedded:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": address.name,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;",
            },
        }
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "HOST": address.host,
        "PORT": address.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {"default": database_settings(CONFIG.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "lianyi.accounts.password_rules.UnlikeThePerson",
        "OPTIONS": {"user_attributes": ("username", "display_name", "email")},
    },
    {"NAME": "lianyi.accounts.password_rules.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "lianyi.accounts.password_rules.NotCommon"},
    {"NAME": "lianyi.accounts.password_rules.NotOnlyDigits"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

AXES_FAILURE_LIMIT = CONFIG.login_attempts
AXES_COOLOFF_TIME = timedelta(minutes=CONFIG.lockout_minutes)
# Locking a name together with the address it came from keeps a stranger from locking a duty doctor out at night.
AXES_CLIENT_IP_CALLABLE = "lianyi.web.client_address.client_address"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Many names tried from one address are counted together by this handler.
AXES_HANDLER = "lianyi.web.lockouts.AddressCountingHandler"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "lianyi.web.views.locked_out"
AXES_VERBOSE = False

if CONFIG.oidc is not None:
    INSTALLED_APPS.append("mozilla_django_oidc")
    AUTHENTICATION_BACKENDS.append("lianyi.accounts.oidc.KnownUserBackend")
    OIDC_RP_CLIENT_ID = CONFIG.oidc.client_id
    OIDC_RP_CLIENT_SECRET = CONFIG.oidc.client_secret
    OIDC_OP_AUTHORIZATION_ENDPOINT = CONFIG.oidc.authorization_url
    OIDC_OP_TOKEN_ENDPOINT = CONFIG.oidc.token_url
    OIDC_OP_USER_ENDPOINT = CONFIG.oidc.userinfo_url
    OIDC_OP_JWKS_ENDPOINT = CONFIG.oidc.jwks_url
    OIDC_RP_SIGN_ALGO = "RS256"
    OIDC_CREATE_USER = False
    LIANYI_OIDC_USERNAME_CLAIM = CONFIG.oidc.username_claim

SESSION_COOKIE_AGE = CONFIG.session_minutes * 60
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_SECURE = CONFIG.https
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "lianyi.web.error_pages.form_expired"
if CONFIG.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31536000

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap's own style sheet draws its small marks with data: pictures.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("zh-hans", _("Chinese (Simplified)")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = str(CONFIG.time_zone)

STATIC_URL = "static/"
STATIC_ROOT = CONFIG.home / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(CONFIG.home / "documents")},
    },
    "staticfiles": {"BACKEND": "lianyi.web.static_files.StaticFiles"},
}
LIANYI_RULES_DIRECTORIES = CONFIG.rules_directories
DATA_UPLOAD_MAX_MEMORY_SIZE = CONFIG.upload_megabytes * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

LIANYI_SITE_URL = CONFIG.site_url
LIANYI_PRIVATE_WEBHOOKS = CONFIG.private_webhooks
LIANYI_SENDS_EMAIL = CONFIG.email is not None
if CONFIG.email is not None:
    EMAIL_HOST, EMAIL_PORT = CONFIG.email.host, CONFIG.email.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = CONFIG.email.user, CONFIG.email.password
    EMAIL_USE_SSL = CONFIG.email.encryption == "tls"
    EMAIL_USE_TLS = CONFIG.email.encryption == "starttls"
    DEFAULT_FROM_EMAIL = CONFIG.email.sender
EMAIL_TIMEOUT = 10

DJANGO_TABLES2_TEMPLATE = "web/table.html"
FILTERS_EMPTY_CHOICE_LABEL = _("all")
FORM_RENDERER = "lianyi.pages.rendering.PageRenderer"
SILENCED_SYSTEM_CHECKS: list[str] = []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "lianyi": {"level": "INFO"},
        # Its messages hold user names and addresses; the audit trail keeps what is needed.
        "axes": {"level": "ERROR"},
    },
}
