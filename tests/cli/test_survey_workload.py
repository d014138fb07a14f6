"""`lianyi survey wisn` and `lianyi survey readiness` on plain files."""

from __future__ import annotations

import json

import pytest
from lxml import etree

from lianyi.tabular.arrays import ArrayColumn, read_arrays

YEAR = """
[working_time]
days_per_week = 5
hours_per_day = 8
public_holidays = 12
annual_leave = 21
sick_leave = 10
other_absence = 5
"""
MIDWIVES = """
[[staff]]
facility = "Ceheng"
cadre = "midwife"
existing = 2
activity = [
  { name = "Antenatal care", volume = 4000, minutes = 39 },
  { name = "Postnatal care", volume = 1200, minutes = 35 },
  { name = "Normal delivery", volume = 300, hours = 1.65 },
]
support = [
  { name = "Housekeeping", minutes_per_day = 40 },
  { name = "Health education", percent = 6.25 },
  { name = "Meetings", hours_per_month = 2 },
  { name = "Professional development", hours_per_year = 48 },
]
additional = [
  { name = "Supervision", hours_per_day = 1 },
  { name = "Management meeting", hours_per_month = 0.5, staff = 2 },
]
"""
DOCTORS = """
[[staff]]
facility = "Wangmo"
cadre = "midwife"
existing = 3

[staff.working_time]
hours_per_day = 7

[[staff.activity]]
name = "Visits"
volume = 1484
per_hour = 1
"""


@pytest.fixture
def wisn(lianyi, tmp_path):
    def run(text, *more):
        path = tmp_path / "W.toml"
        path.write_text(text, encoding="utf-8")
        return lianyi("survey", "wisn", path, *more)

    return run


def test_required_staff_come_with_every_step_between(wisn):
    answer = wisn(YEAR + MIDWIVES, "--json")
    assert answer.exit_code == 0, answer.stderr
    [unit] = json.loads(answer.stdout)["units"]
    assert (unit["available_days"], unit["available_hours"]) == (212, 1696)
    assert [round(each["staff"], 4) for each in unit["activities"]] == [1.5330, 0.4127, 0.2919]
    assert unit["category_allowance_factor"] == pytest.approx(1.231961, abs=5e-7)
    assert unit["individual_allowance_factor"] == pytest.approx(0.132075, abs=5e-7)
    assert unit["required_staff"] == pytest.approx(2.88873, abs=5e-6)
    assert (unit["required_staff_rounded"], round(unit["ratio"], 4)) == (3, 0.6923)


def test_facilities_of_a_cadre_are_summed_up_without_letting_surplus_hide_want(wisn):
    found = json.loads(wisn(YEAR + MIDWIVES + DOCTORS, "--json").stdout)
    second = found["units"][1]
    assert (second["available_hours"], second["required_staff"]) == (1484, pytest.approx(1))
    [cadre] = found["cadres"]
    assert (cadre["cadre"], cadre["facilities"], cadre["existing_staff"]) == ("midwife", 2, 5)
    assert cadre["difference"] == pytest.approx(1.11127, abs=5e-6)
    assert cadre["missing_where_short"] == pytest.approx(0.88873, abs=5e-6)


def test_a_file_of_one_cadre_needs_no_list(wisn):
    unit = DOCTORS.replace("[[staff]]\n", "").replace("[[staff.activity]]", "[[activity]]")
    unit = unit.replace("[staff.working_time]\nhours_per_day = 7\n", "")
    answer = wisn(unit + YEAR)
    assert answer.exit_code == 0, answer.stderr
    assert answer.stdout.splitlines()[1].split() == ["Wangmo", "midwife", "3", "0.875", "1", "2.125", "3.429"]


def test_a_person_reads_units_and_cadres_and_can_keep_the_table(wisn, tmp_path):
    out = tmp_path / "staff.csv"
    answer = wisn(YEAR + MIDWIVES + DOCTORS, "--out", out)
    lines = answer.stdout.splitlines()
    assert lines[1].split() == ["Ceheng", "midwife", "2", "2.889", "3", "-0.8887", "0.6923"]
    assert lines[5].split()[:3] == ["midwife", "2", "5"]
    found = read_arrays(out, [ArrayColumn("facility"), ArrayColumn("required_staff", "number")])
    assert found["facility"].tolist() == ["Ceheng", "Wangmo"]
    assert found["required_staff"].tolist() == pytest.approx([2.88873, 1], abs=5e-6)


def test_bars_show_required_and_existing_staff_with_gap_and_ratio(wisn, tmp_path):
    plot = tmp_path / "W.svg"
    answer = wisn(YEAR + MIDWIVES + DOCTORS, "--plot", plot)
    assert answer.exit_code == 0, answer.stderr
    heard = etree.parse(plot).getroot().findtext("{http://www.w3.org/2000/svg}desc")
    assert heard == (
        "midwife, 2 facilities: gap +1.1, ratio 1.29; Ceheng, midwife: gap -0.9, ratio 0.69; "
        "Wangmo, midwife: gap +2.0, ratio 3.00"
    )
    one = wisn(YEAR + MIDWIVES, "--plot", plot)
    assert one.exit_code == 0
    assert "Sums of each cadre" not in plot.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = ", "W.toml is no TOML file in UTF-8"),
        (YEAR, "W.toml: existing is missing"),
        (MIDWIVES, "[[staff]] number 1, [working_time]: "),
        (YEAR + "staff = []", "unknown: staff"),
        ("staff = []\n" + YEAR, "give at least one [[staff]]"),
        (YEAR + MIDWIVES + "norm = 3\n", "unknown: norm"),
        (YEAR.replace("sick", "sic") + MIDWIVES, "unknown: sic_leave"),
        (YEAR.replace("= 10", "= '10'") + MIDWIVES, "sick_leave is “10”; a number is expected"),
        (YEAR.replace("= 10", "= true") + MIDWIVES, "sick_leave is “True”; a number is expected"),
        (YEAR.replace("= 10", "= 300") + MIDWIVES, "leave -78 working days"),
        (YEAR + MIDWIVES.replace("minutes = 39", "minutes = 39, hours = 1"), "given: minutes, hours"),
        (
            YEAR + MIDWIVES.replace(", minutes = 39", ""),
            "“Antenatal care”: give exactly one of minutes, hours, per_hour",
        ),
        (YEAR + DOCTORS.replace("per_hour = 1", "per_hour = 0"), "per_hour is 0; it must be above 0"),
        (YEAR + MIDWIVES.replace("volume = 4000", "volume = -4"), "Antenatal care: the annual volume is -4.0"),
        (YEAR + MIDWIVES.replace("minutes_per_day = 40", "hours_per_day = 40"), "less than all of it must go there"),
        (YEAR + MIDWIVES.replace('name = "Supervision", ', ""), "additional number 1: give it a name"),
        (
            YEAR + MIDWIVES.replace("existing = 2", "existing = 2\nactivity = 3", 1).partition("activity = [")[0],
            "[[activity]]",
        ),
        ("working_time = 3\nexisting = 1\n", "give it as a table"),
    ],
)
def test_a_file_that_says_something_else_is_refused_with_the_place(wisn, text, words):
    answer = wisn(text)
    assert answer.exit_code == 1
    assert words in answer.stderr
    assert answer.stdout == ""


def test_a_file_that_is_not_there_is_named(lianyi, tmp_path):
    answer = lianyi("survey", "wisn", tmp_path / "none.toml")
    assert answer.exit_code == 1
    assert "No such file" in answer.stderr


@pytest.fixture
def readiness(lianyi, tmp_path):
    def run(text, *more):
        path = tmp_path / "R.csv"
        path.write_text(text, encoding="utf-8")
        return lianyi("survey", "readiness", path, *more)

    return run


COUNTS = (
    "facility,domain,present,items\n"
    "Ceheng,amenities,5,7\nCeheng,equipment,5,6\nCeheng,precautions,8,9\nCeheng,diagnostics,4,8\nCeheng,medicines,12,14\n"
)
ITEMS = (
    "facility,domain,item,available,service\n"
    "Ceheng,amenities,power,1,\nCeheng,amenities,water,no,\nCeheng,equipment,scale,是,\n"
    "Wangmo,amenities,power,,\nWangmo,equipment,scale,1,\n"
    "Ceheng,,oxytocin,1,delivery\nCeheng,,partograph,0,delivery\nWangmo,,oxytocin,1,delivery\n"
)


def test_counts_by_domain_give_the_mean_of_domains(readiness):
    found = json.loads(readiness(COUNTS, "--json").stdout)
    assert found["index"] * 100 == pytest.approx(75.87, abs=0.005)
    assert found["facilities"][0]["domains"]["diagnostics"] == 0.5


def test_items_give_domains_and_services_and_what_was_not_assessed_stays_unknown(readiness):
    found = json.loads(readiness(ITEMS, "--json").stdout)
    ceheng, wangmo = found["facilities"]
    assert (ceheng["index"], ceheng["domains"]) == (0.75, {"amenities": 0.5, "equipment": 1.0})
    assert (wangmo["index"], wangmo["not_assessed"]) == (None, ["amenities"])
    assert found["index"] == 0.75
    assert found["domains"][1] == {
        "domain": "equipment",
        "mean": 1.0,
        "share_with_every_item": 1.0,
        "facilities_assessed": 2,
    }
    [delivery] = found["services"]
    assert (delivery["mean"], delivery["share_with_every_item"]) == (0.75, 0.5)
    assert delivery["by_facility"] == {"Ceheng": 0.5, "Wangmo": 1.0}


def test_a_person_reads_facilities_domains_and_services(readiness, tmp_path):
    out = tmp_path / "ready.csv"
    answer = readiness(ITEMS, "--out", out)
    lines = answer.stdout.splitlines()
    assert lines[1].split() == ["Ceheng", "0.5", "1", "0.75"]
    assert lines[2].split() == ["Wangmo", "-", "1", "-"]
    assert "Mean index: 0.75; with everything: 0" in lines
    assert out.read_text(encoding="utf-8").splitlines() == [
        '"facility","amenities","equipment","index"',
        '"Ceheng",0.5,1,0.75',
        '"Wangmo",,1,',
    ]


def test_bars_show_the_scores_and_say_what_was_not_assessed(readiness, tmp_path):
    plot = tmp_path / "R.svg"
    answer = readiness(ITEMS, "--plot", plot)
    assert answer.exit_code == 0, answer.stderr
    heard = etree.parse(plot).getroot().findtext("{http://www.w3.org/2000/svg}desc")
    document = json.loads(readiness(ITEMS, "--json").stdout)
    wanted = [("all domains (index)", document["index"])]
    wanted += [(each["domain"], each["mean"]) for each in document["domains"]]
    wanted += [(each["service"], each["mean"]) for each in document["services"]]
    told = [f"{name}: {100 * score:.1f} %" for name, score in wanted if score is not None]
    assert [text for text in told if text not in heard] == []
    assert [each["facility"] for each in document["facilities"] if f"{each['facility']}: " not in heard] == []


def test_availability_is_the_mean_of_areas(readiness, tmp_path):
    indicators = tmp_path / "A.csv"
    indicators.write_text(
        "area,indicator,value,target\ninfrastructure,facilities,1,2\ninfrastructure,beds,30,25\nworkforce,staff,11.5,23\n",
        encoding="utf-8",
    )
    answer = readiness(COUNTS, "--availability", indicators, "--json")
    found = json.loads(answer.stdout)["availability"]
    assert found["areas"] == [{"area": "infrastructure", "score": 0.75}, {"area": "workforce", "score": 0.5}]
    assert found["index"] == 0.625
    assert "Service availability index: 0.625" in readiness(COUNTS, "--availability", indicators).stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("facility,domain\nA,amenities\n", "give a column “available”"),
        ("facility,domain,available\nA,amenities,perhaps\n", "R.csv, record 1: available is “perhaps”"),
        ("facility,domain,present,items\nA,amenities,3,2\n", "3 of 2 items are present"),
        ("facility,domain,available\nA,,1\n", "R.csv, record 1: give a domain, or a service of its own"),
        ("facility,domain,available\n", "R.csv has headings and no rows"),
        ("clinic,domain,available\nA,amenities,1\n", "columns are missing: facility"),
    ],
)
def test_a_table_that_says_something_else_is_refused(readiness, text, words):
    answer = readiness(text)
    assert answer.exit_code == 1
    assert words in answer.stderr


CADRES = (
    "institution_code,department_code,cadre,year,existing_staff,days_per_week,hours_per_day,public_holidays,annual_leave,"
    "sick_leave,other_absence,weeks_per_year\n"
    "SHAN,,midwife,2025,2,5,8,12,21,10,5,\nSHAN,OG,midwife,2025,1,5,8,12,21,10,,\n"
)
COMPONENTS = (
    "institution_code,department_code,cadre,year,kind,name,volume,measure,amount,unit,staff\n"
    "SHAN,,midwife,2025,activity,Antenatal care,4000,,39,minutes,\n"
    "SHAN,,midwife,2025,activity,Postnatal care,1200,,35,minutes,\n"
    "SHAN,,midwife,2025,activity,Normal delivery,300,,1.65,hours,\n"
    "SHAN,,midwife,2025,support,Housekeeping,,,40,minutes_per_day,\n"
    "SHAN,,midwife,2025,support,Health education,,,6.25,percent,\n"
    "SHAN,,midwife,2025,support,Meetings,,,2,hours_per_month,\n"
    "SHAN,,midwife,2025,support,Professional development,,,48,hours_per_year,\n"
    "SHAN,,midwife,2025,additional,Supervision,,,1,hours_per_day,\n"
    "SHAN,,midwife,2025,additional,Management meeting,,,0.5,hours_per_month,2\n"
    "SHAN,OG,midwife,2025,activity,Visits,1737,,1,per_hour,\n"
)


@pytest.fixture
def from_tables(lianyi, tmp_path):
    def run(cadres, components, *more):
        (tmp_path / "cadres.csv").write_text(cadres, encoding="utf-8")
        (tmp_path / "components.csv").write_text(components, encoding="utf-8")
        return lianyi("survey", "wisn", tmp_path / "cadres.csv", "--components", tmp_path / "components.csv", *more)

    return run


def test_the_tables_of_the_site_give_what_the_file_gives(from_tables):
    answer = from_tables(CADRES, COMPONENTS, "--json")
    assert answer.exit_code == 0, answer.stderr
    whole, unit = json.loads(answer.stdout)["units"]
    assert whole["required_staff"] == pytest.approx(2.88873, abs=5e-6)
    assert (whole["facility"], whole["cadre"], round(whole["ratio"], 4)) == ("SHAN", "midwife 2025", 0.6923)
    assert (unit["facility"], unit["available_days"]) == ("SHAN OG", 217)
    assert unit["required_staff"] == pytest.approx(1737 / (217 * 8))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SHAN,OG,midwife,2025,activity", "SHAN,OG,nurse,2025,activity", "no cadre “nurse” of SHAN in 2025"),
        ("Visits,1737,,", "Visits,,outpatient_visits,", "“Visits” has no volume"),
        ("1,per_hour", "1,percent", "percent is no unit of such a time"),
        ("activity,Visits", "play,Visits", "kind is “play”"),
        ("SHAN,OG,midwife,2025,1,5,8,12,21,10", "SHAN,OG,midwife,2025,1,5,8,12,300,10", "leave -62 working days"),
        ("SHAN,OG,midwife,2025,1,5", "SHAN,OG,midwife,2025,1,many", "many"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_record(from_tables, old, new, said):
    answer = from_tables(CADRES.replace(old, new), COMPONENTS.replace(old, new))
    assert (answer.exit_code != 0, said in answer.stderr) == (True, True), answer.stderr
