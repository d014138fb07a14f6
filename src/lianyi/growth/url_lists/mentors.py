"""The addresses of mentors and apprentices."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import mentor_work, mentors

patterns = [
    path("mentors/", mentors.pair_list, name="mentors"),
    path("mentors/timeline/", mentors.timeline, name="mentor-timeline"),
    path("mentors/alone/", mentors.alone, name="mentor-alone"),
    path("mentors/new/", mentor_work.choose_agreement, name="mentor-agreement"),
    path("mentors/new/<int:pk>/", mentor_work.new_pair, name="mentor-new"),
    path("mentors/<int:pk>/", mentors.pair, name="mentor-pair"),
    path("mentors/<int:pk>/goals/new/", mentor_work.new_goal, name="mentor-goal-new"),
    path("mentors/<int:pk>/logbook/new/", mentor_work.new_line, name="logbook-new"),
    path("mentors/<int:pk>/end/", mentor_work.end_pair, name="mentor-end"),
    path("logbook/<int:pk>/take-back/", mentor_work.take_back_line, name="logbook-take-back"),
    path("logbook/<int:pk>/<slug:name>/", mentor_work.answer_line, name="logbook-answer"),
    path("mentor-goals/<int:pk>/correct/", mentor_work.correct_goal, name="mentor-goal-correct"),
    path("mentor-goals/<int:pk>/level/", mentor_work.propose_level, name="mentor-level-new"),
    path("mentor-levels/<int:pk>/<slug:name>/", mentor_work.answer_level, name="mentor-level-answer"),
    path("mentor-evidence/<int:pk>/<str:first_day>/", mentors.evidence, name="mentor-evidence"),
]
