"""Addresses of assessments and checklists."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import assessments as views

patterns = [
    path("assessments/", views.assessment_list, name="assessments"),
    path("assessments/new/", views.new_assessment, name="assessment-new"),
    path("assessments/<int:pk>/", views.assessment, name="assessment"),
    path("assessments/<int:pk>/change/", views.change_assessment, name="assessment-change"),
    path("assessments/<int:pk>/items/", views.items, name="assessment-items"),
    path("assessments/<int:pk>/steps/<str:name>/", views.step, name="assessment-step"),
    path("assessments/<int:pk>/compare/<int:other>/", views.compare, name="assessment-compare"),
    path("assessments/<int:pk>/sheet/", views.sheet, name="assessment-sheet"),
    path("checklists/", views.checklists, name="checklists"),
]
