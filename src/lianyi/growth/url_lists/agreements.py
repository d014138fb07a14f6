"""The address of what grows under an agreement."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import agreements

patterns = [path("agreements/<int:pk>/", agreements.of_agreement, name="agreement")]
