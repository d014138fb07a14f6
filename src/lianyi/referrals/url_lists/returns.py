"""The addresses of what a lower unit needs for a transfer back."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import returns

patterns = [
    path("needs/", returns.needs, name="needs"),
    path("cases/<int:pk>/needs/", returns.answer, name="needs-answer"),
    path("needs/<int:pk>/provide/", returns.provide, name="need-provide"),
]
