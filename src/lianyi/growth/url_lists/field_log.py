"""The addresses of the pages about the field log."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import field_log

patterns = [
    path("log/", field_log.log_list, name="log"),
    path("log/new/", field_log.new_entry, name="log-new"),
    path("log/totals/", field_log.month_totals, name="log-totals"),
    path("log/figures/", field_log.figures, name="log-figures"),
    path("log/<int:pk>/", field_log.entry, name="log-entry"),
    path("log/<int:pk>/correct/", field_log.correct, name="log-correct"),
]
