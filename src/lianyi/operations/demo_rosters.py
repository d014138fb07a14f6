"""Keep the sample duty rosters of a case running: each start of the demo writes them further where they end soon."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from lianyi.accounts.records import Provenance
from lianyi.operations.acting import actor_named, context_of, user_named
from lianyi.operations.demo_cases import KEY_PREFIX
from lianyi.operations.demo_playing import Facts, institution_named
from lianyi.referrals.commands.duty import DailyDuty, NewRoster, create_roster, fill_duty, publish_roster
from lianyi.referrals.models import DutyRoster

# A demo that is started once a month never stands without anybody on duty, nor does one left alone for two.
DAYS_WRITTEN = 60
DAYS_LEFT_AT_LEAST = 30


def extend_rosters(wanted: Facts) -> int:
    """Write the next roster of each green channel named that ends soon, and return how many were written.

    Any published roster counts, also one that somebody wrote while trying things out.
    """
    return sum(_extend(wanted, channel) for channel in wanted["channels"])


def _extend(wanted: Facts, channel: Facts) -> bool:
    institution_id = institution_named(wanted["institution"])
    today = timezone.localdate()
    covered_until = _last_end(institution_id, channel["condition"])
    begins = _midnight(today) if covered_until is None else max(covered_until, _midnight(today))
    if begins > _midnight(today + datetime.timedelta(days=DAYS_LEFT_AT_LEAST)):
        return False
    new = NewRoster(
        institution_id=institution_id,
        condition=channel["condition"],
        starts_at=begins,
        ends_at=_midnight(timezone.localdate(begins) + datetime.timedelta(days=DAYS_WRITTEN)),
        duty_phone=wanted["duty_phone"],
        provenance=Provenance.SAMPLE,
    )
    with transaction.atomic():
        _write(wanted["by"], new, channel)
    return True


def _last_end(institution_id: int, condition: str) -> datetime.datetime | None:
    published = DutyRoster.objects.filter(
        institution_id=institution_id, condition=condition, state=DutyRoster.State.PUBLISHED
    )
    return published.order_by("-ends_at").values_list("ends_at", flat=True).first()


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _write(by: str, new: NewRoster, channel: Facts) -> None:
    key = f"{KEY_PREFIX}roster:{new.institution_id}:{new.condition}:{new.starts_at:%Y%m%d%H%M}"
    actor = actor_named(by)
    roster = create_roster(context_of(actor, key), new)
    for number, shift in enumerate(channel["shifts"]):
        # The night into the first day begins the evening before; what lies outside the roster is cut off.
        duty = DailyDuty(
            first_day=timezone.localdate(new.starts_at) - datetime.timedelta(days=1),
            last_day=timezone.localdate(new.ends_at),
            begins=datetime.time.fromisoformat(shift["begins"]),
            ends=datetime.time.fromisoformat(shift["ends"]),
            person_id=user_named(shift["person"]).pk,
            deputy_id=user_named(shift["deputy"]).pk,
        )
        fill_duty(context_of(actor, f"{key}:{number}"), roster.pk, duty)
    roster.refresh_from_db()
    publish_roster(context_of(actor, f"{key}:publish"), roster.pk, roster.version)
