"""Definitions of indicators: every version stays, faults are named by place, official names stand as published."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules.errors import (
    DuplicateRuleSetError,
    NoApplicableRuleSetError,
    OverlappingRuleSetsError,
    RuleFileError,
    UnknownRuleSetError,
)
from lianyi.rules.indicator_parsing import parse_indicators
from lianyi.rules.indicator_queries import AllOf, AnyOf, Between, Condition, IntervalUnit, Operator, QueryMeasure
from lianyi.rules.indicator_query_parsing import columns_of
from lianyi.rules.indicators import (
    Formula,
    IndicatorDefinition,
    definition,
    definition_version,
    families,
    indicator_definitions,
    load_indicators,
)

COUNTY_NAMES = (
    "资源统一管理",
    "医共体内部民主决策",
    "服务协同联动",
    "二级及以上机构中级及以上医师到基层派驻人数/每万常住人口",
    "影像心电中心服务开展与心电设备村级覆盖率",
    "基层人均收入与牵头医院人均收入比值",
    "县域内基层诊疗人次占比",
    "医保基金县域内支出占比（不含药店）",
    "县域内基层医保基金支出占比",
    "参保人县域内住院人均费用及增长率",
    "参保人县域内住院人次占比",
    "县域内中医类诊疗量占比",
    "慢性病健康管理人群住院率",
    "四类慢性病过早死亡率",
)
HEAD = """family = "local-set"
title = { zh = "本地指标", en = "Local indicators" }
valid_from = 2025-01-01

[source]
zh = "本地文件"
en = "Local document"
confidence = "local"
"""
ENTRY = """
[[indicators]]
code = "local-arrival"
name = { zh = "到达率", en = "Share who arrived" }
numerator = { zh = "到达人数", en = "Those who arrived" }
denominator = { zh = "接收人数", en = "Those accepted" }
unit = "percent"
direction = "up"
levels = ["county"]
period = "month"
obtained = "query"

[indicators.query.numerator]
table = "referrals"
measure = "rows"
reporter = "county_code"
date = "asked_on"
where = [
    { column = "arrived_on", is = "given" },
    { any = [
        { column = "urgency", is = "among", values = ["emergency", "urgent"] },
        { interval = { from = "asked_on", to = "arrived_on", in = "days" }, is = "at_most", value = 7 },
    ] },
]

[indicators.query.denominator]
table = "referrals"
measure = "rows"
reporter = "county_code"
date = "asked_on"
"""
JUDGED = """
[[indicators]]
code = "local-charter"
name = { zh = "章程", en = "Charter" }
unit = "yes_no"
direction = "yes"
levels = ["alliance"]
period = "year"
obtained = "judged"
evidence = { zh = "章程文本", en = "The charter" }
"""


def parsed(text: str) -> tuple[IndicatorDefinition, ...]:
    return parse_indicators("local.toml", text.encode())


def added(folder: Path, text: str) -> Path:
    (folder / "indicators").mkdir(exist_ok=True)
    (folder / "indicators" / "local.toml").write_text(text, encoding="utf-8")
    return folder


def second_version(first_day: str) -> str:
    return ENTRY.replace(
        'code = "local-arrival"\n', f'code = "local-arrival"\nversion = 2\nvalid_from = {first_day}\n'
    ).replace('unit = "percent"', 'unit = "per_1000"')


def test_the_fourteen_county_indicators_of_2024_stand_by_their_names_and_numbers() -> None:
    day = datetime.date(2024, 11, 1)
    found = load_indicators().of_family("county-community", day)
    assert tuple(dict.fromkeys(each.name.zh for each in found)) == COUNTY_NAMES
    assert [each.number for each in found] == [str(n) for n in (1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14)]
    assert {each.source.confidence for each in found} == {"sourced"}
    assert [each.number for each in found if each.obtained == "judged"] == ["1", "2", "3", "5"]
    assert all(each.part is not None for each in found if each.number in {"5", "10"})


def test_names_that_have_a_source_and_counts_that_we_wrote_out_are_told_apart() -> None:
    county = {each.code: each for each in load_indicators().of_family("county-community", datetime.date(2025, 1, 1))}
    assert county["county-unified-management"].confidence == "sourced"
    assert county["county-primary-visit-share"].confidence == "derived"
    assert county["county-premature-mortality"].confidence == "unsourced"


def test_before_its_document_an_indicator_does_not_hold() -> None:
    with pytest.raises(NoApplicableRuleSetError, match="2024-11-01"):
        definition("county-primary-visit-share", datetime.date(2024, 10, 31))


def test_every_definition_has_words_for_what_it_counts_in_both_languages() -> None:
    for each in indicator_definitions():
        words = [each.name, each.source.document, *filter(None, (each.numerator, each.denominator, each.evidence))]
        assert len(words) >= 3
        assert all(text.zh.strip() and text.en.strip() for text in words)
        assert (each.denominator is not None) == each.needs_denominator


def test_codes_name_one_indicator_each_and_families_are_found() -> None:
    assert "county-community" in {family.id for family in families()}
    keys = [(each.code, each.version) for each in indicator_definitions()]
    assert len(keys) == len(set(keys))


def test_families_whose_numerators_are_patients_say_so() -> None:
    told = {each.id for each in families() if each.counts_patients}
    assert told == {"basic-public-health", "chest-pain", "public-hospital", "referral", "stroke"}


def test_a_bureau_adds_its_own_and_a_later_version_leaves_the_old_one_where_it_was(tmp_path: Path) -> None:
    folders = (added(tmp_path, HEAD + ENTRY + second_version("2026-01-01")),)
    assert definition("local-arrival", datetime.date(2025, 12, 31), folders).version == 1
    assert definition("local-arrival", datetime.date(2026, 1, 1), folders).factor == 1000
    assert definition_version("local-arrival", 1, folders).factor == 100
    assert "local-set" in {family.id for family in families(folders)}
    with pytest.raises(UnknownRuleSetError, match="1, 2"):
        definition_version("local-arrival", 3, folders)


def test_an_unknown_code_names_those_near() -> None:
    with pytest.raises(UnknownRuleSetError, match="county-primary-visit-share"):
        definition("county-primary-visits-share", datetime.date(2025, 1, 1))


def test_an_indicator_that_ended_holds_no_more(tmp_path: Path) -> None:
    text = HEAD + ENTRY
    text = text.replace('period = "month"', 'period = "month"\nvalid_to = 2025-06-30')
    folders = (added(tmp_path, text),)
    assert definition("local-arrival", datetime.date(2025, 6, 30), folders).version == 1
    with pytest.raises(NoApplicableRuleSetError):
        definition("local-arrival", datetime.date(2025, 7, 1), folders)
    assert "local-arrival" not in {each.code for each in load_indicators(folders).in_force(datetime.date(2025, 7, 1))}


def test_two_files_with_the_same_version_and_versions_that_begin_together_are_refused(tmp_path: Path) -> None:
    folder = added(tmp_path, HEAD + ENTRY)
    (folder / "indicators" / "other.toml").write_text(HEAD + ENTRY, encoding="utf-8")
    with pytest.raises(DuplicateRuleSetError, match="version 1"):
        load_indicators((folder,))
    (folder / "indicators" / "other.toml").write_text(HEAD + second_version("2025-01-01"), encoding="utf-8")
    load_indicators.cache_clear()
    with pytest.raises(OverlappingRuleSetsError, match="2025-01-01"):
        load_indicators((folder,))


def test_the_query_is_read_whole() -> None:
    (found,) = parsed(HEAD + ENTRY)
    assert found.query is not None
    part = found.query.numerator
    assert part.measure is QueryMeasure.ROWS
    given, either = part.where.conditions
    assert given == Condition("arrived_on", Operator.GIVEN)
    assert either == AnyOf(
        (
            Condition("urgency", Operator.AMONG, ("emergency", "urgent")),
            Condition(Between("asked_on", "arrived_on", IntervalUnit.DAYS), Operator.AT_MOST, (7,)),
        )
    )
    assert columns_of(part) == ("county_code", "asked_on", "arrived_on", "urgency")
    assert found.query.denominator is not None
    assert found.query.denominator.where == AllOf(())


def test_a_value_is_the_quotient_times_its_factor_and_nothing_over_nothing_is_nothing() -> None:
    (share,) = parsed(HEAD + ENTRY)
    assert share.value(3, 4) == 75
    assert share.value(0, 4) == 0
    assert share.value(0, 0) is None
    assert share.value(3, None) is None
    growth = definition("county-admission-cost-growth", datetime.date(2025, 1, 1))
    assert growth.formula is Formula.CHANGE
    assert growth.value(6300, 6000) == pytest.approx(5.0)


def test_a_numerator_is_part_of_the_denominator_unless_the_definition_says_no() -> None:
    assert parsed(HEAD + ENTRY)[0].numerator_is_part
    two_groups = ENTRY.replace('unit = "percent"', 'unit = "percent"\nnumerator_is_part = false')
    assert not parsed(HEAD + two_groups)[0].numerator_is_part
    growth = definition("county-admission-cost-growth", datetime.date(2025, 1, 1))
    mothers = definition("public-health-maternal-systematic", datetime.date(2025, 1, 1))
    assert (growth.numerator_is_part, mothers.numerator_is_part) == (False, False)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('unit = "percent"', 'unit = "percents"', "indicators[local-arrival].unit"),
        ('unit = "percent"', 'unit = "yes_no"', "indicators[local-arrival].unit"),
        ('direction = "up"', 'direction = "yes"', "indicators[local-arrival].direction"),
        ('levels = ["county"]', "levels = []", "indicators[local-arrival].levels"),
        ('levels = ["county"]', 'levels = ["county", "county"]', "indicators[local-arrival].levels"),
        ('denominator = { zh = "接收人数", en = "Those accepted" }\n', "", "indicators[local-arrival].denominator"),
        ('obtained = "query"', 'obtained = "uploaded"', "indicators[local-arrival].query"),
        ('code = "local-arrival"', 'code = "Local arrival"', "code"),
        ('is = "given"', 'is = "present"', "indicators[local-arrival].query.numerator.where[0].is"),
        ('is = "given"', 'is = "equals"', "indicators[local-arrival].query.numerator.where[0].is"),
        ('is = "given"', 'is = "below", value = "x"', "indicators[local-arrival].query.numerator.where[0].value"),
        ("value = 7", 'value = "7"', "indicators[local-arrival].query.numerator.where[1].any[1].value"),
        ('measure = "rows"', 'measure = "sum"', "indicators[local-arrival].query.numerator.column"),
        ('measure = "rows"', 'measure = "quantile"', "indicators[local-arrival].query.numerator"),
        ('measure = "rows"', 'measure = "rows"\ncolumn = "x"', "indicators[local-arrival].query.numerator.column"),
        ('measure = "rows"', 'measure = "distinct"', "indicators[local-arrival].query.numerator.columns"),
        ('reporter = "county_code"', 'reporter = "sites.county"', "indicators[local-arrival].query.numerator.lookups"),
        ('reporter = "county_code"', 'reporter = "county code"', "indicators[local-arrival].query.numerator.reporter"),
        ('table = "referrals"', 'tables = "referrals"', "indicators[local-arrival].query.numerator.tables"),
        ('period = "month"', 'period = "month"\nvalid_to = 2024-12-31', "indicators[local-arrival].valid_to"),
        ('period = "month"', 'period = "month"\nversion = 0', "indicators[local-arrival].version"),
        (
            'unit = "percent"',
            'unit = "ratio"\nnumerator_is_part = true',
            "indicators[local-arrival].numerator_is_part",
        ),
        (
            'column = "arrived_on", is',
            'column = "days_in_period", is',
            "indicators[local-arrival].query.numerator.spread",
        ),
    ],
)
def test_a_fault_is_named_by_its_place(old: str, new: str, place: str) -> None:
    text = HEAD + ENTRY.replace(old, new, 1)
    assert text != HEAD + ENTRY
    with pytest.raises(RuleFileError) as caught:
        parsed(text)
    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('unit = "yes_no"', 'unit = "percent"', "unit"),
        ('direction = "yes"', 'direction = "up"', "direction"),
        ('evidence = { zh = "章程文本", en = "The charter" }\n', "", "evidence"),
        ('period = "year"', 'period = "year"\nnumerator = { zh = "一", en = "One" }', "numerator"),
    ],
)
def test_what_is_judged_has_evidence_and_no_fraction(old: str, new: str, key: str) -> None:
    assert parsed(HEAD + JUDGED)[0].value(1, None) == 1
    with pytest.raises(RuleFileError) as caught:
        parsed(HEAD + JUDGED.replace(old, new, 1))
    assert f"indicators[local-charter].{key}" in str(caught.value)


def test_what_the_package_brings_is_counted_and_what_has_no_source_is_marked() -> None:
    book = load_indicators()
    day = datetime.date(2026, 11, 1)
    counted = {family.id: len(book.of_family(family.id, day)) for family in book.families()}
    assert counted == {
        "basic-public-health": 15,
        "chest-pain": 14,
        "county-community": 16,
        "dispatch": 10,
        "essential-medicines": 5,
        "growth": 6,
        "public-hospital": 13,
        "referral": 25,
        "stroke": 7,
    }
    unsourced = {each.code for each in book.in_force(day) if each.confidence == "unsourced"}
    assert unsourced == {
        "chest-pain-contact-needle-mean",
        "chest-pain-contact-needle-share",
        "chest-pain-door-in-door-out-mean",
        "chest-pain-door-in-door-out-share",
        "county-premature-mortality",
        "dispatch-people-sent",
        "dispatch-person-days-sent",
        "dispatch-trainees-received",
        "growth-techniques-kept",
        "referral-consultations-answered",
        "referral-consultations-asked",
        "referral-down-count",
        "referral-green-channel-answer",
        "referral-results-recognised",
        "referral-up-count",
    }
