"""Addresses of performance assessments and their schemes."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import performance as views
from lianyi.indicators.views import performance_forms as forms

patterns = [
    path("performance/", views.round_list, name="performances"),
    path("performance/schemes/", views.schemes, name="performance-schemes"),
    path("performance/new/", forms.new_round, name="performance-new"),
    path("performance/<int:pk>/", views.sheet, name="performance"),
    path("performance/<int:pk>/compare/", views.compare, name="performance-compare"),
    path("performance/<int:pk>/paper/", views.paper, name="performance-paper"),
    path("performance/<int:pk>/pdf/", views.paper_pdf, name="performance-pdf"),
    path("performance/<int:pk>/change/", forms.change_round, name="performance-change"),
    path("performance/<int:pk>/scores/<str:side>/", forms.scores, name="performance-scores"),
    path("performance/<int:pk>/steps/<str:name>/", forms.step, name="performance-step"),
    path("performance/<int:pk>/evidence/", forms.new_evidence, name="performance-evidence-new"),
    path("performance/<int:pk>/objections/<str:item>/", forms.new_objection, name="performance-objection-new"),
    path("performance/evidence/<int:pk>/", forms.change_evidence, name="performance-evidence-change"),
    path("performance/objections/<int:pk>/", forms.answer_objection, name="performance-objection-answer"),
]
