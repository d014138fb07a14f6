"""The addresses of reports."""

from __future__ import annotations

from django.urls import path

from lianyi.reports.views import batches, evaluations, form_tables, partnership, places, visits

app_name = "reports"
urlpatterns = [
    path("", partnership.report_list, name="reports"),
    path("agreement/<int:pk>/", partnership.of_agreement, name="of-agreement"),
    path("agreement/<int:pk>/schedule/", partnership.schedule, name="schedule"),
    path("agreement/<int:pk>/<str:period>/keep/", partnership.keep, name="keep"),
    path("agreement/<int:pk>/<str:period>.<str:ending>", partnership.file_now, name="file-now"),
    path("visits/", visits.report_list, name="visit-reports"),
    path("visits/<int:pk>/", visits.kept, name="kept-of-visit"),
    path("visits/<int:pk>/report.<str:ending>", visits.kept_file, name="kept-file-of-visit"),
    path("visit/<int:pk>/<str:kind>/", visits.of_visit, name="of-visit"),
    path("visit/<int:pk>/<str:kind>/keep/", visits.keep, name="keep-of-visit"),
    path("visit/<int:pk>/<str:kind>.<str:ending>", visits.file_now, name="file-now-of-visit"),
    path("places/", places.report_list, name="place-reports"),
    path("places/<int:pk>/", places.kept, name="kept-of-place"),
    path("places/<int:pk>/report.<str:ending>", places.kept_file, name="kept-file-of-place"),
    path("place/", places.watched, name="districts"),
    path("place/<int:pk>/forms/<str:form>/", form_tables.of_place, name="form-of-place"),
    path("place/<int:pk>/forms/<str:form>/<str:period>.<str:ending>", form_tables.file_of_form, name="form-file"),
    path("place/<int:pk>/forms/", form_tables.forms_of, name="forms-of-place"),
    path("place/<int:pk>/all/<str:period>/", batches.ask, name="ask-for-all"),
    path("batch/<int:pk>/", batches.batch, name="batch"),
    path("place/<int:pk>/<str:kind>/", places.of_place, name="of-place"),
    path("place/<int:pk>/<str:kind>/<str:period>/keep/", places.keep, name="keep-of-place"),
    path("place/<int:pk>/<str:kind>/<str:period>.<str:ending>", places.file_now, name="file-now-of-place"),
    path("evaluation/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path("evaluation/<int:pk>/answer.<str:ending>", evaluations.evaluation_file, name="evaluation-file"),
    path("<int:pk>/", partnership.kept, name="kept"),
    path("<int:pk>/report.<str:ending>", partnership.kept_file, name="kept-file"),
]
