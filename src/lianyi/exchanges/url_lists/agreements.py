"""The addresses of the visits, points and actions of an agreement."""

from __future__ import annotations

from django.urls import path

from lianyi.exchanges.views import agreements

patterns = [
    path("agreements/<int:pk>/", agreements.of_agreement, name="agreement"),
    path("agreements/<int:pk>/points/", agreements.points_of_agreement, name="agreement-points"),
]
