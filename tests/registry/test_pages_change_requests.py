from __future__ import annotations

import datetime

import pytest
from django.utils import translation

from lianyi.pages.home import home_items
from lianyi.registry import commands
from lianyi.registry.checks import GivenPosition
from lianyi.registry.models import ChangeRequest
from tests.registry.factories import Region, acting, context, make_institution, make_region
from tests.registry.pages import address, browser, hidden, key, steward, text_of

LIST_QUERIES = 5
PAGE_QUERIES = 7


@pytest.fixture
def region(db) -> Region:
    return make_region()


def propose(client, region: Region, **changes: str) -> ChangeRequest:
    """Propose a change of the hospital."""
    return propose_at(client, address("institution-propose", region.hospital.pk), **changes)


def propose_at(client, url: str, **changes: str) -> ChangeRequest:
    """Send the form of a proposal as the page gives it, with some fields changed."""
    form = client.get(url).context["form"]
    values = ((field.name, field.value()) for field in form)
    sent = {name: value for name, value in values if value is not None and value is not False and value != ""}
    answer = client.post(url, {**sent, "command_key": key(), "reason": "样例原因", **changes})
    assert answer.status_code == 302, text_of(answer)
    return ChangeRequest.objects.latest("pk")


def test_the_form_shows_what_the_record_says_beside_each_field(region):
    office = browser("supported_office", region.hospital.pk, "office")
    answer = office.get(address("institution-propose", region.hospital.pk))
    present = {each.field.name: each.present for each in answer.context["compared"]}
    assert present["kind"] == "General hospital"
    assert present["tier"] == "secondary"
    assert present["place"] == "样例441302"
    assert present["reason"] == ""


def test_a_proposal_is_decided_by_somebody_above_and_then_made(region):
    office = browser("supported_office", region.hospital.pk, "office")
    request = propose(office, region, alias="样例二院", effective_on="2024-01-01")
    assert request.changes == {"alias": {"old": "", "new": "样例二院"}}
    decider = browser("registry_steward", region.county.pk, "decider")
    assert "样例医院H1" in text_of(decider.get(f"{address('change-requests')}?waiting=to-decide"))
    page = decider.get(address("change-request-detail", request.pk))
    assert "Other name — 样例二院" in text_of(page)
    sent = {"command_key": hidden(page, "command_key"), "expected_version": hidden(page, "expected_version")}
    for _time in range(2):
        assert decider.post(address("change-request-approve", request.pk), sent).status_code == 302
    request.refresh_from_db()
    region.hospital.refresh_from_db()
    assert (request.state, region.hospital.alias) == ("applied", "样例二院")
    assert "样例医院H1" not in text_of(decider.get(f"{address('change-requests')}?waiting=to-decide"))


def test_tier_and_grade_need_both_levels(region):
    office = browser("supported_office", region.hospital.pk, "office")
    request = propose(office, region, tier="tertiary")
    county = browser("registry_steward", region.county.pk, "county")
    prefecture = browser("registry_steward", region.prefecture.pk, "prefecture")
    for client, state in ((county, "county_approved"), (prefecture, "applied")):
        page = client.get(address("change-request-detail", request.pk))
        assert "need the agreement of two levels" in text_of(page)
        sent = {"command_key": key(), "expected_version": hidden(page, "expected_version")}
        assert client.post(address("change-request-approve", request.pk), sent).status_code == 302
        request.refresh_from_db()
        assert request.state == state
    region.hospital.refresh_from_db()
    assert region.hospital.tier == "tertiary"


def test_who_proposed_may_withdraw_but_not_approve_and_a_refusal_needs_a_reason(region):
    own = browser("registry_steward", region.county.pk, "own")
    request = propose(own, region, alias="样例二院")
    page = own.get(address("change-request-detail", request.pk))
    assert (page.context["may_decide"], page.context["may_withdraw"]) == (False, True)
    sent = {"command_key": key(), "expected_version": request.version}
    refused = own.post(address("change-request-approve", request.pk), sent)
    assert "You proposed this change, so somebody else must decide about it" in text_of(refused)
    other = browser("registry_steward", region.prefecture.pk, "other")
    assert other.post(address("change-request-refuse", request.pk), sent).context["form"].errors["reason"]
    withdrawn = {"command_key": key(), "expected_version": request.version, "reason": "no longer needed"}
    assert own.post(address("change-request-withdraw", request.pk), withdrawn).status_code == 302
    request.refresh_from_db()
    assert (request.state, request.decision_reason) == ("withdrawn", "no longer needed")


def test_changes_of_departments_and_places_are_proposed_and_made_the_same_way(region):
    own = browser("registry_steward", region.county.pk, "own")
    other = browser("registry_steward", region.prefecture.pk, "other")
    for name, row, changed, back in (
        (
            "department-propose",
            region.surgery,
            {"specialty": "03"},
            f"{address('institution-detail', region.hospital.pk)}#",
        ),
        ("place-propose", region.county, {"name_zh": "样例新县"}, address("place-detail", region.county.pk)),
    ):
        request = propose_at(own, address(name, row.pk), effective_on="2024-01-01", **changed)
        ((field, value),) = changed.items()
        assert request.changes == {field: {"old": getattr(row, field), "new": value}}
        page = other.get(address("change-request-detail", request.pk))
        assert back in page.content.decode()
        sent = {"command_key": key(), "expected_version": hidden(page, "expected_version")}
        assert other.post(address("change-request-approve", request.pk), sent).status_code == 302
        row.refresh_from_db()
        assert getattr(row, field) == value


def test_a_place_with_a_waiting_proposal_says_so_instead_of_offering_another(region):
    own = browser("registry_steward", region.county.pk, "own")
    propose_at(own, address("place-propose", region.county.pk), name_zh="样例新县")
    page = text_of(own.get(address("place-detail", region.county.pk)))
    assert "A change of this record waits for a decision." in page
    assert "Propose a change" not in page


def test_a_proposal_that_changes_nothing_is_refused(region):
    office = browser("supported_office", region.hospital.pk, "office")
    url = address("institution-propose", region.hospital.pk)
    form = office.get(url).context["form"]
    values = ((field.name, field.value()) for field in form)
    sent = {name: value for name, value in values if value is not None and value is not False and value != ""}
    answer = office.post(url, {**sent, "command_key": key(), "reason": "nothing"})
    assert "The record says this already" in text_of(answer)
    assert not ChangeRequest.objects.exists()


def test_an_untouched_position_given_in_another_system_is_no_change(region):
    site = commands.NewSite(position=GivenPosition(114.42, 23.10, "gcj02"))
    commands.move_institution(context(), region.hospital, site, datetime.date(2024, 1, 1), region.hospital.version)
    office = browser("supported_office", region.hospital.pk, "office")
    assert propose(office, region, alias="样例二院").changes == {"alias": {"old": "", "new": "样例二院"}}


def test_people_elsewhere_neither_see_nor_decide(region):
    request = propose(browser("supported_office", region.hospital.pk, "office"), region, alias="样例二院")
    stranger = browser("registry_steward", region.other_county.pk, "stranger")
    assert "样例医院H1" not in text_of(stranger.get(address("change-requests")))
    for name in ("change-request-detail", "change-request-approve", "change-request-refuse"):
        assert stranger.get(address(name, request.pk)).status_code == 404


def test_the_home_page_tells_those_who_decide(region):
    propose(browser("supported_office", region.hospital.pk, "office"), region, alias="样例二院")
    decider = acting("registry_steward", region.county.pk, name="decider")
    with translation.override("en"):
        waiting = [item for item in home_items(decider) if "waiting=to-decide" in item.url]
    assert [(item.count, item.text) for item in waiting] == [(1, "Proposed change waits for your decision")]
    stranger = acting("registry_steward", region.other_county.pk, name="stranger")
    assert not [item for item in home_items(stranger) if "waiting=to-decide" in item.url]


@pytest.mark.parametrize("number", [3, 30])
def test_the_list_and_the_page_ask_a_fixed_number_of_queries(region, number, django_assert_num_queries):
    office = acting("supported_office", region.hospital.pk, name="office")
    other = acting("registry_steward", region.county.pk, name="other")
    for position in range(number):
        row = make_institution(f"X{position}", region.county, parent=region.hospital)
        asker = office if position % 2 else other
        day = datetime.date(2024, 1, 1)
        request = commands.propose_change(context(asker, "why"), row, {"parent_id": None, "alias": "别名"}, day, 1)
    client = steward(region)
    client.get(address("change-requests"))
    with django_assert_num_queries(LIST_QUERIES):
        client.get(f"{address('change-requests')}?per_page=50")
    with django_assert_num_queries(PAGE_QUERIES):
        client.get(address("change-request-detail", request.pk))
