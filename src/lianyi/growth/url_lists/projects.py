"""The addresses of projects."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import project_forms as forms
from lianyi.growth.views import projects as views

patterns = [
    path("projects/", views.project_list, name="projects"),
    path("projects/over-time/", views.gantt, name="project-gantt"),
    path("projects/new/", forms.new_project, name="project-new"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/change/", forms.change, name="project-change"),
    path("projects/<int:pk>/times/", views.standards, name="project-times"),
    path("projects/<int:pk>/milestones/new/", forms.add_milestone, name="milestone-new"),
    path("projects/<int:pk>/money/new/", forms.add_money, name="project-money-new"),
    path("projects/<int:pk>/team/new/", forms.add_person, name="project-person-new"),
    path("projects/<int:pk>/step/<slug:name>/", forms.step, name="project-step"),
    path("projects/milestones/<int:pk>/move/", forms.move_milestone, name="milestone-move"),
    path("projects/milestones/<int:pk>/reach/", forms.reach_milestone, name="milestone-reach"),
    path("projects/milestones/<int:pk>/sign/", forms.verify_milestone, name="milestone-sign"),
    path("projects/milestones/<int:pk>/send-back/", forms.send_back_milestone, name="milestone-send-back"),
    path("projects/money/<int:pk>/correct/", forms.correct_money, name="project-money-correct"),
    path("projects/team/<int:pk>/end/", forms.end_person, name="project-person-end"),
    path("projects/evidence/<int:pk>/<str:first_day>/", views.evidence, name="project-evidence"),
]
