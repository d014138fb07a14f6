"""The addresses of the pages about secondments up."""

from __future__ import annotations

from django.urls import path

from lianyi.growth.views import secondments

patterns = [
    path("secondments/", secondments.secondment_list, name="secondments"),
    path("secondments/figures/", secondments.figures, name="secondment-figures"),
    path("secondments/<int:pk>/", secondments.secondment, name="secondment"),
    path("secondments/<int:pk>/goal/", secondments.add_goal, name="secondment-goal-new"),
    path("secondments/<int:pk>/check/<int:months>/", secondments.record_check, name="return-check"),
    path("secondments/goals/<int:pk>/withdraw/", secondments.withdraw_goal, name="secondment-goal-withdraw"),
]
