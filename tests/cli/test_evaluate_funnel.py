"""`lianyi evaluate funnel`: units against what is expected of them, in words, as JSON and as a picture."""

from __future__ import annotations

import json

import pytest

SHARES = (
    "county,back,referred\n"
    "册亨,12,100\nWangmo,30,200\nLuodian,45,250\nZhenfeng,18,150\nAnlong,60,260\nPu'an,25,240\nXingren,80,400\n"
    "Qinglong,9,120\n"
)
RATIOS = "o,e\n15,13\n40,32\n72,75\n28,33\n50,54\n66,60\n75,72\n"
OF_SHARES = ("--events", "back", "--total", "referred")
OF_RATIOS = ("--observed", "o", "--expected", "e")


@pytest.fixture
def run(lianyi, tmp_path):
    def run(text, *options):
        path = tmp_path / "F.csv"
        path.write_text(text, encoding="utf-8")
        return lianyi("evaluate", "funnel", path, *options)

    return run


@pytest.fixture
def document(run):
    def read(text, *options):
        answer = run(text, *options, "--json")
        assert answer.exit_code == 0, answer.stderr
        return json.loads(answer.stdout)

    return read


def test_shares_with_overdispersion(document):
    found = document(SHARES, *OF_SHARES, "--unit", "county")

    assert (found["phi"], found["tau2"]) == (pytest.approx(3.494985, abs=5e-7), pytest.approx(0.00357110, abs=5e-9))
    assert [round(row["z"], 4) for row in found["units"]] == [
        -1.2156, -0.4758, 0.7472, -1.4888, 2.7918, -2.6612, 1.965, -3.0041,
    ]  # fmt: skip
    last = found["units"][-1]
    assert (round(last["limits"]["low_99_8"], 4), round(last["limits"]["high_99_8"], 4)) == (0.0328, 0.3633)
    assert found["units"][0]["unit"] == "册亨"
    assert len(found["limits"]) == 60


def test_ratios_without_overdispersion(document):
    found = document(RATIOS, *OF_RATIOS)

    assert [round(row["z"], 4) for row in found["units"]] == [
        0.5349, 1.3354, -0.3499, -0.9061, -0.5548, 0.7561, 0.3499,
    ]  # fmt: skip
    assert (found["phi"], found["tau2"]) == (pytest.approx(0.40998, abs=5e-6), 0)


def test_another_scale_takes_the_usual_trimming_with_it(document):
    found = document(RATIOS, *OF_RATIOS, "--scale", "logarithm")
    assert (found["scale"], found["dispersion"]["extremes"]) == ("logarithm", "truncated")

    chosen = document(RATIOS, *OF_RATIOS, "--scale", "logarithm", "--extremes", "kept")
    assert chosen["dispersion"]["units"] == 7


def test_a_small_unit_is_not_called_out(document):
    found = document(f"{SHARES}Tiny,9,10\n", *OF_SHARES, "--unit", "county")

    assert found["units"][-1]["verdict"] == "too-small"
    assert found["units"][-1]["false_discovery_rate"] is None
    assert (
        document(f"{SHARES}Tiny,9,10\n", *OF_SHARES, "--least-expected", "0", "--least-total", "5")["units"][-1][
            "verdict"
        ]
        == "above-99.8"
    )


def test_a_person_reads_units_in_the_order_of_the_table(run):
    answer = run(SHARES, *OF_SHARES, "--unit", "county")

    lines = answer.stdout.splitlines()
    assert lines[:3] == [
        "8 units, arcsine scale, target 0.162209",
        "phi 3.495 (winsorised), tau2 0.0035711",
        "outside the 99.8 % limits: 0; by chance alone 0.016",
    ]
    assert [line.split()[0] for line in lines[5:]] == [
        "册亨", "Wangmo", "Luodian", "Zhenfeng", "Anlong", "Pu'an", "Xingren", "Qinglong",
    ]  # fmt: skip
    assert "Note: A funnel ranks nobody" in answer.stderr


def test_the_funnel_is_drawn(run, tmp_path):
    picture = tmp_path / "funnel.svg"

    answer = run(SHARES, *OF_SHARES, "--unit", "county", "--plot", picture)

    assert answer.exit_code == 0
    text = picture.read_text(encoding="utf-8")
    assert text.count('class="unit"') == 8
    assert text.count('class="limit"') == 4
    assert "back / referred: funnel of 8 units" in text


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (SHARES, ("--events", "back"), "Name the columns of observed and expected, or those of events and total"),
        (SHARES, (*OF_SHARES, "--observed", "back"), "Name the columns of observed and expected"),
        (SHARES, ("--events", "deaths", "--total", "referred"), "columns are missing: deaths"),
        (SHARES.replace("12,100", "-1,100"), OF_SHARES, "row 2: back is -1"),
        (SHARES.replace("12,100", "101,100"), OF_SHARES, "1: back 101 of referred 100"),
        (SHARES.replace("12,100", "0,0"), OF_SHARES, "Record 1: 0 cases"),
        (
            SHARES.replace("Wangmo", "册亨"),
            (*OF_SHARES, "--unit", "county"),
            "册亨 stands in record 1 and again in record 2",
        ),
        ("o,e\n1,2\n2,3\n", OF_RATIOS, "2 units: a funnel compares 3 or more"),
        (
            "o,e\n1,2\n0,3\n4,5\n",
            (*OF_RATIOS, "--scale", "logarithm"),
            "Record 2: it has no events and so no logarithm",
        ),
        (RATIOS, (*OF_RATIOS, "--trim", "0.6"), "leaves none"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(run, text, options, words):
    answer = run(text, *options)

    assert answer.exit_code == 1
    assert words in answer.stderr
    assert answer.stdout == ""
