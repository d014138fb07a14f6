"""What visits and actions prove of a duty."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lianyi.exchanges.counting import count_actions, count_visits
from lianyi.exchanges.models import Action, ExchangeVisit
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.evidence import CountRequest
from lianyi.partnerships.models import Duty
from lianyi.partnerships.queries import timeline
from tests.cast import Scene
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of
from tests.exchanges.visits_story import Visiting, visiting


@pytest.fixture
def story(scene: Scene) -> Visiting:
    return visiting(scene)


def asked(story: Visiting, duty: Duty, first: int = -200, last: int = 100) -> CountRequest:
    assert story.agreement.pk
    return CountRequest(duty, DateSpan(today_and(first), today_and(last)))


def test_visits_count_once_held_in_the_period_of_their_first_day(story: Visiting) -> None:
    duty = story.scene.duty(story.agreement, "V1", "visits_held", "2", "visit")
    story.planned("PLAN", -3)
    story.held("LATER", -3)
    whole, early = count_visits([asked(story, duty), asked(story, duty, -200, -50)])
    assert whole is not None
    assert early is not None
    assert (whole.value, early.value) == (Decimal(2), Decimal(1))
    ExchangeVisit.objects.filter(code="LATER").update(provenance="reported")
    ExchangeVisit.objects.filter(code="SYMP").update(provenance="sample")
    [found] = count_visits([asked(story, duty)])
    assert found is not None
    assert (found.value, found.sample_rows) == (Decimal(1), 1)


def test_only_what_was_checked_closed_and_has_not_come_back_counts(story: Visiting) -> None:
    duty = story.scene.duty(story.agreement, "A1", "actions_closed", "2", "action")
    closed = story.closed(story.made())
    story.done(story.made(story.raised()))
    back = story.closed(story.made(story.raised()))
    story.raised(story.held("NEXT", -5), former_id=back.point_id)
    [found] = count_actions([asked(story, duty)])
    assert found is not None
    assert (found.value, found.row_ids) == (Decimal(1), (closed.pk,))


def test_an_action_counts_toward_one_duty_only(story: Visiting) -> None:
    first = story.scene.duty(story.agreement, "A1", "actions_closed", "2", "action")
    story.closed(story.made())
    [alone] = count_actions([asked(story, first)])
    second = story.scene.duty(story.agreement, "A2", "actions_closed", "2", "action")
    named = story.closed(story.made(story.raised(), duty_id=second.pk))
    both = count_actions([asked(story, first), asked(story, second)])
    assert alone is not None
    assert alone.value == Decimal(1)
    assert [each and each.row_ids for each in both] == [(), (named.pk,)]


def test_a_counted_figure_opens_its_rows(story: Visiting) -> None:
    visits = story.scene.duty(story.agreement, "V1", "visits_held", "2", "visit")
    actions = story.scene.duty(story.agreement, "A1", "actions_closed", "2", "action")
    row = story.closed(story.made())
    first = story.agreement.starts_on.isoformat()
    client = client_of(story.jia)
    assert "Sample visit SYMP" in page_of(client, "exchanges:visit-evidence", visits.pk, first)
    assert row.code in page_of(client, "exchanges:action-evidence", actions.pk, first)
    Action.objects.filter(pk=row.pk).update(provenance="reported")
    assert row.code not in page_of(client, "exchanges:action-evidence", actions.pk, first)


def test_visits_stand_on_the_time_line_and_what_is_reported_stands_there_already(story: Visiting) -> None:
    texts = [entry.text_en for entry in timeline(story.jia, story.agreement)]
    assert "Sample visit SYMP" in texts
    ExchangeVisit.objects.update(provenance="reported")
    assert "Sample visit SYMP" not in [entry.text_en for entry in timeline(story.jia, story.agreement)]
