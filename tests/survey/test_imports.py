"""The table of published figures: read, refused with a reason, written back as it was read."""

from __future__ import annotations

from decimal import Decimal

from lianyi.registry.imports.kinds import RowAction, table_kind
from lianyi.survey.imports import KIND, export_figures, plan_figures
from lianyi.survey.models import PlaceFigure
from lianyi.tabular.rows import ParsedRow
from tests.cast import actor_for, as_service
from tests.survey.world import County, publish


def rows(*given: dict[str, object]) -> list[ParsedRow]:
    return [ParsedRow(number, values, ()) for number, values in enumerate(given, start=2)]


def figure(code: str, **changes: object) -> dict[str, object]:
    return {
        "place_code": code,
        "year": 2023,
        "measure": "beds",
        "quantity": Decimal(520),
        "source": "年鉴",
        **changes,
    }


def test_the_kind_is_offered_with_the_others():
    assert table_kind("place_figures") is KIND


def test_figures_are_created_changed_and_left_alone(county: County):
    steward = actor_for("steward", county.place.pk, "registry_steward")
    [plan] = plan_figures(steward, rows(figure("512000")))
    assert plan.action is RowAction.CREATE
    KIND.apply(as_service(), [plan])
    row = PlaceFigure.objects.get(measure="beds")
    assert (row.place, row.quantity, row.source) == (county.place, 520, "年鉴")
    same, other = plan_figures(steward, rows(figure("512000"), figure("512000", measure="doctors")))
    assert (same.action, other.action) == (RowAction.UNCHANGED, RowAction.CREATE)
    [changed] = plan_figures(steward, rows(figure("512000", quantity=row.quantity + 1)))
    assert changed.action is RowAction.UPDATE


def test_a_place_out_of_reach_is_refused(county: County):
    steward = actor_for("steward", county.scene.outside.pk, "registry_steward")
    [plan] = plan_figures(steward, rows(figure("512000")))
    assert plan.action is RowAction.REFUSE
    [problem] = plan.problems
    assert "not within your reach" in str(problem.params)


def test_an_export_is_what_an_import_reads_back(county: County):
    publish(county.place, beds=520)
    steward = actor_for("steward", county.place.pk, "registry_steward")
    found = [row for row in export_figures(steward) if row["measure"] == "beds"]
    assert found[0]["place_code"] == "512000"
    [plan] = plan_figures(steward, rows(dict(found[0])))
    assert plan.action is RowAction.UNCHANGED
