"""The addresses of recovery, bounced returns and findings."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import evidence, recovery

patterns = [
    path("cases/<int:pk>/stages/begin/", recovery.begin, name="stage-begin"),
    path("stages/<int:pk>/end/", recovery.end, name="stage-end"),
    path("bounce-backs/", recovery.bounce_backs, name="bounce-backs"),
    path("findings/", recovery.findings, name="findings"),
    path("evidence/<int:pk>/<str:first_day>/", evidence.duty_evidence, name="duty-evidence"),
]
