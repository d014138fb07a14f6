"""Addresses of evaluations."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import evaluation_forms as forms
from lianyi.indicators.views import evaluations as views

patterns = [
    path("evaluations/", views.evaluation_list, name="evaluations"),
    path("evaluations/agreement/<int:pk>/", views.of_agreement, name="evaluations-of"),
    path("evaluations/new/values/", forms.new_of_values, name="evaluation-new-values"),
    path("evaluations/new/table/", forms.new_of_table, name="evaluation-new-table"),
    path("evaluations/<int:pk>/", views.evaluation, name="evaluation"),
    path("evaluations/<int:pk>/rows/", views.rows, name="evaluation-rows"),
    path("evaluations/<int:pk>/panel.csv", views.panel_file, name="evaluation-panel"),
    path("evaluations/<int:pk>/result.json", views.result_file, name="evaluation-result"),
    path("evaluations/<int:pk>/change/", forms.change, name="evaluation-change"),
    path("evaluations/<int:pk>/comparison/", forms.comparison, name="evaluation-comparison"),
    path("evaluations/<int:pk>/revise/", forms.revise, name="evaluation-revise"),
    path("evaluations/<int:pk>/steps/<str:name>/", forms.step, name="evaluation-step"),
]
