"""The addresses of the survey's pages."""

from __future__ import annotations

from django.urls import path

from lianyi.survey.views import (
    access,
    account,
    compare,
    distribution,
    gaps,
    options,
    readiness,
    scenarios,
    shortfalls,
    staffing,
)

app_name = "survey"

urlpatterns = [
    path("", account.region, name="account"),
    path("institutions/", account.institutions, name="institutions"),
    path("figures/", account.figures, name="figures"),
    path("workload/", account.workload, name="workload"),
    path("distribution/", distribution.distribution, name="distribution"),
    path("shortfalls/", shortfalls.shortfalls, name="shortfalls"),
    path("staffing/", staffing.staffing, name="staffing"),
    path("staffing/<int:pk>/", staffing.staffing_of, name="staffing-of"),
    path("readiness/", readiness.readiness, name="readiness"),
    path("readiness/<int:pk>/", readiness.readiness_of, name="readiness-of"),
    path("compare/", compare.compare, name="compare"),
    path("access/", access.access, name="access"),
    path("options/", options.options, name="options"),
    path("options/keep/", options.keep, name="option-keep"),
    path("scenarios/", scenarios.scenarios, name="scenarios"),
    path("scenarios/<int:pk>/", scenarios.scenario, name="scenario"),
    path("scenarios/<int:pk>/rename/", scenarios.rename, name="scenario-rename"),
    path("scenarios/<int:pk>/withdraw/", scenarios.withdraw, name="scenario-withdraw"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/new/", gaps.put_forward, name="gap-new"),
    path("gaps/<int:pk>/", gaps.gap, name="gap"),
    path("gaps/<int:pk>/sheet.pdf", gaps.gap_pdf, name="gap-pdf"),
    path("gaps/<int:pk>/take-up/", gaps.take_up, name="gap-take-up"),
    path("gaps/<int:pk>/withdraw/", gaps.withdraw, name="gap-withdraw"),
]
