"""The address of repairs by the records steward."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import repairing

patterns = [path("cases/<int:pk>/identity/", repairing.identity, name="identity-correct")]
