"""The addresses of techniques."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import technique_work, techniques

patterns = [
    path("techniques/", techniques.technique_list, name="techniques"),
    path("techniques/catalogue/", techniques.catalogue, name="technique-catalogue"),
    path("techniques/new/", technique_work.choose_agreement, name="technique-agreement"),
    path("techniques/new/<int:pk>/", technique_work.new_technique, name="technique-new"),
    path("techniques/<int:pk>/", techniques.technique, name="technique"),
    path("techniques/<int:pk>/correct/", technique_work.correct, name="technique-correct"),
    path("techniques/<int:pk>/cases/new/", technique_work.new_case, name="technique-case-new"),
    path("techniques/<int:pk>/attest/<slug:key>/", technique_work.attest, name="technique-attest"),
    path("techniques/<int:pk>/steps/<slug:name>/", technique_work.step, name="technique-step"),
    path("technique-cases/<int:pk>/take-back/", technique_work.take_back_case, name="technique-case-take-back"),
    path("ladders/<int:pk>/", techniques.ladder, name="ladder"),
    path("technique-evidence/<int:pk>/<str:first_day>/", techniques.evidence, name="technique-evidence"),
]
