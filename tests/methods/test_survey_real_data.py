"""Distribution and workload of whole countries. The files are no part of the project; absent, these are skipped."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections import defaultdict

import numpy as np
import pytest

from lianyi.methods.distribution import agglomeration, gini, theil_l, theil_t
from lianyi.methods.workload import Activity, WorkingTime, Workload, wisn

pytestmark = pytest.mark.realdata


@pytest.fixture
def records(real_data):
    def read(path):
        file = real_data / path
        if not file.exists():
            pytest.skip(f"{path} is not here")
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))

    return read


def floats(rows, column):
    return np.array([float(row[column]) for row in rows])


def mean_difference_gini(resource, base):
    each, shares = resource / base, base / base.sum()
    return math.fsum((np.abs(each[:, None] - each) * shares[:, None] * shares).ravel()) / (2 * float(each @ shares))


def test_the_cities_of_shandong_share_beds_evenly_by_people(records):
    cities = [row for row in records("cn_shandong_city_2013/city_health_2013.csv") if row["pop_2020"]]
    people = floats(cities, "pop_2020")
    found = {name: gini(floats(cities, name), people) for name in ("beds", "doctors", "nurses", "institutions")}
    for name, value in found.items():
        assert value == pytest.approx(mean_difference_gini(floats(cities, name), people), abs=1e-12)
    # The order of published figures for China: facilities least even, beds most.
    assert found["beds"] < found["doctors"] < 0.2
    assert found["institutions"] < 0.25


def test_health_workers_of_the_counties_of_china_divide_between_provinces_prefectures_and_counties(records):
    counties = [
        row
        for row in records("cn_census2020/county_2020.csv")
        if row["level"] == "county" and row["longform_health_social_workers"] and float(row["pop_total"]) > 0
    ]
    assert len(counties) > 2500
    workers, people = floats(counties, "longform_health_social_workers"), floats(counties, "pop_total")
    levels = {name: [row[name] for row in counties] for name in ("province", "prefecture")}
    found = theil_t(workers, people, levels)
    assert [part.level for part in found.components] == ["province", "prefecture", "rows"]
    assert math.fsum(part.share for part in found.components) == pytest.approx(1, abs=1e-12)
    # Most of what differs lies between the counties of one prefecture: town and country.
    assert found.components[2].share > found.components[0].share
    shares, held = people / people.sum(), workers / workers.sum()
    assert found.value == pytest.approx(math.fsum(y * math.log(y / p) for p, y in zip(shares, held, strict=True) if y))
    assert gini(workers, people) == pytest.approx(mean_difference_gini(workers, people), abs=1e-12)


def test_nurses_of_the_districts_of_malawi(records):
    people, staff, region = defaultdict(float), defaultdict(float), {}
    for row in records("mw_health_system/population_2018.csv"):
        people[row["District"]] += float(row["Count"])
        region[row["District"]] = row["Region"]
    for row in records("mw_health_system/staff_actual.csv"):
        if row["Officer_Category"] == "Nursing_and_Midwifery" and row["District"]:
            staff[row["District"]] += float(row["Staff_Count"])
    districts = sorted(people)
    nurses, residents = (np.array([column[name] for name in districts]) for column in (staff, people))
    found = theil_l(nurses, residents, {"region": [region[name] for name in districts]})
    assert found.between_share < 0.5
    assert found.value == pytest.approx(found.between + found.within)
    assert 0.1 < gini(nurses, residents) < 0.5
    degrees = agglomeration(nurses, residents, np.ones(len(districts)))
    assert np.average(degrees.hrad) == pytest.approx(1)


def test_the_work_of_every_cadre_in_malawi_against_its_staff(records):
    """WISN over 2018: minutes of each kind of visit, visits of each facility, minutes that staff have for patients."""
    level = {row["Facility_ID"]: row["Facility_Level"] for row in records("mw_health_system/facilities.csv")}
    minutes = defaultdict(list)
    for row in records("mw_health_system/appointment_minutes.csv"):
        minutes[row["Facility_Level"], row["Appt_Type_Code"]].append(
            (row["Officer_Category"], float(row["Time_Taken_Mins"]))
        )
    visits = defaultdict(float)
    for row in records("mw_health_system/monthly_usage.csv.gz"):
        if row["Year"] == "2018":
            visits[row["Facility_ID"], row["Appt_Type"]] += float(row["Usage"])
    work = defaultdict(list)
    for (facility, kind), volume in visits.items():
        for cadre, each in minutes[level[facility], kind]:
            work[facility, cadre].append(Activity(kind, volume, each / 60))
    compared = 0
    for row in records("mw_health_system/staff_actual.csv"):
        unit = (str(int(float(row["Facility_ID"]))), row["Officer_Category"])
        if float(row["Staff_Count"]) == 0 or unit not in work:
            continue
        hours = float(row["Total_Mins_Per_Day"]) / float(row["Staff_Count"]) / 60
        year = WorkingTime(5, hours, public_holidays=12, annual_leave=20, sick_leave=8)
        found = wisn(Workload(year, float(row["Staff_Count"]), tuple(work[unit])))
        needed = sum(each.annual_volume * each.hours_each for each in work[unit])
        assert found.required_staff == pytest.approx(needed / (220 * hours))
        assert found.ratio == pytest.approx(float(row["Staff_Count"]) / found.required_staff)
        compared += 1
    assert compared > 200
