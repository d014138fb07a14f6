"""Possible receivers stand in a useful order with their reasons, and nobody able is hidden."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone, translation

from lianyi.accounts.errors import NotPermittedError
from lianyi.referrals.destination_lists import SHORTEST_LIST, Asked, listed_destinations
from lianyi.referrals.destination_words import reasons_of
from lianyi.referrals.models import DutyRoster, DutySlot, Leg
from lianyi.referrals.policies import policy_for
from lianyi.referrals.queries_destinations import Destination, Wish, destinations
from lianyi.registry import queries as registry
from lianyi.registry.models import BedCount, Equipment, Institution, ServiceOffered
from tests.cast import make_institution, make_user
from tests.referrals.story import Story
from tests.referrals.test_new_referral import emergency, signed_in


def wish(story: Story, **more: object) -> Wish:
    facts: dict[str, object] = {
        "sender": story.scene.shan,
        "direction": "up",
        "urgency": "urgent",
        "policy": policy_for(None, timezone.localdate()),
        "at": timezone.now(),
    }
    return Wish(**{**facts, **more})  # type: ignore[arg-type]


def names(found: list[Destination]) -> list[str]:
    return [each.institution.name_zh for each in found]


def words(each: Destination) -> list[str]:
    with translation.override("en"):
        return [text for text, _tone in reasons_of(each.ranked)]


def at(row: Institution, longitude: float, latitude: float) -> None:
    Institution.objects.filter(pk=row.pk).update(
        longitude=longitude, latitude=latitude, given_coordinate_system="wgs84"
    )
    row.refresh_from_db()


def test_partners_stand_first_with_the_way_by_road(story: Story) -> None:
    scene = story.scene
    at(scene.shan, 108.0, 29.0)
    at(scene.jia, 108.0, 30.0)
    at(scene.lin, 108.0, 29.1)
    found = destinations(story.doctor_shan, wish(story))
    assert names(found) == ["甲市第一医院", "邻县人民医院"]
    assert words(found[0])[:1] == ["partner"]
    # 111.2 km straight, times 1.4, at 50 km/h
    assert "about 3 h 7 min by road" in words(found[0])
    assert "no agreement" in words(found[1])


def test_in_the_green_channel_the_able_stand_before_the_partners(story: Story) -> None:
    scene = story.scene
    ServiceOffered.objects.create(institution=scene.lin, service="primary_pci_24h")
    Equipment.objects.create(
        institution=scene.jia, equipment_kind="cath_lab", units=1, units_working=0, counted_at=timezone.now()
    )
    found = destinations(story.doctor_shan, wish(story, urgency="emergency", condition="chest_pain"))
    assert names(found) == ["邻县人民医院", "甲市第一医院"]
    assert words(found[0])[0] == "has: Primary PCI, 24 hours"
    assert words(found[1])[0].startswith("lacks: ")


def test_a_full_service_is_a_gap_that_is_named(story: Story) -> None:
    ServiceOffered.objects.create(institution=story.scene.jia, service="primary_pci_24h", capacity="full")
    found = destinations(story.doctor_shan, wish(story, urgency="emergency", condition="chest_pain"))
    gaps = {each.institution.name_zh: each.ranked.candidate.lacks for each in found}
    assert gaps["甲市第一医院"] == ("service:primary_pci_24h",)


def test_an_open_department_of_the_specialty_makes_able(story: Story) -> None:
    found = destinations(story.doctor_shan, wish(story, specialty="04"))
    by_name = {each.institution.name_zh: each for each in found}
    assert by_name["甲市第一医院"].ranked.candidate.able_by == ("specialty:04.02",)
    assert by_name["甲市第一医院"].department_name == "神经外科"
    assert by_name["邻县人民医院"].ranked.candidate.ability == "not_known"


def test_free_beds_are_told_with_their_age_and_old_counts_as_old(story: Story) -> None:
    now = timezone.now()
    counted = {"institution": story.scene.jia, "bed_type": "general", "beds_open": 20}
    BedCount.objects.create(**counted, beds_occupied=12, counted_at=now - datetime.timedelta(minutes=30))
    BedCount.objects.create(**counted, beds_occupied=1, counted_at=now - datetime.timedelta(days=2))
    found = destinations(story.doctor_shan, wish(story, at=now))[0]
    assert "8 free beds (counted 30 min ago), 0 open referrals" in words(found)
    later = destinations(story.doctor_shan, wish(story, at=now + datetime.timedelta(hours=3)))[0]
    assert "8 free beds, but counted 3 h 30 min ago" in words(later)


def test_a_bed_promised_since_the_count_is_not_free_until_the_promise_runs_out(story: Story) -> None:
    now = timezone.now()
    counted = {"institution": story.scene.jia, "bed_type": "general", "beds_open": 20}
    BedCount.objects.create(**counted, beds_occupied=12, counted_at=now - datetime.timedelta(minutes=30))
    leg = story.accepted(urgency="urgent")

    def free() -> int | None:
        return destinations(story.doctor_shan, wish(story, at=timezone.now()))[0].ranked.candidate.open_beds

    assert free() == 7
    BedCount.objects.create(**counted, beds_occupied=12, beds_reserved=2, counted_at=timezone.now())
    # Whoever counts sees what is kept: the promise is in the new count.
    assert free() == 6
    BedCount.objects.filter(beds_reserved=2).delete()
    Leg.objects.filter(pk=leg.pk).update(reserved_until=now)
    assert free() == 8


def test_open_referrals_are_the_load(story: Story) -> None:
    story.sent()
    found = destinations(story.doctor_shan, wish(story))[0]
    assert found.ranked.candidate.open_cases == 1


def test_the_roster_tells_who_has_somebody_on_duty(story: Story) -> None:
    now = timezone.now()
    hours = {"starts_at": now - datetime.timedelta(hours=1), "ends_at": now + datetime.timedelta(hours=5)}
    for institution, is_void in ((story.scene.jia, True), (story.scene.lin, False)):
        roster = DutyRoster.objects.create(
            institution=institution, condition="other", state="published", duty_phone="000", **hours
        )
        one, two = make_user(f"one-{institution.pk}"), make_user(f"two-{institution.pk}")
        DutySlot.objects.create(roster=roster, person=one, deputy=two, is_void=is_void, **hours)
    found = destinations(story.doctor_shan, wish(story, urgency="emergency", condition="stroke"))
    told = {each.institution.name_zh: each.ranked.candidate.is_on_duty for each in found}
    assert told == {"甲市第一医院": False, "邻县人民医院": True}


def test_going_back_down_offers_the_lower_units(story: Story) -> None:
    found = names(destinations(story.doctor_shan, wish(story, sender=story.scene.jia, direction="down")))
    assert {"东乡卫生院", "东村卫生室", "山县人民医院"} <= set(found)


def test_bureaus_and_closed_places_are_not_offered(story: Story) -> None:
    Institution.objects.filter(pk=story.scene.lin.pk).update(closed_on=timezone.localdate())
    found = names(destinations(story.doctor_shan, wish(story)))
    assert found == ["甲市第一医院"]


def test_places_beyond_the_own_reach_are_offered_but_not_opened(story: Story) -> None:
    assert "邻县人民医院" in names(destinations(story.doctor_shan, wish(story)))
    assert not registry.institutions(story.doctor_shan).filter(pk=story.scene.lin.pk).exists()


def test_who_may_not_write_referrals_asks_in_vain(story: Story) -> None:
    with pytest.raises(NotPermittedError):
        destinations(story.duty_jia, wish(story))


def test_the_short_list_hides_nobody_able_and_says_how_many_more(story: Story) -> None:
    scene = story.scene
    for number in range(SHORTEST_LIST + 3):
        make_institution(f"ZZ{number}", f"样例远方医院{number}", "general_hospital", scene.outside)
    able = make_institution("ZZZ", "样例能治医院", "general_hospital", scene.outside)
    ServiceOffered.objects.create(institution=able, service="primary_pci_24h")
    asked = wish(story)
    short = listed_destinations(story.doctor_shan, asked, [], Asked())
    everything = listed_destinations(story.doctor_shan, asked, [], Asked(shows_all=True))
    assert len(short.choices) == SHORTEST_LIST
    assert len(everything.choices) == len(short.choices) + short.hidden
    green = wish(story, urgency="emergency", condition="chest_pain")
    assert "样例能治医院" in [each.name for each in listed_destinations(story.doctor_shan, green, [], Asked()).choices]
    by_name = listed_destinations(story.doctor_shan, wish(story, name_part="能治"), [], Asked())
    assert [each.name for each in by_name.choices] == ["样例能治医院"]


def test_the_number_of_queries_does_not_grow(story: Story, django_assert_max_num_queries: object) -> None:
    for number in range(30):
        make_institution(f"YY{number}", f"样例医院{number}", "general_hospital", story.scene.outside)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        destinations(story.doctor_shan, wish(story, urgency="emergency", condition="stroke"))


def test_the_part_of_the_page_keeps_the_ticks(story: Story) -> None:
    client: Client = signed_in("doctor-shan")
    ticked = emergency(story, receivers=[f"i{story.scene.lin.pk}"], all_destinations="1")
    text = client.post("/referrals/new/destinations/", ticked).content.decode()
    assert f'value="i{story.scene.lin.pk}" id="to-i{story.scene.lin.pk}" checked' in text
