"""Every form that was sent holds what sending needs, so the figure that tells forms apart counts the further items."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone, translation

from lianyi.methods.periods import DateSpan
from lianyi.referrals.commands.writing import change_packet
from lianyi.referrals.forms.new_referral import meter_of
from lianyi.referrals.models import Leg, Packet, Request
from lianyi.referrals.packets import items_of
from lianyi.referrals.policies import policy_of
from lianyi.referrals.statistics import FilledForms, Statistics, statistics_of
from lianyi.referrals.statistics_lines import Line, groups_of
from lianyi.referrals.statistics_queries import Selection
from lianyi.referrals.statistics_veil import DrawnVeil, OpenVeil, Veil
from lianyi.rules.referral_policy import PacketItem, ReferralUrgency
from tests.cast import acting_as
from tests.referrals.story import Story, filler

MEDIAN = "Filled in of the whole form, median"
# What the policy asks of a routine referral up: ten items that sending needs, thirteen more.
NEEDED, FURTHER = 10, 13


def items_by_need(row: Request) -> tuple[list[PacketItem], list[PacketItem]]:
    needed, further = [], []
    for item in items_of(row, policy_of(row.policy)):
        (needed if ReferralUrgency.ROUTINE in item.required_for else further).append(item)
    return needed, further


def filled(story: Story, further: int, needed: int = NEEDED) -> Request:
    """Let Doctor Shan fill in so many of the items that sending needs, and so many of the others."""
    row = story.draft(complete=False)
    first, others = items_by_need(row)
    values = {item.code: filler(item) for item in (*first[:needed], *others[:further])}
    change_packet(acting_as(story.doctor_shan), row.pk, values, Packet.objects.get(request=row).version)
    return row


def sent(story: Story, further: int) -> Request:
    row = filled(story, further)
    story.step(Leg.objects.get(request=row), "send", story.doctor_shan)
    return row


def counted() -> Statistics:
    today = timezone.localdate()
    span = DateSpan(today - datetime.timedelta(days=1), today)
    return statistics_of(Selection(Leg.objects.all(), span, timezone.now()))


def lines(veil: Veil) -> dict[str, Line]:
    with translation.override("en"):
        return {line.measure: line for line in groups_of(counted(), {}, veil)[0].lines}


@pytest.fixture
def four_forms(story: Story) -> list[Request]:
    return [sent(story, further) for further in (0, 4, 6, FURTHER)]


def test_a_packet_counts_what_sending_needs_and_the_further_items_apart(story: Story) -> None:
    packet = Packet.objects.get(request=filled(story, further=2, needed=9))
    assert (packet.items_given, packet.items_required) == (9, NEEDED)
    assert (packet.recommended_given, packet.items_recommended) == (2, FURTHER)


def test_all_forms_have_what_sending_needs_and_one_has_everything(four_forms: list[Request]) -> None:
    found = counted()
    shares = {key: found.figure(key).share for key in ("complete", "complete-all")}  # type: ignore[union-attr]
    assert {key: (share.numerator, share.denominator) for key, share in shares.items()} == {
        "complete": (4, 4),
        "complete-all": (1, 4),
    }
    whole = found.figure("complete-all")
    assert whole is not None
    assert whole.numerator == (Leg.objects.get(request=four_forms[-1]).pk,)


@pytest.mark.usefixtures("four_forms")
def test_the_middle_form_stands_between_those_of_the_middle_half() -> None:
    # 10, 14, 16 and 23 of 23 items: the median lies between 14 and 16, the quartiles at 13 and 17.75.
    expected = FilledForms(4, 15 / 23, 13 / 23, 17.75 / 23)
    found = counted().forms
    assert found.count == expected.count
    assert (found.median, found.low, found.high) == pytest.approx((expected.median, expected.low, expected.high))
    line = lines(OpenVeil())[MEDIAN]
    assert (line.value_text, line.denominator) == ("65.2 %", 4)
    assert line.note == "half of the forms: 56.5 – 77.2 %"


def test_of_few_forms_only_the_median_is_told(story: Story) -> None:
    sent(story, 3)
    line = lines(OpenVeil())[MEDIAN]
    assert (line.value_text, line.note, line.is_small) == ("56.5 %", "", True)


def test_a_form_written_before_the_further_items_were_counted_is_left_out_and_not_zero(
    four_forms: list[Request],
) -> None:
    Packet.objects.filter(request=four_forms[0]).update(items_recommended=0, recommended_given=0)
    found = counted()
    assert (found.forms.count, found.forms.median) == (3, pytest.approx(16 / 23))
    whole = found.figure("complete-all")
    assert whole is not None
    assert len(whole.denominator) == 3


def test_no_form_has_no_value(story: Story) -> None:
    assert counted().forms == FilledForms(0, None)
    assert lines(OpenVeil())[MEDIAN].value is None


@pytest.mark.usefixtures("four_forms")
def test_who_sees_counts_only_learns_nothing_of_few_forms_nor_beside_a_figure_to_compare() -> None:
    assert lines(DrawnVeil(threshold=5))[MEDIAN].is_hidden
    assert lines(DrawnVeil(threshold=4))[MEDIAN].value_text == "65.2 %"
    assert lines(DrawnVeil(threshold=4, compared=(counted(),)))[MEDIAN].is_hidden


def test_the_meter_of_the_form_tells_both(story: Story) -> None:
    row = story.draft(complete=False)
    needed, further = items_by_need(row)
    values = {item.code: filler(item) for item in (*needed[1:], *further[:3])}
    meter = meter_of(values, (*needed, *further), tuple(needed))
    assert (meter.given, meter.asked, meter.more_given, meter.more_asked) == (9, NEEDED, 3, FURTHER)
    assert len(meter.lacking) == 1
