"""The addresses of visits, points, actions and recognition."""

from __future__ import annotations

from django.urls import path

from lianyi.exchanges.views import actions, papers, points, recognitions, suggestions, visit_parts, visits

patterns = [
    path("visits/", visits.visit_list, name="visits"),
    path("visits/new/", visits.new_visit, name="visit-new"),
    path("visits/<int:pk>/", visits.visit, name="visit"),
    path("visits/<int:pk>/change/", visits.change, name="visit-change"),
    path("visits/<int:pk>/steps/<slug:name>/", visits.step, name="visit-step"),
    path("visits/<int:pk>/points/new/", points.raise_point, name="point-new"),
    path("visits/<int:pk>/difficulties/new/", points.raise_difficulty, name="difficulty-new"),
    path("visits/<int:pk>/recognitions/new/", recognitions.thank_at_visit, name="visit-recognition-new"),
    path("visits/<int:pk>/lines/<slug:kind>/new/", visit_parts.add, name="visit-part-new"),
    path("visits/<int:pk>/papers/<slug:name>/", papers.paper, name="visit-paper"),
    path("visits/<int:pk>/papers/<slug:name>.pdf", papers.paper_pdf, name="visit-paper-pdf"),
    path("lines/<slug:kind>/<int:pk>/change/", visit_parts.change, name="visit-part-change"),
    path("lines/<slug:kind>/<int:pk>/take-back/", visit_parts.take_back, name="visit-part-take-back"),
    path("points/", points.point_list, name="points"),
    path("points/<int:pk>/", points.point, name="point"),
    path("points/<int:pk>/change/", points.change, name="point-change"),
    path("points/<int:pk>/sort/<slug:name>/", points.sort, name="point-sort"),
    path("actions/", actions.action_list, name="actions"),
    path("actions/<int:pk>/", actions.action, name="action"),
    path("actions/<int:pk>/change/", actions.change, name="action-change"),
    path("actions/<int:pk>/hand-over/", actions.hand_over, name="action-hand-over"),
    path("actions/<int:pk>/steps/<slug:name>/", actions.step, name="action-step"),
    path("recognitions/", recognitions.recognition_list, name="recognitions"),
    path("recognitions/new/", recognitions.new_recognition, name="recognition-new"),
    path("recognitions/<int:pk>/", recognitions.recognition, name="recognition"),
    path("recognitions/<int:pk>/change/", recognitions.change, name="recognition-change"),
    path("recognitions/<int:pk>/take-back/", recognitions.take_back, name="recognition-take-back"),
    path("people/suggestions/", suggestions.staff, name="staff-suggestions"),
    path("evidence/visits/<int:pk>/<str:first_day>/", visits.evidence, name="visit-evidence"),
    path("evidence/actions/<int:pk>/<str:first_day>/", actions.evidence, name="action-evidence"),
]
