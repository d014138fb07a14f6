"""The address where exports of DHIS2 are read."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import exports as views

patterns = [
    path("exports/", views.exports, name="exports"),
]
