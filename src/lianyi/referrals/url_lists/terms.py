"""The addresses of exceptions, approvals and terms."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import terms

patterns = [
    path("cases/<int:pk>/exception/", terms.exception, name="exception"),
    path("cases/<int:pk>/approve/", terms.approve, name="request-approve"),
    path("terms/<int:pk>/", terms.terms, name="terms"),
]
