"""Gaps: counted anew when put forward, waiting for those who plan postings, answered or withdrawn."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from lianyi.accounts.errors import NotPermittedError, StateRefusedError
from lianyi.pages.home import home_items
from lianyi.survey import commands, queries
from lianyi.survey.errors import NoShortfallError
from lianyi.survey.handing import _RECEIVERS, register_gap_receiver
from lianyi.survey.models import Gap, Scenario
from tests.cast import acting_as, actor_for
from tests.registry.pages import text_of
from tests.survey.world import employ, key, page, reader

TODAY = datetime.date(2026, 11, 22)


def new_gap(**changes: object) -> commands.NewGap:
    given = {
        "resource": "general_practitioners",
        "required": Decimal(20),
        "present": Decimal(1),
        "basis_zh": "每万人口2名",
        "basis_en": "2 per 10,000",
        "counted_on": TODAY,
    }
    return commands.NewGap(**{**given, **changes})  # type: ignore[arg-type]


def asked(**query: object) -> str:
    given = {"region": "512000", "standard": "tiered-care-2015", "requirement": "general-practitioners"}
    return page("gap-new", **{**given, **query})


def test_a_shortfall_is_put_forward_with_figures_counted_anew(county):
    client = reader()
    address = asked(place="512000")
    assert "山县: 1 of 20 general practitioners." in text_of(client.get(address))
    employ(county.t1, "doctor", 1, specialty="02")
    answer = client.post(address, {"command_key": key(), "note": "急需 required=1"})
    row = Gap.objects.get()
    assert answer.url == page("gap", row.pk)
    assert (row.required, row.present, row.shortfall) == (20, 2, 18)
    assert (row.place, row.institution, row.note) == (county.place, None, "急需 required=1")
    assert "国办发〔2015〕70号" in row.basis_zh
    assert (row.state, row.answer[:16]) == ("taken_up", "已生成派驻需求草稿 N0001。")


def test_a_gap_of_beds_waits_on_the_home_page_of_those_who_plan(county):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    assert "It waits on the home page of those who plan postings" in text_of(reader().get(page("gap", row.pk)))


def test_a_gap_of_one_institution_names_it(county):
    address = asked(requirement="township-general-practitioner", institution="T1")
    reader().post(address, {"command_key": key(), "note": ""})
    row = Gap.objects.get()
    assert (row.institution, row.place, row.shortfall) == (county.t1, county.east, 1)


def test_what_is_no_shortfall_any_more_cannot_be_put_forward(county):
    employ(county.t1, "doctor", 1, specialty="02")
    address = asked(requirement="township-general-practitioner", institution="T1")
    assert reader().get(address).status_code == 404
    assert reader().get(asked(standard="nothing", place="512000")).status_code == 404
    assert reader().get(page("gap-new")).status_code == 404


def test_people_out_of_reach_are_put_forward_from_a_scenario(county):
    client = reader()
    client.post(page("option-keep", place="512000"), {"command_key": key(), "name": "北镇建院"})
    row = Scenario.objects.get()
    client.post(page("gap-new", scenario=row.pk), {"command_key": key(), "note": ""})
    gap = Gap.objects.get()
    assert (gap.resource, gap.required, gap.present, gap.scenario) == ("access", 60_000, 30_000, row)
    assert gap.basis_en == "Scenario “北镇建院”: within 15 minutes"


def test_nothing_missing_is_refused_and_the_database_refuses_it_too(county):
    with pytest.raises(NoShortfallError):
        commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(present=Decimal(20)))
    with pytest.raises(IntegrityError), transaction.atomic():
        Gap.objects.create(
            place=county.place,
            owner_id=county.place.pk,
            made_by_id=county.viewer.user_id,
            resource="beds",
            required=1,
            present=1,
            basis_zh="x",
            counted_on=TODAY,
        )


def test_only_those_who_cover_the_place_put_its_gaps_forward(county):
    stranger = actor_for("stranger", county.scene.outside.pk, "commission_viewer")
    with pytest.raises(NotPermittedError):
        commands.put_forward_gap(acting_as(stranger), county.place, new_gap())
    office = actor_for("hospital", county.scene.shan.pk, "supported_office")
    with pytest.raises(NotPermittedError):
        commands.put_forward_gap(acting_as(office), county.place, new_gap())
    own = commands.put_forward_gap(acting_as(office), county.place, new_gap(institution=county.scene.shan))
    assert (own.owner_id, list(queries.gaps(county.viewer))) == (county.scene.shan.pk, [own])


def test_it_waits_at_home_until_those_who_plan_take_it_up(county):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    planner = actor_for("planner", county.place.pk, "dispatch_planner")
    texts = [item.text for item in home_items(planner)]
    assert "Gap put forward waits for an answer" in texts
    assert "Gap put forward waits for an answer" not in [item.text for item in home_items(county.viewer)]
    client = reader("planner")
    assert "Take up" in text_of(client.get(page("gap", row.pk)))
    sent = {"command_key": key(), "answer": "明年扩建二十张床位", "expected_version": row.version}
    assert client.post(page("gap-take-up", row.pk), sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer) == ("taken_up", "明年扩建二十张床位")
    assert "Gap put forward waits for an answer" not in [item.text for item in home_items(planner)]
    with pytest.raises(StateRefusedError):
        commands.withdraw_gap(acting_as(county.viewer, "误报"), row, row.version)


def test_who_does_not_plan_postings_cannot_take_a_gap_up(county):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    assert reader().get(page("gap-take-up", row.pk)).status_code == 403
    with pytest.raises(NotPermittedError):
        commands.take_up_gap(acting_as(county.viewer), row, "好", row.version)


def test_a_gap_is_withdrawn_with_its_reason(county):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    sent = {"command_key": key(), "reason": "重复登记", "expected_version": row.version}
    assert reader().post(page("gap-withdraw", row.pk), sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answer) == ("withdrawn", "重复登记")


def test_a_gap_is_hidden_from_other_regions(county):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    actor_for("stranger", county.scene.outside.pk, "dispatch_planner")
    for name in ("gap", "gap-pdf", "gap-take-up", "gap-withdraw"):
        assert reader("stranger").get(page(name, row.pk)).status_code == 404, name
    assert "No gap was put forward yet." in text_of(reader("stranger").get(page("gaps")))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_sheet_of_a_gap_is_a_pdf(county, language):
    row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(institution=county.t1))
    answer = reader(language=language).get(page("gap-pdf", row.pk))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_an_application_may_take_every_gap_within_the_command(county):
    taken: list[int] = []

    def receiver(_context, gap: Gap) -> None:
        taken.append(gap.pk)

    register_gap_receiver(receiver)
    try:
        row = commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    finally:
        _RECEIVERS.known.remove(receiver)
    assert taken == [row.pk]


def test_a_list_of_gaps_is_taken_along(county):
    commands.put_forward_gap(acting_as(county.viewer), county.place, new_gap(resource="beds"))
    answer = reader().get(page("gaps", export="csv"))
    assert '"山县"' in answer.content.decode()
    assert "19" in answer.content.decode()
