"""The addresses of remote consultations."""

from __future__ import annotations

from django.urls import path

from lianyi.referrals.views import consultation_figures, consultations, opinions

patterns = [
    path("consultations/", consultations.consultation_list, name="consultations"),
    path("consultations/new/", consultations.new_consultation, name="consultation-new"),
    path("consultations/counted/<slug:figure>/", consultation_figures.counted, name="consultations-counted"),
    path("consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path("consultations/<int:pk>/change/", consultations.change, name="consultation-change"),
    path("consultations/<int:pk>/steps/<slug:name>/", consultations.step, name="consultation-step"),
    path("consultations/<int:pk>/convert/", consultations.convert, name="consultation-convert"),
    path("consultations/<int:pk>/opinion.pdf", opinions.opinion_pdf, name="consultation-opinion-pdf"),
]
