"""The trail and its chain."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from lianyi.accounts import audit
from lianyi.accounts.errors import AuditChainBrokenError
from lianyi.accounts.models import AuditEvent, ChainHead
from lianyi.registry.commands import NewNames, rename_institution
from tests.cast import Scene, acting_as, actor_for, as_service, day


def test_a_write_leaves_who_as_what_on_which_row_before_after_and_why(scene: Scene) -> None:
    steward = actor_for("steward", scene.county.pk, "registry_steward")
    context = acting_as(steward, reason="新名称批准")
    rename_institution(context, scene.shan, NewNames("山县总医院"), day("2024-03-01"), scene.shan.version)
    event = AuditEvent.objects.get(action="registry.institution.rename")
    assert (event.user_id, event.acting_node_id, event.acting_role) == (steward.user_id, scene.county.pk, steward.role)
    assert (event.object_type, event.object_id) == ("registry.institution", scene.shan.pk)
    assert event.before == {"name_zh": "山县人民医院"}
    assert event.after["name_zh"] == "山县总医院"
    assert (event.reason, event.command_key) == ("新名称批准", context.key)
    assert event.recorded_at >= event.occurred_at


def test_an_untouched_chain_verifies_and_tells_its_length(scene: Scene) -> None:
    report = audit.verify_chain()
    assert report.events == AuditEvent.objects.count() > 20
    assert report.last_hash == AuditEvent.objects.order_by("-sequence").first().hash  # type: ignore[union-attr]


def test_a_changed_event_is_found_by_its_number(scene: Scene) -> None:
    AuditEvent.objects.filter(sequence=5).update(reason="nothing happened")
    with pytest.raises(AuditChainBrokenError, match="event 5 was changed"):
        audit.verify_chain()


def test_a_removed_event_is_found(scene: Scene) -> None:
    AuditEvent.objects.filter(sequence=5).delete()
    with pytest.raises(AuditChainBrokenError, match="event 5 is missing"):
        audit.verify_chain()


def test_an_event_rewritten_with_a_fitting_hash_breaks_the_next_one(scene: Scene) -> None:
    event = AuditEvent.objects.get(sequence=5)
    event.reason = "nothing happened"
    event.hash = audit.hash_of(event)
    event.save()
    with pytest.raises(AuditChainBrokenError, match="event 6 does not follow"):
        audit.verify_chain()


def test_an_end_cut_off_is_found_by_the_head(scene: Scene) -> None:
    last = ChainHead.objects.get(pk=1).sequence
    AuditEvent.objects.filter(sequence=last).delete()
    with pytest.raises(AuditChainBrokenError, match=f"ends at event {last - 1} but {last} were written"):
        audit.verify_chain()


def test_a_trail_that_grows_while_it_is_read_is_intact(scene: Scene) -> None:
    last = ChainHead.objects.get().sequence

    def write_one_more(done: int) -> None:
        if done == last:
            with transaction.atomic():
                audit.record_many(as_service(), [audit.Entry("tests.act", "tests.row", 1, None, None)])

    assert audit.verify_chain(write_one_more).events == last + 1


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused() -> None:
    entry = audit.Entry("tests.act", "tests.row", 1, None, {})
    with pytest.raises(transaction.TransactionManagementError):
        audit.record_many(as_service(), [entry])
    assert AuditEvent.objects.count() == 0


def write_and_fail() -> None:
    with transaction.atomic():
        audit.record_many(as_service(), [audit.Entry("tests.act", "tests.row", 1, None, {})])
        raise ZeroDivisionError


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_command_that_fails_is_not_kept(scene: Scene) -> None:
    count = AuditEvent.objects.count()

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert AuditEvent.objects.count() == count
    assert audit.verify_chain().events == count


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), max_size=20)
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3).map(Decimal),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(VALUES)
def test_a_plain_value_stays_itself_when_made_plain_again(value: object) -> None:
    once = audit.plain(value)
    assert audit.plain(once) == once


@given(facts=st.dictionaries(st.text("abcdef", min_size=1, max_size=5), VALUES, max_size=4))
@pytest.mark.django_db
def test_whatever_an_event_says_its_hash_survives_the_database(facts: dict[str, object]) -> None:
    with transaction.atomic():
        audit.record_many(as_service(), [audit.Entry("tests.act", "tests.row", 1, None, facts)])
    event = AuditEvent.objects.order_by("-sequence").first()
    assert event is not None
    assert audit.hash_of(event) == event.hash


def test_a_moment_is_kept_in_one_time_zone_whatever_zone_it_came_in() -> None:
    moment = datetime.datetime(2024, 5, 1, 8, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
    assert audit.plain(moment) == "2024-05-01T00:00:00+00:00"
