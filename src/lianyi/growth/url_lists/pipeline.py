"""The addresses of the pipeline."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import pipeline as views
from lianyi.growth.views import pipeline_forms as forms

patterns = [
    path("pipeline/", views.board, name="pipeline"),
    path("pipeline/list/", views.innovation_list, name="innovations"),
    path("pipeline/new/", forms.new_innovation, name="innovation-new"),
    path("pipeline/<int:pk>/", views.innovation, name="innovation"),
    path("pipeline/<int:pk>/change/", forms.change, name="innovation-change"),
    path("pipeline/<int:pk>/step/<slug:name>/", forms.step, name="innovation-step"),
    path("pipeline/<int:pk>/partners/new/", forms.add_partner, name="innovation-partner-new"),
    path("pipeline/<int:pk>/approvals/new/", forms.add_approval, name="innovation-approval-new"),
    path("pipeline/<int:pk>/gains/new/", forms.add_gain, name="innovation-gain-new"),
    path("pipeline/<int:pk>/uses/new/", forms.add_use, name="innovation-use-new"),
    path("pipeline/partners/<int:pk>/end/", forms.end_partner, name="innovation-partner-end"),
    path("pipeline/gains/<int:pk>/correct/", forms.correct_gain, name="innovation-gain-correct"),
    path("pipeline/evidence/<int:pk>/<str:first_day>/", views.stage_evidence, name="pipeline-stage-evidence"),
    path("pipeline/evidence-of-use/<int:pk>/<str:first_day>/", views.use_evidence, name="pipeline-use-evidence"),
    path("pipeline/uses/<int:pk>/check/", forms.check_use, name="innovation-use-check"),
]
