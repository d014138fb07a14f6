"""Rates, shares and ratios over data frames, each row for itself and all together."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

from lianyi.analysis.event_rates import RateColumns, RateWish, RelatedTo, event_rate_document
from lianyi.methods.errors import EventCountError, ShareBoundsError
from lianyi.methods.proportions import wilson_interval
from lianyi.methods.small_counts import CountMethod

ROWS = {
    "county": ["Ceheng", "Shizhu", "Zibo"],
    "events": [14, 0, None],
    "years": [400, 120, 300],
    "expected": [10, 2, 3],
}


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame])
def test_rates_stand_with_their_limits_and_a_missing_count_has_none(kind):
    found = event_rate_document(
        kind(ROWS), RateColumns("events", "years", RelatedTo.PERSON_TIME, "county"), RateWish(per=1000)
    )
    ceheng, shizhu, zibo = found["rows"]
    assert (ceheng["name"], ceheng["value"]) == ("Ceheng", 35)
    assert (round(ceheng["interval"]["low"], 3), round(ceheng["interval"]["high"], 3)) == (19.135, 58.724)
    assert (shizhu["value"], shizhu["interval"]["low"]) == (0, 0)
    assert (zibo["events"], zibo["value"], zibo["interval"]) == (None, None, None)
    assert (found["together"]["events"], found["together"]["related_to"]) == (14, 520)
    assert found["rows_without_figures"] == 1
    assert found["warnings"] == [
        "Rows with fewer than 10 events: 1 of 3. Look at their intervals, not at their order; a funnel compares them.",
        "Rows that lack a number or are related to 0: 1 of 3. They have no figure, which is not 0.",
    ]


def test_shares_have_the_interval_of_wilson():
    found = event_rate_document(ROWS, RateColumns("events", "years", RelatedTo.TOTAL), RateWish(per=100))
    wilson = wilson_interval(14, 400)
    first = found["rows"][0]
    assert (first["name"], first["value"]) == (1, pytest.approx(3.5))
    assert (first["interval"]["low"], first["interval"]["high"]) == pytest.approx((100 * wilson.low, 100 * wilson.high))
    with pytest.raises(ShareBoundsError, match="5 of 4"):
        event_rate_document({"e": [5], "n": [4]}, RateColumns("e", "n", RelatedTo.TOTAL))
    with pytest.raises(EventCountError, match=r"2\.5 is not whole"):
        event_rate_document({"e": [2.5], "n": [4]}, RateColumns("e", "n", RelatedTo.TOTAL))


def test_the_method_is_said_and_changes_the_limits():
    columns = RateColumns("events", "expected", RelatedTo.EXPECTED, "county")
    exact = event_rate_document(ROWS, columns)
    middle = event_rate_document(ROWS, columns, RateWish(method=CountMethod.MID_P))
    assert (exact["kind"], exact["conventions"]["interval"]) == ("observed over expected", "exact (Garwood 1936)")
    assert middle["conventions"]["interval"] == "mid-P"
    assert exact["rows"][0]["interval"]["low"] < middle["rows"][0]["interval"]["low"]


def test_age_bands_of_each_place_make_one_standardised_rate():
    bands = {
        "order": ["fifth"] * 6 + ["all"] * 6,
        "cases": [0, 8, 63, 112, 262, 295, 136, 396, 411, 428, 628, 530],
        "births": [327, 30666, 123419, 149919, 104088, 34392, 319933, 931318, 786511, 488235, 237863, 61313],
        "standard": [319933, 931318, 786511, 488235, 237863, 61313] * 2,
    }
    columns = RateColumns("cases", "births", RelatedTo.PERSON_TIME, "order", "standard")
    found = event_rate_document(bands, columns, RateWish(per=100_000))
    fifth, everybody = found["rows"]
    assert (round(fifth["value"], 1), round(fifth["interval"]["high"], 1), fifth["events"]) == (75.5, 188.3, 740)
    assert everybody["value"] == pytest.approx(everybody["crude"])
    assert (found["kind"], found["together"]) == ("directly standardised rate", None)
