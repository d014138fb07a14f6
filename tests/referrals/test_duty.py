"""A green channel opens only when every hour has a person and a deputy, and no hour is lost afterwards."""

from __future__ import annotations

import contextlib
import datetime

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from lianyi.accounts.access import scoped
from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotFoundInScopeError, NotPermittedError, StaleVersionError
from lianyi.accounts.models import Affiliation, Grant, User
from lianyi.referrals.commands.duty import (
    DailyDuty,
    NewRoster,
    Replacement,
    RosterFacts,
    change_roster,
    copy_last_week,
    create_roster,
    fill_duty,
    publish_roster,
    replace_duty,
    take_back_slot,
    withdraw_roster,
)
from lianyi.referrals.duty import double_duties, holes_of, on_duty, people_for, span_of
from lianyi.referrals.errors import FactsRefusedError, GuardRefusedError, RosterRefusedError
from lianyi.referrals.models import DutyRoster, DutySlot
from tests.cast import acting_as, affiliate, as_service
from tests.properties import examples
from tests.referrals.story import Story

DAY = datetime.timedelta(days=1)
MONDAY = datetime.date(2026, 11, 23)
ZONE = timezone.get_default_timezone()


@pytest.fixture(autouse=True)
def the_week_before():
    with time_machine.travel(datetime.datetime(2026, 11, 20, 4, tzinfo=datetime.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def team(story: Story) -> dict[str, int]:
    """Name three people who may be on duty at 甲市第一医院."""
    for name in ("deputy-jia", "third-jia"):
        affiliate(name, story.scene.jia.pk, "duty_clinician")
    return dict(User.objects.filter(username__endswith="-jia").values_list("username", "pk"))


def at(day: int, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(MONDAY, datetime.time.min, tzinfo=ZONE) + datetime.timedelta(days=day, hours=hour)


def week(story: Story, first_day: int = 0, days: int = 7, condition: str = "stroke", **more: object) -> DutyRoster:
    facts = {
        "institution_id": story.scene.jia.pk,
        "condition": condition,
        "starts_at": at(first_day, 0),
        "ends_at": at(first_day + days, 0),
        "duty_phone": "000-1200",
    }
    actor = more.pop("actor", story.head_jia)
    assert isinstance(actor, Actor)
    return create_roster(acting_as(actor), NewRoster(**{**facts, **more}))  # type: ignore[arg-type]


def duty(team: dict[str, int], begins: int, ends: int, first: int = 0, last: int = 6, **more: str) -> DailyDuty:
    return DailyDuty(
        first_day=MONDAY + first * DAY,
        last_day=MONDAY + last * DAY,
        begins=datetime.time(begins % 24),
        ends=datetime.time(ends % 24),
        person_id=team[more.get("person", "duty-jia")],
        deputy_id=team[more.get("deputy", "deputy-jia")],
    )


def fill_all(story: Story, roster: DutyRoster, team: dict[str, int]) -> DutyRoster:
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20))
    # The night before Monday belongs to the roster from midnight on.
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 20, 8, first=-1, person="third-jia"))
    roster.refresh_from_db()
    return roster


def publish(story: Story, roster: DutyRoster) -> DutyRoster:
    roster.refresh_from_db()
    return publish_roster(acting_as(story.head_jia), roster.pk, roster.version)


def test_a_roster_with_days_and_nights_is_published_and_its_people_are_found(story: Story, team) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    assert (roster.state, roster.published_at) == ("published", timezone.now())
    found = [on_duty(story.scene.jia.pk, "stroke", at(2, hour)) for hour in (3, 8, 19, 20)]
    assert [slot.person.username for slot in found if slot] == ["third-jia", "duty-jia", "duty-jia", "third-jia"]
    assert on_duty(story.scene.jia.pk, "stroke", at(7, 0)) is None
    assert on_duty(story.scene.jia.pk, "trauma", at(2, 8)) is None


def test_the_roster_for_other_emergencies_serves_where_there_is_no_own(story: Story, team) -> None:
    publish(story, fill_all(story, week(story, condition="other"), team))
    found = on_duty(story.scene.jia.pk, "trauma", at(2, 8))
    assert found is not None
    assert found.person.username == "duty-jia"


def test_every_hole_is_named_when_publishing_is_refused(story: Story, team) -> None:
    roster = week(story)
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20, last=5))
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 20, 8, first=-1, person="third-jia"))
    with pytest.raises(RosterRefusedError) as refusal:
        publish(story, roster)
    assert refusal.value.params["holes"] == ["2026-11-29 08:00–20:00"]
    roster.refresh_from_db()
    assert roster.state == "draft"
    assert on_duty(story.scene.jia.pk, "stroke", at(2, 8)) is None


shifts = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)), max_size=8)


@examples(25, HealthCheck.function_scoped_fixture)
@given(shifts)
def test_whatever_is_filled_a_roster_with_a_hole_is_never_published(story: Story, team, wanted) -> None:
    roster = week(story)
    for day, begins, length in wanted:
        shift = duty(team, begins, begins + length, first=day, last=day)
        with contextlib.suppress(FactsRefusedError):
            fill_duty(acting_as(story.head_jia), roster.pk, shift)
    missing = holes_of(roster)
    covered = sum((span_of(slot).length for slot in roster.slots.filter(is_void=False)), datetime.timedelta())
    assert covered + sum((hole.length for hole in missing), datetime.timedelta()) == 7 * DAY
    if missing:
        with pytest.raises(RosterRefusedError):
            publish(story, roster)
    withdraw_roster(acting_as(story.head_jia, reason="样例"), roster.pk, DutyRoster.objects.get(pk=roster.pk).version)


def test_nobody_is_their_own_deputy(story: Story, team) -> None:
    with pytest.raises(FactsRefusedError, match="own deputy"):
        fill_duty(acting_as(story.head_jia), week(story).pk, duty(team, 8, 20, deputy="duty-jia"))


def test_who_works_elsewhere_is_not_put_on_duty(story: Story, team) -> None:
    team["duty-lin"] = User.objects.get(username="duty-lin").pk
    with pytest.raises(FactsRefusedError, match="does not work at this institution"):
        fill_duty(acting_as(story.head_jia), week(story).pk, duty(team, 8, 20, deputy="duty-lin"))


def test_an_affiliation_that_ends_before_the_duty_is_not_enough(story: Story, team) -> None:
    Affiliation.objects.filter(user__username="deputy-jia").update(valid_to=MONDAY + 2 * DAY)
    roster = week(story)
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20, last=2))
    with pytest.raises(FactsRefusedError, match="does not work at this institution"):
        fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20, first=3, last=3))


def test_somebody_posted_there_may_be_on_duty(story: Story, team) -> None:
    lin = User.objects.get(username="duty-lin")
    Grant.objects.create(
        kind="G4",
        holder_user=lin,
        target_type="accounts.node",
        target_id=story.scene.jia.pk,
        basis_type="dispatch.posting",
        basis_id=1,
        valid_from=timezone.now(),
    )
    roster = week(story)
    assert lin in people_for(story.scene.jia.pk, span_of(roster))
    fill_duty(acting_as(story.head_jia), roster.pk, duty({**team, "duty-lin": lin.pk}, 8, 20, person="duty-lin"))
    assert roster.slots.count() == 7


def test_a_name_that_left_after_the_filling_stops_the_publishing(story: Story, team) -> None:
    roster = fill_all(story, week(story), team)
    Affiliation.objects.filter(user__username="deputy-jia").update(valid_to=MONDAY - DAY)
    with pytest.raises(FactsRefusedError, match="does not work at this institution"):
        publish(story, roster)


def test_two_duties_of_one_roster_do_not_overlap(story: Story, team) -> None:
    roster = week(story)
    fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20))
    with pytest.raises(FactsRefusedError, match="on duty then already"):
        fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 19, 23, person="third-jia"))


def test_standing_on_two_rosters_at_once_is_allowed_and_said(story: Story, team) -> None:
    fill_all(story, week(story), team)
    other = fill_all(story, week(story, condition="trauma"), team)
    doubles = double_duties(other)
    assert {each.slot.person.username for each in doubles} == {"duty-jia", "third-jia"}
    assert sum((each.span.length for each in doubles), datetime.timedelta()) == 7 * DAY


def test_a_published_roster_changes_only_by_replacing(story: Story, team) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    slot = roster.slots.filter(is_void=False).first()
    assert slot is not None
    with pytest.raises(GuardRefusedError, match="is published"):
        take_back_slot(acting_as(story.head_jia), slot.pk, slot.version)
    with pytest.raises(GuardRefusedError, match="is published"):
        fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20))
    times = RosterFacts(starts_at=at(0, 0), ends_at=at(6, 0), duty_phone="000-1200")
    with pytest.raises(GuardRefusedError, match="is published"):
        change_roster(acting_as(story.head_jia), roster.pk, times, roster.version)


def test_replacing_a_part_leaves_the_rest_and_no_hole(story: Story, team) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    slot = DutySlot.objects.get(roster=roster, starts_at=at(2, 8), is_void=False)
    new = Replacement(person_id=team["third-jia"], deputy_id=team["duty-jia"], starts_at=at(2, 12), ends_at=at(2, 16))
    replace_duty(acting_as(story.head_jia), slot.pk, new, slot.version)
    assert holes_of(roster) == ()
    found = [on_duty(story.scene.jia.pk, "stroke", at(2, hour)) for hour in (11, 12, 15, 16)]
    assert [each.person.username for each in found if each] == ["duty-jia", "third-jia", "third-jia", "duty-jia"]


def test_a_duty_that_is_over_is_not_rewritten(story: Story, team, the_week_before) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    the_week_before.move_to(at(3, 0))
    slot = DutySlot.objects.get(roster=roster, starts_at=at(2, 8), is_void=False)
    new = Replacement(person_id=team["third-jia"], deputy_id=team["duty-jia"])
    with pytest.raises(FactsRefusedError, match="is over"):
        replace_duty(acting_as(story.head_jia), slot.pk, new, slot.version)


def test_a_replacement_outside_the_duty_is_refused(story: Story, team) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    slot = DutySlot.objects.get(roster=roster, starts_at=at(2, 8), is_void=False)
    new = Replacement(person_id=team["third-jia"], deputy_id=team["duty-jia"], ends_at=at(2, 21))
    with pytest.raises(FactsRefusedError, match="does not lie within"):
        replace_duty(acting_as(story.head_jia), slot.pk, new, slot.version)


def test_last_weeks_roster_is_copied_into_the_free_hours(story: Story, team) -> None:
    publish(story, fill_all(story, week(story), team))
    following = week(story, first_day=7)
    fill_duty(acting_as(story.head_jia), following.pk, duty(team, 8, 12, first=7, last=7, person="third-jia"))
    copy_last_week(acting_as(story.head_jia), following.pk)
    assert holes_of(following) == ()
    publish(story, following)
    found = [on_duty(story.scene.jia.pk, "stroke", at(7, hour)) for hour in (9, 13, 22)]
    assert [each.person.username for each in found if each] == ["third-jia", "duty-jia", "third-jia"]


def test_whoever_left_is_not_copied_and_the_hours_stay_holes(story: Story, team) -> None:
    publish(story, fill_all(story, week(story), team))
    Affiliation.objects.filter(user__username="third-jia").update(valid_to=MONDAY + 7 * DAY)
    following = week(story, first_day=7)
    copy_last_week(acting_as(story.head_jia), following.pk)
    assert [round(hole.length / datetime.timedelta(hours=1)) for hole in holes_of(following)] == [12] * 6 + [4]


def test_copying_without_a_week_before_says_so(story: Story) -> None:
    with pytest.raises(GuardRefusedError, match="week before"):
        copy_last_week(acting_as(story.head_jia), week(story).pk)


def test_two_published_rosters_do_not_cover_the_same_hours(story: Story, team) -> None:
    publish(story, fill_all(story, week(story), team))
    with pytest.raises(GuardRefusedError, match="covers part of this time"):
        publish(story, fill_all(story, week(story), team))


def test_a_published_roster_is_withdrawn_with_a_reason_only(story: Story, team) -> None:
    roster = publish(story, fill_all(story, week(story), team))
    with pytest.raises(FactsRefusedError, match="Say why"):
        withdraw_roster(acting_as(story.head_jia), roster.pk, roster.version)
    withdraw_roster(acting_as(story.head_jia, reason="样例:专科停诊"), roster.pk, roster.version)
    assert on_duty(story.scene.jia.pk, "stroke", at(2, 8)) is None
    with pytest.raises(GuardRefusedError, match="withdrawn"):
        fill_duty(acting_as(story.head_jia), roster.pk, duty(team, 8, 20))


def test_a_stale_version_does_not_publish(story: Story, team) -> None:
    roster = fill_all(story, week(story), team)
    facts = RosterFacts(starts_at=roster.starts_at, ends_at=roster.ends_at, duty_phone="000-1300")
    change_roster(acting_as(story.head_jia), roster.pk, facts, roster.version)
    with pytest.raises(StaleVersionError):
        publish_roster(acting_as(story.head_jia), roster.pk, roster.version)


def test_times_telephone_and_condition_are_checked(story: Story) -> None:
    with pytest.raises(FactsRefusedError, match="ends after it starts"):
        week(story, days=0)
    with pytest.raises(FactsRefusedError, match="ends after it starts"):
        week(story, days=63)
    with pytest.raises(FactsRefusedError, match="telephone"):
        week(story, duty_phone=" ")
    with pytest.raises(FactsRefusedError, match="no condition"):
        week(story, condition="hiccups")


def test_only_the_own_institutions_people_write_rosters(story: Story, team) -> None:
    roster = week(story)
    with pytest.raises(NotPermittedError):
        week(story, actor=story.duty_jia)
    with pytest.raises(NotPermittedError):
        week(story, actor=story.scene.office_shan)
    with pytest.raises(NotFoundInScopeError):
        fill_duty(acting_as(story.duty_lin), roster.pk, duty(team, 8, 20))
    assert not scoped(story.duty_lin, DutySlot.objects.all()).exists()
    assert fill_duty(as_service(), roster.pk, duty(team, 8, 20)).pk == roster.pk
