"""The address of choosing another receiver."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import routing

patterns = [path("requests/<int:pk>/route/", routing.route, name="route")]
