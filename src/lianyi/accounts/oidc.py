"""Sign-in through an institution's own identity service, for users who exist already (extra ``lianyi[oidc]``)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from mozilla_django_oidc.auth import OIDCAuthenticationBackend  # type: ignore[import-untyped]

from lianyi.accounts.models import User


class KnownUserBackend(OIDCAuthenticationBackend):  # type: ignore[misc]
    """Matches the claim to a user name. It never makes users: an affiliation must be given by an administrator."""

    def filter_users_by_claims(self, claims: dict[str, Any]) -> QuerySet[User, Any]:
        username = str(claims.get(settings.LIANYI_OIDC_USERNAME_CLAIM, ""))
        return User.objects.filter(username=username, is_active=True, is_service=False)

    def verify_claims(self, claims: dict[str, Any]) -> bool:
        return bool(claims.get(settings.LIANYI_OIDC_USERNAME_CLAIM))
