"""Pages of figures, wall and recovery: somebody of another hospital with the same role gets nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.referrals.commands.returns import NewStage, begin_stage
from lianyi.referrals.url_lists import recovery, statistics, wall
from tests.cast import acting_as, actor_for
from tests.dispatch.page_parts import client_of
from tests.referrals.story import Story

# Its argument is the name of a figure, no object; what it shows is walked below.
NAMES_NO_OBJECT = {"statistics-rows"}
SECRETS = ("样例病人", "样例缺设备", "山县人民医院", "甲市第一医院", "J26-", "RF-1")
ROLES = ("referring_clinician", "referral_coordinator", "duty_clinician", "lead_office", "commission_viewer")


@pytest.fixture
def addresses(story: Story) -> dict[str, str]:
    leg = story.under_care(urgency="emergency", condition="chest_pain")
    new = NewStage(institution_id=story.scene.jia.pk, stage="acute", started_on=timezone.localdate())
    stage = begin_stage(acting_as(story.duty_jia), leg.request.journey_id, new)
    duty = story.scene.duty(story.agreement, "D90", "referrals_answered_in_time", "0.9", "share", "year")
    return {
        "stage-begin": reverse("referrals:stage-begin", args=[leg.pk]),
        "stage-end": reverse("referrals:stage-end", args=[stage.pk]),
        "duty-evidence": reverse("referrals:duty-evidence", args=[duty.pk, f"{timezone.localdate():%Y}-01-01"]),
    }


def test_every_page_that_names_an_object_is_walked(addresses: dict[str, str]) -> None:
    every = (*recovery.patterns, *statistics.patterns, *wall.patterns)
    naming = {each.name for each in every if each.pattern.regex.groups}
    assert naming == set(addresses) | NAMES_NO_OBJECT


@pytest.mark.parametrize("role", ROLES)
def test_no_page_opens_for_the_same_role_elsewhere(story: Story, addresses: dict[str, str], role: str) -> None:
    client = client_of(actor_for(f"out-{role}", story.scene.lin.pk, role))
    opened = []
    for name, address in addresses.items():
        for ask in (client.get, client.post):
            response = ask(address, {"command_key": f"{role}-{name}"})
            told = [word for word in SECRETS if word in response.content.decode(errors="ignore")]
            if response.status_code not in (403, 404, 405) or told:
                opened.append((name, response.status_code, told))
    assert opened == []


@pytest.mark.parametrize("role", ROLES)
def test_no_list_tells_an_outsider_anything(story: Story, addresses: dict[str, str], role: str) -> None:
    client = client_of(actor_for(f"out-{role}", story.scene.lin.pk, role))
    told = []
    for name in ("statistics", "wall", "bounce-backs", "findings"):
        for more in ("", "?export=csv"):
            response = client.get(reverse(f"referrals:{name}") + more)
            content = b"".join(response) if response.streaming else response.content
            told += [(name, word) for word in SECRETS if word in content.decode(errors="ignore")]
    for figure in ("acceptance", "sent-up"):
        response = client.get(reverse("referrals:statistics-rows", args=[figure]), {"part": "numerator"})
        told += [(figure, word) for word in SECRETS if word in response.content.decode(errors="ignore")]
    assert told == []


def test_the_same_pages_do_open_for_those_who_have_a_part(story: Story, addresses: dict[str, str]) -> None:
    """Without this, the tests above would also pass on pages that never open for anybody."""
    client = client_of(story.duty_jia)
    assert client.get(addresses["stage-begin"]).status_code == 200
    assert client.get(addresses["stage-end"]).status_code == 200
    assert client_of(story.scene.office_jia).get(addresses["duty-evidence"]).status_code == 200
