"""Addresses of indicators, reporting duties, sheets, values and completeness."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import values as views
from lianyi.indicators.views import values_sheets as sheets
from lianyi.indicators.views import values_targets as targets

patterns = [
    path("definitions/", views.definitions, name="definitions"),
    path("definitions/<str:code>/", views.definition, name="definition"),
    path("values/", views.value_list, name="values"),
    path("values/<int:pk>/", views.value, name="value"),
    path("targets/<int:pk>/<str:first_day>/", targets.target_evidence, name="target-evidence"),
    path("completeness/", views.completeness, name="completeness"),
    path("reporters/", sheets.reporters, name="reporters"),
    path("reporters/new/", sheets.new_reporter, name="reporter-new"),
    path("reporters/<int:pk>/", sheets.end_reporter, name="reporter"),
    path("sheets/", sheets.sheet_list, name="sheets"),
    path("sheets/new/", sheets.new_sheet, name="sheet-new"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/figures/", sheets.figures, name="sheet-figures"),
    path("sheets/<int:pk>/steps/<str:name>/", sheets.step, name="sheet-step"),
]
