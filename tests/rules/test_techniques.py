"""The catalogue of techniques: what comes with the package, and what a bureau adds or replaces."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lianyi.rules import Confidence, codes_of, load_techniques
from lianyi.rules.errors import OverlappingRuleSetsError, RuleFileError

TODAY = datetime.date(2026, 11, 23)
OWN = """
id = "own-techniques"
title = { zh = "本市技术目录", en = "Techniques of the city" }
valid_from = 2026-01-01
source = "Notice of the city's quality-control centre."
confidence = "local"

[[techniques]]
id = "dental-implant"
title = { zh = "牙种植", en = "Implants" }
specialties = ["12"]
staff = [{ number = 1, professions = ["doctor"], specialties = ["12"], least_title_rank = "senior" }]
equipment = [{ kind = "ct", units = 1 }]
services = ["ct_24h"]
observed = 1
assisted = 2
supervised = 30
least_in_period = 4
period_months = 6
lapse_months = 12

[[techniques]]
id = "our-own"
title = { zh = "本院技术", en = "Our own" }
observed = 0
assisted = 0
supervised = 1
least_in_period = 1
period_months = 1
lapse_months = 3
"""


def added(folder: Path, text: str) -> list[Path]:
    (folder / "techniques").mkdir()
    (folder / "techniques" / "own.toml").write_text(text, encoding="utf-8")
    return [folder]


def test_what_comes_with_the_package_is_a_proposal_and_names_known_codes():
    book = load_techniques()
    listed = book.on(TODAY)
    assert {each.catalogue.confidence for each in listed.values()} == {Confidence.UNSOURCED}
    assert {code for each in listed.values() for code in each.technique.specialties} <= codes_of("specialties")
    craniotomy = listed["craniotomy-haematoma"].technique
    assert (craniotomy.ladder.supervised, len(craniotomy.preconditions)) == (5, 7)
    assert book.own_on(TODAY).supervised == 5


def test_a_bureau_replaces_one_technique_and_adds_another_from_its_day_on(tmp_path: Path):
    book = load_techniques(added(tmp_path, OWN))
    before, after = book.on(datetime.date(2025, 12, 31)), book.on(TODAY)
    assert (before["dental-implant"].technique.ladder.supervised, "our-own" in before) == (10, False)
    implant = after["dental-implant"]
    assert (implant.technique.ladder.supervised, implant.catalogue.confidence) == (30, Confidence.LOCAL)
    assert [each.key for each in implant.technique.preconditions] == ["staff-1", "equipment-ct", "service-ct_24h"]
    assert (len(after) - len(before), after["our-own"].technique.preconditions) == (1, ())
    found = book.find("our-own", datetime.date(2020, 1, 1))
    assert found is not None
    assert found.technique.title.en == "Our own"
    assert book.find("nothing", TODAY) is None


def test_two_catalogues_that_describe_the_same_from_one_day_on_are_refused(tmp_path: Path):
    with pytest.raises(OverlappingRuleSetsError, match="dental-implant"):
        load_techniques(added(tmp_path, OWN.replace("2026-01-01", "2000-01-01")))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("period_months = 6", "period_months = 4", "1, 2, 3 or 6"),
        ("lapse_months = 12", "lapse_months = 0", "1 or more"),
        ('kind = "ct"', 'kind = "spoon"', "spoon"),
        ('least_title_rank = "senior"', 'least_title_rank = "king"', "king"),
        ('id = "our-own"', 'id = "dental-implant"', "each technique once"),
        ('services = ["ct_24h"]', 'services = ["singing"]', "singing"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str):
    assert old in OWN
    with pytest.raises(RuleFileError, match=said):
        load_techniques(added(tmp_path, OWN.replace(old, new, 1)))
