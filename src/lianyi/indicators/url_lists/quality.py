"""Addresses of quality control: charts, funnels, cases."""

from __future__ import annotations

from django.urls import path

from lianyi.indicators.views import quality, quality_cases, quality_charts

patterns = [
    path("charts/", quality.wall, name="charts"),
    path("charts/<str:code>/<int:pk>/", quality_charts.chart, name="chart"),
    path("charts/<str:code>/<int:pk>/begin-anew/", quality_charts.begin_anew, name="chart-begin-anew"),
    path("charts/<str:code>/<int:pk>/open/<str:start>/", quality_charts.open_case, name="quality-case-open"),
    path("charts/beginnings/<int:pk>/withdraw/", quality_charts.withdraw_rebase, name="chart-rebase-withdraw"),
    path("funnel/", quality_charts.funnel, name="funnel"),
    path("quality-cases/", quality_cases.case_list, name="quality-cases"),
    path("quality-cases/<int:pk>/", quality_cases.case, name="quality-case"),
    path("quality-cases/<int:pk>/steps/<str:name>/", quality_cases.step, name="quality-case-step"),
    path("quality-cases/<int:pk>/hand-over/", quality_cases.hand_over, name="quality-case-hand-over"),
    path("quality-cases/actions/<int:pk>/done/", quality_cases.finish_action, name="quality-action-done"),
    path("quality-cases/actions/<int:pk>/drop/", quality_cases.drop_action, name="quality-action-drop"),
]
