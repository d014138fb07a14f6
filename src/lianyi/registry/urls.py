"""The addresses of the registry's pages."""

from __future__ import annotations

from django.urls import path

from lianyi.registry.views import (
    change_requests,
    departments,
    imports,
    institution_forms,
    institutions,
    places,
    proposals,
    quality,
    resources,
    staff,
)

app_name = "registry"

_INSTITUTIONS = [
    path("institutions/", institutions.institutions, name="institutions"),
    path("institutions/suggestions/", institutions.suggestions, name="institution-suggestions"),
    path("institutions/new/", institution_forms.open_institution, name="institution-open"),
    path("institutions/<int:pk>/", institutions.institution, name="institution-detail"),
    path("institutions/<int:pk>/correct/", institution_forms.correct, name="institution-correct"),
    path("institutions/<int:pk>/rename/", institution_forms.rename, name="institution-rename"),
    path("institutions/<int:pk>/move/", institution_forms.move, name="institution-move"),
    path("institutions/<int:pk>/regrade/", institution_forms.regrade, name="institution-regrade"),
    path("institutions/<int:pk>/place-under/", institution_forms.place_under, name="institution-place-under"),
    path("institutions/<int:pk>/merge/", institution_forms.merge, name="institution-merge"),
    path("institutions/<int:pk>/close/", institution_forms.close, name="institution-close"),
    path("institutions/<int:pk>/reopen/", institution_forms.reopen, name="institution-reopen"),
    path("institutions/<int:pk>/propose/", proposals.of_institution, name="institution-propose"),
    path("institutions/<int:pk>/departments/new/", departments.open_department, name="department-open"),
    path("institutions/<int:pk>/beds/count/", resources.count_beds, name="beds-count"),
    path("institutions/<int:pk>/services/state/", resources.state_service, name="service-state"),
    path("institutions/<int:pk>/equipment/count/", resources.count_equipment, name="equipment-count"),
    path("institutions/<int:pk>/workload/enter/", resources.enter_workload, name="workload-enter"),
    path("institutions/<int:pk>/staff/new/", staff.add, name="staff-add"),
    path("bed-counts/<int:pk>/again/", resources.count_beds_again, name="beds-count-again"),
    path("services/<int:pk>/", resources.change_service, name="service-change"),
    path("equipment/<int:pk>/", resources.change_equipment, name="equipment-change"),
    path("workload/<int:pk>/", resources.change_workload, name="workload-change"),
    path("departments/<int:pk>/rename/", departments.rename, name="department-rename"),
    path("departments/<int:pk>/correct/", departments.correct, name="department-correct"),
    path("departments/<int:pk>/move/", departments.move, name="department-move"),
    path("departments/<int:pk>/close/", departments.close, name="department-close"),
    path("departments/<int:pk>/propose/", proposals.of_department, name="department-propose"),
    path("departments/<int:pk>/status/", departments.set_status, name="department-status"),
]
_PLACES = [
    path("places/", places.places, name="places"),
    path("places/suggestions/", places.suggestions, name="place-suggestions"),
    path("places/<int:pk>/", places.place, name="place-detail"),
    path("places/<int:pk>/parts/", places.parts, name="place-parts"),
    path("places/<int:pk>/parts/new/", places.create, name="place-create"),
    path("places/<int:pk>/correct/", places.correct, name="place-correct"),
    path("places/<int:pk>/rename/", places.rename, name="place-rename"),
    path("places/<int:pk>/move/", places.move, name="place-move"),
    path("places/<int:pk>/close/", places.close, name="place-close"),
    path("places/<int:pk>/propose/", proposals.of_place, name="place-propose"),
    path("places/<int:pk>/population/", places.set_population, name="place-population"),
    path("places/<int:pk>/succession/", places.record_succession, name="place-succession"),
]
_STAFF = [
    path("staff/", staff.staff, name="staff"),
    path("staff/<int:pk>/", staff.member, name="staff-detail"),
    path("staff/<int:pk>/change/", staff.change, name="staff-change"),
    path("staff/<int:pk>/move/", staff.move, name="staff-move"),
    path("staff/<int:pk>/end/", staff.end, name="staff-end"),
    path("staff/<int:pk>/unavailability/", staff.add_unavailability, name="unavailability-add"),
    path("unavailabilities/<int:pk>/end/", staff.end_unavailability, name="unavailability-end"),
]
_CHANGE_REQUESTS = [
    path("change-requests/", change_requests.change_requests, name="change-requests"),
    path("change-requests/<int:pk>/", change_requests.change_request, name="change-request-detail"),
    path("change-requests/<int:pk>/approve/", change_requests.approve, name="change-request-approve"),
    path("change-requests/<int:pk>/refuse/", change_requests.refuse, name="change-request-refuse"),
    path("change-requests/<int:pk>/withdraw/", change_requests.withdraw, name="change-request-withdraw"),
]
_TABLES = [
    path("imports/", imports.imports, name="imports"),
    path("imports/runs/", imports.import_runs, name="import-runs"),
    path("imports/templates/<slug:kind>/", imports.template, name="import-template"),
    path("imports/files/<str:token>/", imports.preview, name="import-preview"),
    path("imports/files/<str:token>/returned/", imports.returned, name="import-returned"),
    path("imports/files/<str:token>/run/", imports.run, name="import-run"),
    path("imports/files/<str:token>/discard/", imports.discard, name="import-discard"),
    path("exports/<slug:kind>.<str:file_format>", imports.export, name="export"),
]
_QUALITY = [path("data-quality/", quality.data_quality, name="data-quality")]

urlpatterns = [*_INSTITUTIONS, *_PLACES, *_STAFF, *_CHANGE_REQUESTS, *_TABLES, *_QUALITY]
