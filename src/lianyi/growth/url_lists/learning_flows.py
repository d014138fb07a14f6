"""The addresses of who learned what from whom."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import learning_flows

patterns = [
    path("learned/", learning_flows.learned, name="learned"),
    path("learned/of/<int:pk>/", learning_flows.learned_under, name="learned-of"),
]
