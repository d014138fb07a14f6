"""`lianyi evaluate spc`: control charts of plain files, in words, as JSON and as a picture."""

from __future__ import annotations

import json

import pytest

WAITS = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]


@pytest.fixture
def series(tmp_path):
    path = tmp_path / "SERIES.csv"
    rows = [f"2024-{place:02d},{wait}" for place, wait in enumerate(WAITS, start=1)]
    path.write_text("\n".join(["month,waits", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def document(lianyi, series):
    def run(*options, file=series):
        answer = lianyi("evaluate", "spc", file, *options, "--json")
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return run


def test_the_published_example_without_and_with_screening(document):
    plain, screened = document("--value", "waits"), document("--value", "waits", "--screen-outliers")

    assert plain["mean"] == pytest.approx(1.944444, abs=1e-6)
    assert (plain["limits"]["upper"], plain["limits"]["lower"]) == (
        pytest.approx(6.951503, abs=1e-6),
        pytest.approx(-3.062614, abs=1e-6),
    )
    assert (screened["limits"]["upper"], screened["limits"]["lower"]) == (
        pytest.approx(4.604444, abs=1e-6),
        pytest.approx(-0.715556, abs=1e-6),
    )
    assert (plain["moving_ranges"], screened["moving_ranges"]) == ("all", "screened")
    assert [point["signals"] for point in plain["points"]] == [*[[]] * 4, ["outside"], *[[]] * 13]
    assert [signal["time"] for signal in plain["signals"]] == ["5"]


def test_time_direction_and_target(document):
    found = document("--value", "waits", "--time", "month", "--target", "7", "--direction", "down")

    assert found["signals"][0]["time"] == "2024-05"
    assert found["signals"][0]["variation"] == "concern"
    assert (found["target"], found["assurance"]) == (7.0, "consistently-passes")


def test_a_baseline_and_a_rebase(document):
    locked = document("--value", "waits", "--baseline", "4")
    assert (locked["mean"], locked["phases"][0]["points_used"]) == (1.5, 4)

    rebased = document("--value", "waits", "--time", "month", "--rebase", "2024-07=a second theatre")
    assert rebased["phases"][1]["reason"] == "a second theatre"
    assert rebased["mean"] == 1.5


def test_a_person_reads_limits_and_a_table(lianyi, series):
    answer = lianyi("evaluate", "spc", series, "--value", "waits", "--time", "month")

    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[:5] == [
        "xmr chart of waits: 18 points",
        "mean 1.9444, limits -3.0626 to 6.9515",
        "moving ranges: all, mean 1.8824",
        "latest point 2024-18: 1, no signal",
        "longest run 2 (at most 7), crossings 16 (at least 5)",
    ]
    assert any(line.startswith("by chance alone, at autocorrelation 0: ") for line in lines)
    assert [line.split()[-3:] for line in lines if line.startswith("2024-05")] == [["outside", "high", "change"]]
    assert "Note: A signal says that the process changed, not why" in answer.stderr


def test_the_chart_is_drawn(lianyi, series, tmp_path):
    picture = tmp_path / "chart.svg"

    answer = lianyi(
        "evaluate", "spc", series, "--value", "waits", "--time", "month", "--target", "7", "--direction", "down",
        "--rebase", "2024-10=new form", "--plot", picture,
    )  # fmt: skip

    assert answer.exit_code == 0, answer.stderr
    text = picture.read_text(encoding="utf-8")
    assert text.count('class="point"') == 18
    assert text.count('class="rebase"') == 1
    assert 'class="target"' in text
    assert "New phase from 2024-10: new form." in text
    assert "signal for the worse" in text


def test_shares_are_charted_over_their_totals(document, tmp_path):
    path = tmp_path / "shares.csv"
    path.write_text("late,all\n5,50\n5,100\n15,100\n", encoding="utf-8")

    found = document("--value", "late", "--total", "all", "--kind", "p", file=path)

    assert found["mean"] == pytest.approx(0.1)
    assert found["points"][0]["upper"] == pytest.approx(0.1 + 0.9 / 50**0.5)
    assert found["trial_limits"]


def test_a_wall_of_charts_and_its_alarms_by_chance(lianyi, document, tmp_path):
    path = tmp_path / "wall.csv"
    rows = [f"A,{place},{wait}" for place, wait in enumerate(WAITS)]
    rows += [f"册亨,{place},{wait}" for place, wait in enumerate([*WAITS[:4], *WAITS[5:], 10])]
    path.write_text("\n".join(["county,month,waits", *rows]) + "\n", encoding="utf-8")
    options = ("--value", "waits", "--time", "month", "--series", "county")

    found = document(*options, file=path)
    assert found["alarms"]["with_a_signal_at_the_latest_point"] == 1
    assert found["alarms"]["expected_by_chance"][0]["with_a_signal"] < 1

    words = lianyi("evaluate", "spc", path, *options)
    assert words.stdout.splitlines()[0] == "2 xmr charts, 18 times from 0 to 17"
    table = [line.split() for line in words.stdout.splitlines()[-2:]]
    assert [row[0] for row in table] == ["册亨", "A"]
    assert "no measure of success" in words.stderr


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ("waits\n1\n2\n3\n", ("--value", "deaths"), "columns are missing: deaths (the values to chart)"),
        ("waits\n1\nmany\n3\n", ("--value", "waits"), "row 3: waits holds “many”"),
        ("waits\n1\n2\n", ("--value", "waits"), "waits has 2 values; a chart needs 3 at least"),
        ("waits\n", ("--value", "waits"), "waits has 0 values"),
        ("waits\n4\n4\n4\n", ("--value", "waits"), "All 3 values of waits are 4"),
        ("waits\n1\n-2\n4\n", ("--value", "waits", "--kind", "c"), "row 3: waits is -2"),
        (
            "t,waits\n1,4\n1,5\n2,6\n",
            ("--value", "waits", "--time", "t"),
            "t 1 stands in record 1 and again in record 2",
        ),
        ("n,waits\n9,4\n3,5\n9,6\n", ("--value", "waits", "--total", "n", "--kind", "p"), "5 events of 3"),
        ("waits\n1\n2\n4\n", ("--value", "waits", "--kind", "p"), "needs the column with the total"),
        ("waits\n1\n2\n4\n", ("--value", "waits", "--target", "3"), "say whether more is better"),
        ("waits\n1\n2\n4\n", ("--value", "waits", "--rebase", "2"), "should be a time, = and the reason"),
        ("waits\n1\n2\n4\n", ("--value", "waits", "--rebase", "9=new"), "no time 9 to rebase at"),
        ("waits\n1\n2\n4\n", ("--value", "waits", "--baseline", "1"), "A baseline of 1 points"),
    ],
)
def test_what_cannot_be_charted_is_refused_with_the_reason(lianyi, tmp_path, rows, options, words):
    path = tmp_path / "broken.csv"
    path.write_text(rows, encoding="utf-8")

    answer = lianyi("evaluate", "spc", path, *options)

    assert answer.exit_code == 1
    assert words in answer.stderr
    assert answer.stdout == ""


def test_a_wall_is_not_drawn(lianyi, series, tmp_path):
    answer = lianyi("evaluate", "spc", series, "--value", "waits", "--series", "month", "--plot", tmp_path / "wall.svg")

    assert answer.exit_code == 1
    assert "--plot draws one chart" in answer.stderr
