"""The paper about an evaluation: short enough, nothing over the edge, the same words in both languages' documents."""

from __future__ import annotations

import pytest
from django.utils import translation

from lianyi.reports.evaluation_report import report_of_evaluation, told_of
from tests.cast import Scene
from tests.indicators.evaluation_story import evaluating
from tests.reports.looking import assert_prints_well

pytestmark = pytest.mark.django_db
MOST_PAGES = 8


def test_the_paper_of_an_evaluation_prints_well_in_both_languages(scene: Scene) -> None:
    asking = evaluating(scene)
    row = asking.published()
    words = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            report = report_of_evaluation(told_of(asking.reader, row)).as_document()
        assert_prints_well(report, language, MOST_PAGES)
        words[language] = report
    for language, answer in (("zh-hans", "未见变化"), ("en", "no detectable change")):
        assert answer in words[language]["parts"][0]["sentences"][1]
    assert [part["key"] for part in words["en"]["parts"]] == [part["key"] for part in words["zh-hans"]["parts"]]
    charts = [part["picture"]["svg"] for part in words["en"]["parts"] if part["picture"]]
    assert len(charts) == 3, "lead, recipient and village have a chart each"
    assert all("help began 2021-01" in chart and "team left 2022-12" in chart for chart in charts)
    assert all("counterfactual" not in chart for chart in charts)
