"""The addresses of the statistics."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import statistics

patterns = [
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/standards/", statistics.statistics_standards, name="statistics-standards"),
    path("statistics/<slug:figure>/", statistics.statistics_rows, name="statistics-rows"),
]
