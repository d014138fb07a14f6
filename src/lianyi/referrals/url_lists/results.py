"""The address of results that came with a patient."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import results

patterns = [
    path("cases/<int:pk>/results/", results.brought_result, name="result-record"),
]
