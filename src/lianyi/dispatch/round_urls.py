"""The addresses of the pages about rounds."""

from __future__ import annotations

from django.urls import path

from lianyi.dispatch.views import plan_runs, round_plans, round_stops, round_visits, rounds

urlpatterns = [
    path("rounds/", rounds.programme_list, name="rounds"),
    path("rounds/new/", rounds.new_programme, name="round-programme-new"),
    path("rounds/visits/", round_visits.visit_list, name="round-visits"),
    path("rounds/visits/<int:pk>/", round_visits.visit, name="round-visit"),
    path("rounds/visits/<int:pk>/record/", round_visits.record_visit, name="round-visit-record"),
    path("rounds/visits/<int:pk>/withdraw/", round_visits.withdraw_visit, name="round-visit-withdraw"),
    path("rounds/stops/<int:pk>/", round_stops.stop, name="round-stop"),
    path("rounds/stops/<int:pk>/change/", round_stops.change_stop, name="round-stop-change"),
    path("rounds/crews/<int:pk>/change/", round_stops.change_crew, name="round-crew-change"),
    path("rounds/crews/<int:pk>/sheet/<str:day>/", round_visits.sheet, name="round-sheet"),
    path("rounds/crews/<int:pk>/sheet/<str:day>.pdf", round_visits.sheet_pdf, name="round-sheet-pdf"),
    path("rounds/closures/<int:pk>/take-back/", round_stops.open_stop, name="round-closure-take-back"),
    path("rounds/plans/<int:pk>/", round_plans.plan, name="round-plan"),
    path("rounds/plans/<int:pk>/take-over/", round_plans.take_over, name="round-plan-take-over"),
    path("rounds/plans/<int:pk>/put-aside/", round_plans.put_aside, name="round-plan-put-aside"),
    path("rounds/evidence/<int:pk>/<str:first_day>/", round_visits.evidence, name="round-evidence"),
    path("rounds/<int:pk>/", rounds.programme, name="round-programme"),
    path("rounds/<int:pk>/change/", rounds.change_programme, name="round-programme-change"),
    path("rounds/<int:pk>/week/", rounds.week, name="round-week"),
    path("rounds/<int:pk>/frequency/", rounds.frequency, name="round-frequency"),
    path("rounds/<int:pk>/plans/", round_plans.plan_list, name="round-plans"),
    path("rounds/<int:pk>/plans/search/", plan_runs.search_rounds, name="round-search"),
    path("rounds/<int:pk>/plans/progress/", plan_runs.progress_of_rounds, name="round-search-progress"),
    path("rounds/<int:pk>/plans/folder/", round_plans.folder, name="round-plan-folder"),
    path("rounds/<int:pk>/plans/read/", round_plans.read_plan, name="round-plan-read"),
    path("rounds/<int:pk>/stops/new/", round_stops.new_stop, name="round-stop-new"),
    path("rounds/<int:pk>/crews/new/", round_stops.new_crew, name="round-crew-new"),
    path("rounds/<int:pk>/close/", round_stops.close_stops, name="round-close"),
    path("rounds/<int:pk>/visits/plan/", round_visits.plan_visit, name="round-visit-plan"),
    path("rounds/<int:pk>/visits/record/", round_visits.record_unplanned, name="round-visit-unplanned"),
]
