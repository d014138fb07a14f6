"""What waits for one's side stands on the home page in a number, and how much of it is over time."""

from __future__ import annotations

import datetime

from django.utils import timezone

from lianyi.referrals.models import Leg
from tests.cast import Scene
from tests.dispatch.page_parts import client_of, page_of, words
from tests.referrals.story import tell


def test_the_number_over_time_is_told_in_the_singular_and_in_the_plural(scene: Scene) -> None:
    story = tell(scene)
    legs = [story.sent(), story.sent()]

    def home() -> str:
        return words(page_of(client_of(story.duty_jia), "home"))

    assert "over time" not in home()
    long_ago = timezone.now() - datetime.timedelta(hours=1)
    for count, told in enumerate(("1 is over time", "2 are over time"), start=1):
        Leg.objects.filter(pk__in=[leg.pk for leg in legs[:count]]).update(due_at=long_ago)
        assert told in home()
