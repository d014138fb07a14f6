"""Quality control: walls, signals, new beginnings, cases from signal to signed check."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, SeparationOfDutiesError
from lianyi.errors import InvalidInputError
from lianyi.indicators.commands import quality as commands
from lianyi.indicators.commands.quality import NewRebase, Ownership, QualitySays
from lianyi.indicators.models import (
    ChartFinding,
    IndicatorSheet,
    IndicatorValue,
    QualityAction,
    QualityCase,
    QualityCheck,
    QualityState,
)
from lianyi.indicators.quality_authority import steps_for
from lianyi.indicators.quality_errors import QualityStepRefusedError
from lianyi.indicators.quality_funnel import has_funnel
from lianyi.indicators.quality_machine import QUALITY_STEPS, is_overdue, quality_steps_from
from lianyi.indicators.quality_series import ChartSetting, Figure, SeriesChart, chart_for, panel_of
from lianyi.indicators.quality_watch import watch
from lianyi.indicators.queries import quality as queries
from lianyi.indicators.queries.quality_charts import aftermath_of_case, signals_of_unit, unit_panel
from lianyi.indicators.values_definitions import indicator_book
from lianyi.indicators.values_periods import next_start
from tests.cast import Scene, acting_as, day
from tests.indicators.quality_story import (
    COUNT,
    MINUTES,
    QUIET,
    SHARE,
    Quality,
    keep,
    quality_story,
    waits,
)

pytestmark = pytest.mark.django_db
WORKED = QualitySays(words="records of the clinic seen")


@pytest.fixture
def quality(scene: Scene, settings: Any, tmp_path: Path) -> Quality:
    settings.LIANYI_RULES_DIRECTORIES = (tmp_path,)
    return quality_story(scene, tmp_path)


def test_charts_are_made_of_accepted_and_locked_values_only(quality: Quality) -> None:
    keep(quality.shan, waits(QUIET[:6]))
    keep(quality.shan, waits([99]), first=day("2023-07-01"), state="submitted")
    panel = unit_panel(quality.analyst, MINUTES, "month", quality.shan.pk)
    assert panel is not None
    assert panel.values.tolist() == [list(QUIET[:6])]
    assert unit_panel(quality.stranger, MINUTES, "month", quality.shan.pk) is None


def test_a_month_without_a_value_stays_a_gap_and_is_not_zero(quality: Quality) -> None:
    keep(quality.shan, waits([60, None, 62]))
    panel = unit_panel(quality.analyst, MINUTES, "month", quality.shan.pk)
    assert panel is not None
    assert panel.codes == ["2023-01", "2023-02", "2023-03"]
    assert str(panel.values.tolist()) == "[[60.0, nan, 62.0]]"


@pytest.mark.parametrize(
    ("code", "figures", "expected"),
    [
        (MINUTES, (6000, 100), SeriesChart.XMR),
        (COUNT, (100, None), SeriesChart.XMR),
        (SHARE, (5, 100), SeriesChart.P),
        (SHARE, (500, 20_000), SeriesChart.P_PRIME),
    ],
)
def test_the_chart_fits_the_definition_and_the_size(
    quality: Quality, code: str, figures: tuple[float, float | None], expected: SeriesChart
) -> None:
    keep(quality.shan, [figures] * 4, code)
    panel = unit_panel(quality.analyst, code, "month", quality.shan.pk)
    assert panel is not None
    assert chart_for(panel) is expected


def test_a_signal_says_period_side_and_rule(quality: Quality) -> None:
    quality.raised()
    signals = signals_of_unit(quality.analyst, MINUTES, "month", quality.shan.pk)
    last = max(signals)
    assert (last, signals[last].side, signals[last].may_open_case) == (day("2024-08-01"), "high", True)
    assert signals[last].value == pytest.approx(79)


def test_a_case_goes_from_its_signal_to_a_signed_check_and_is_closed(quality: Quality) -> None:
    quality.raised(after=QUIET[:8])
    case = quality.checking(quality.opened())
    assert case.state == QualityState.CHECKING
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert (told.finding, told.points, told.first) == (ChartFinding.BETTER, 8, day("2024-09-01"))
    assert told.mean_after == pytest.approx(sum(QUIET[:8]) / 8)
    case = quality.step(case, "sign_worked", says=WORKED)
    check = QualityCheck.objects.get(case=case)
    assert (check.verdict, check.finding, check.points) == ("worked", "better", 8)
    assert check.user_id == quality.analyst.user_id
    case = quality.step(case, "close")
    assert (case.state, case.closed_on) == (QualityState.CLOSED, timezone.localdate())
    steps = [
        "open",
        "assign",
        "find_cause",
        "agree",
        "finish_action",
        "all_done",
        "start_check",
        "sign_worked",
        "close",
    ]
    assert [event.step for event in case.events.all()] == steps


def test_too_early_is_said_and_neither_verdict_is_signed(quality: Quality) -> None:
    quality.raised(after=QUIET[:2])
    case = quality.checking(quality.opened())
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert (told.finding, told.points) == (ChartFinding.TOO_EARLY, 2)
    for name in ("sign_worked", "sign_not_worked"):
        with pytest.raises(InvalidInputError, match="too few to tell"):
            quality.step(case, name, says=WORKED)
    assert not QualityCheck.objects.exists()


def test_without_a_finding_for_the_better_nobody_signs_that_it_worked(quality: Quality) -> None:
    quality.raised(after=(78, 79, 77, 78, 80, 78, 77, 79))
    case = quality.checking(quality.opened())
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert told.finding is ChartFinding.WORSE, "limits of the periods up to the action hold the good year too"
    with pytest.raises(InvalidInputError, match="nobody signs"):
        quality.step(case, "sign_worked", says=WORKED)
    case = quality.step(case, "sign_not_worked", says=WORKED)
    assert case.state == QualityState.NOT_WORKED
    names = {step.name for step in quality_steps_from(case.state)}
    assert names == {"find_cause", "agree", "give_up"}


def test_a_single_disturbance_that_does_not_come_back_is_settled_and_no_change_of_level(quality: Quality) -> None:
    keep(quality.shan, waits([*QUIET[:12], 90, *QUIET[:9]]))
    case = quality.opened("2024-01-01")
    assert case.rule == "outside"
    case = quality.step(quality.done(case, "2024-01-20"), "start_check")
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert (told.finding, told.points) == (ChartFinding.SETTLED, 9)
    assert quality.step(case, "sign_worked", says=WORKED).state == QualityState.WORKED


def test_the_period_of_the_action_belongs_to_neither_side(quality: Quality) -> None:
    quality.raised(after=QUIET[:8])
    case = quality.done(quality.opened(), "2024-09-10")
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert (told.first, told.points, told.baseline_points) == (day("2024-10-01"), 7, 20)


def test_owner_doer_and_who_said_the_cause_do_not_check(quality: Quality) -> None:
    quality.raised(after=QUIET[:8])
    case = quality.done(quality.opened())
    for actor in (quality.owner, quality.doer):
        assert steps_for(actor, case) == []
        with pytest.raises(SeparationOfDutiesError):
            quality.step(case, "start_check", actor)
    case = quality.step(case, "start_check", quality.above)
    with pytest.raises(SeparationOfDutiesError):
        quality.step(case, "sign_worked", quality.analyst, WORKED)
    assert quality.step(case, "sign_worked", quality.above, WORKED).state == QualityState.WORKED


def test_only_the_owner_says_the_cause(quality: Quality) -> None:
    quality.raised()
    case = quality.owned(quality.opened())
    says = QualitySays(cause_kind="staff", cause="guessed")
    with pytest.raises(NotPermittedError):
        quality.step(case, "find_cause", quality.analyst, says)
    with pytest.raises(InvalidInputError, match="no kind of cause"):
        quality.step(case, "find_cause", quality.owner, QualitySays(cause_kind="witchcraft", cause="x"))


def test_one_case_is_open_for_a_unit_indicator_and_side(quality: Quality) -> None:
    quality.raised()
    case = quality.opened("2024-01-01")
    with pytest.raises(InvalidInputError, match="is open already"):
        quality.opened("2024-02-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        QualityCase.objects.create(
            code="TWICE", node=quality.shan, indicator=MINUTES, period="month", signal_start=day("2024-02-01"),
            side="high", rule="shift", opened_on=day("2024-03-01"),
        )  # fmt: skip
    quality.step(case, "dismiss", reason="clock was wrong")
    assert quality.opened("2024-02-01").state == QualityState.OPEN


def test_a_dismissed_case_is_opened_again_only_while_no_other_is_open(quality: Quality) -> None:
    quality.raised()
    case = quality.step(quality.opened(), "dismiss", reason="clock was wrong")
    other = quality.opened("2024-02-01")
    with pytest.raises(InvalidInputError, match="is open already"):
        quality.step(case, "reopen", reason="the clock was right")
    quality.step(other, "dismiss", reason="same thing")
    case = quality.step(case, "reopen", reason="the clock was right")
    assert (case.state, case.closed_on, case.owner_id) == (QualityState.OPEN, None, None)


def test_no_case_begins_without_a_signal_or_with_one_for_the_better(quality: Quality) -> None:
    keep(quality.shan, waits([*QUIET, *QUIET, 40]))
    with pytest.raises(InvalidInputError) as refused:
        quality.opened("2023-03-01")
    assert refused.value.params["reason"] == "quality-no-signal"
    with pytest.raises(InvalidInputError) as refused:
        quality.opened("2025-09-01")
    assert refused.value.params["reason"] == "quality-signal-better"


def test_a_chart_begins_anew_with_a_reason_and_the_withdrawal_is_a_further_row(quality: Quality) -> None:
    quality.raised()
    new = NewRebase(node=quality.shan, indicator=MINUTES, period_start=day("2024-01-01"), reason="one room of two")
    with pytest.raises(NotPermittedError):
        commands.begin_anew(acting_as(quality.owner), new)
    row = commands.begin_anew(acting_as(quality.analyst), new)
    assert signals_of_unit(quality.analyst, MINUTES, "month", quality.shan.pk) == {}
    with pytest.raises(InvalidInputError, match="already"):
        commands.begin_anew(acting_as(quality.analyst), new)
    added = commands.withdraw_rebase(acting_as(quality.analyst, "the work was as before"), row)
    assert added.withdraws_id == row.pk
    assert signals_of_unit(quality.analyst, MINUTES, "month", quality.shan.pk)
    with pytest.raises(InvalidInputError, match="withdrawn already"):
        commands.withdraw_rebase(acting_as(quality.analyst, "again"), row)
    assert [each.pk for each in queries.rebase_rows(quality.analyst, MINUTES, quality.shan.pk)] == [row.pk]


def test_a_new_beginning_after_the_signal_does_not_hide_what_came_of_the_action(quality: Quality) -> None:
    quality.raised(after=QUIET[:8])
    case = quality.checking(quality.opened())
    new = NewRebase(node=quality.shan, indicator=MINUTES, period_start=day("2024-09-01"), reason="room open")
    commands.begin_anew(acting_as(quality.above), new)
    told = aftermath_of_case(quality.analyst, case)
    assert told is not None
    assert told.finding is ChartFinding.BETTER


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_chart_does_not_begin_anew_without_a_reason(quality: Quality, reason: str) -> None:
    quality.raised()
    new = NewRebase(node=quality.shan, indicator=MINUTES, period_start=day("2024-01-01"), reason=reason)
    with pytest.raises(InvalidInputError, match="reason"):
        commands.begin_anew(acting_as(quality.analyst), new)


def test_what_is_not_in_the_table_is_refused_and_every_state_has_a_way_on(quality: Quality) -> None:
    quality.raised()
    case = quality.opened()
    with pytest.raises(QualityStepRefusedError):
        quality.step(case, "close")
    with pytest.raises(QualityStepRefusedError):
        quality.step(quality.agreed(case), "all_done")
    assert {state for step in QUALITY_STEPS for state in step.from_states} == set(QualityState)
    assert {step.to_state for step in QUALITY_STEPS} == set(QualityState)


def test_an_owner_is_somebody_who_writes_about_the_unit(quality: Quality) -> None:
    quality.raised()
    case = quality.opened()
    due = case.opened_on + datetime.timedelta(days=5)
    says = QualitySays(ownership=Ownership(due_on=due, owner_id=quality.stranger.user_id))
    with pytest.raises(InvalidInputError, match="could not act"):
        quality.step(case, "assign", says=says)
    names = {user.pk for user in queries.possible_owners(case.node, timezone.localdate())}
    assert {quality.owner.user_id, quality.doer.user_id, quality.analyst.user_id} <= names
    assert quality.stranger.user_id not in names


def test_an_owner_in_words_lets_the_unit_itself_go_on(quality: Quality) -> None:
    quality.raised()
    case = quality.opened()
    says = QualitySays(ownership=Ownership(due_on=case.opened_on, owner_words="head of the clinic"))
    case = quality.step(case, "assign", says=says)
    case = quality.step(case, "find_cause", quality.doer, QualitySays(cause_kind="process", cause="late start"))
    assert case.state == QualityState.CAUSE_FOUND


def test_a_case_that_is_sent_back_needs_another_action(quality: Quality) -> None:
    quality.raised(after=QUIET[:8])
    case = quality.step(quality.done(quality.opened()), "send_back", reason="room was shut again")
    assert case.state == QualityState.CAUSE_FOUND
    due = Ownership(due_on=timezone.localdate(), owner_id=quality.doer.user_id)
    case = quality.step(case, "agree", quality.owner, QualitySays(what="a second nurse", ownership=due))
    actions = QualityAction.objects.filter(case=case)
    assert [action.number for action in actions] == [1, 2]
    commands.drop_action(acting_as(quality.owner, "no nurse to be had"), actions[1], 1)
    case.refresh_from_db()
    assert case.state == QualityState.ACTION_DONE, "one was done and none is open"


def test_late_is_told_by_the_day_and_the_state(quality: Quality) -> None:
    assert is_overdue("owned", day("2024-05-01"), day("2024-05-02"))
    assert not is_overdue("owned", day("2024-05-02"), day("2024-05-02"))
    assert not is_overdue("worked", day("2024-05-01"), day("2024-05-02"))


def test_the_program_opens_cases_from_new_signals_for_the_worse_that_are_kept_and_once_only(quality: Quality) -> None:
    quality.raised()
    keep(quality.scene.xiang.node, waits(QUIET))
    assert watch(day("2024-09-15")) == 1
    case = QualityCase.objects.get()
    assert (case.node_id, case.is_watched, case.signal_start) == (quality.shan.pk, True, day("2024-08-01"))
    assert watch(day("2024-09-16")) == 0
    quality.step(case, "dismiss", reason="seen, nothing in it")
    assert watch(day("2024-09-17")) == 0, "a dismissed signal is not opened again"


def test_the_program_opens_nothing_from_old_figures(quality: Quality) -> None:
    quality.raised()
    assert watch(day("2026-09-15")) == 0


def test_nobody_elsewhere_reaches_a_case(quality: Quality) -> None:
    quality.raised()
    case = quality.opened()
    assert not queries.cases(quality.stranger).exists()
    with pytest.raises(NotFoundInScopeError):
        queries.case(quality.stranger, case.pk)
    with pytest.raises(NotFoundInScopeError):
        queries.unit(quality.stranger, quality.shan.pk)


def test_a_setting_without_moving_ranges_screens_nothing() -> None:
    assert not ChartSetting(SeriesChart.P).screened
    assert [each.uses_moving_ranges for each in SeriesChart] == [True, False, True, False]


def test_counts_of_a_few_patients_are_missing_for_who_reads_no_cases(quality: Quality) -> None:
    code = "referral-acceptance"
    for at, (above, below) in enumerate([(60, 80), (3, 80), (62, 81), (61, 79)]):
        start = next_start("month", day("2024-01-01"), at)
        sheet = IndicatorSheet.objects.create(
            node=quality.shan, family="referral", period="month", period_start=start, state="locked"
        )
        IndicatorValue.objects.create(
            sheet=sheet, node=quality.shan, code=code, definition_version=1, period_start=start,
            numerator=above, denominator=below, source="counted",
        )  # fmt: skip
    for actor, shown in ((quality.owner, 4), (quality.analyst, 3)):
        panel = unit_panel(actor, code, "month", quality.shan.pk)
        assert panel is not None
        assert (~np.isnan(panel.numerators)).sum() == shown


def test_a_percentage_whose_numerator_is_no_part_has_a_chart_of_single_values_and_no_funnel(quality: Quality) -> None:
    known = [each for each in indicator_book().definitions if each.unit == "percent" and each.formula == "quotient"]
    beyond = [each for each in known if not each.numerator_is_part]
    assert beyond
    start = day("2024-01-01")
    for each in beyond:
        panel = panel_of(each, "month", [Figure(1, 1, 1, start, Decimal(9), Decimal(4), "reported")])
        assert panel is not None
        assert chart_for(panel) is SeriesChart.XMR
        assert not has_funnel(each)
