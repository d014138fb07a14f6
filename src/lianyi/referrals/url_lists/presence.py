"""The addresses at which an institution says that a patient is there."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import presence

patterns = [
    path("here/", presence.presence, name="presence"),
    path("came-first/", presence.walk_in, name="walk-in"),
]
