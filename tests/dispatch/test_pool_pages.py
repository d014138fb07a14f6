"""The pages of the pool: list, entry, own page, asking, inviting, applying, answering; what waits at home."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lianyi.accounts.models import AuditEvent
from lianyi.dispatch import commands
from lianyi.dispatch.models import Candidacy, PoolCouple, PoolMember
from lianyi.dispatch.pool_queries import POOL_KEEPERS
from lianyi.pages.home import home_items
from lianyi.registry import commands as registry
from lianyi.registry.imports.exporting import export_table
from lianyi.web.navigation import POOL_ROLES
from tests.cast import Scene, acting_as, as_service, make_staff
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, queries_for, send, status_of, version_in, words
from tests.dispatch.pool_story import Pooling, pooling
from tests.dispatch.test_imports import load, only_reason, preview_of


@pytest.fixture
def story(scene: Scene) -> Pooling:
    return pooling(scene)


def test_the_navigation_shows_the_pool_to_exactly_those_who_keep_one(story: Pooling) -> None:
    assert frozenset(POOL_ROLES) == POOL_KEEPERS
    pool = f'href="{reverse("dispatch:pool")}"'
    assert pool in page_of(client_of(story.office), "home")
    assert pool not in page_of(client_of(story.head), "home")


def test_a_doctor_states_limits_and_wishes_on_the_own_page_and_changes_them(story: Pooling) -> None:
    doctor = client_of(story.an)
    assert "You are not in the pool." in page_of(doctor, "dispatch:my-willingness")
    shan = str(story.scene.shan.pk)
    facts = {"standing": "willing", "longest_term_months": "6", "has_family_limit": "on", "preferred": [shan]}
    assert send(doctor, "dispatch:my-limits", **facts).status_code == 302
    html = words(page_of(doctor, "dispatch:my-willingness"))
    for told in ("at most 6 months", "ask before planning", "山县人民医院", "may be planned"):
        assert told in html
    form = page_of(doctor, "dispatch:my-limits")
    assert "checked" in form
    answer = send(
        doctor,
        "dispatch:my-limits",
        expected_version=version_in(form),
        **{**facts, "refused": [shan]},  # type: ignore[arg-type]
    )
    assert (answer.status_code, "Choose one of the two." in answer.content.decode()) == (422, True)
    changed = {"standing": "paused", "not_before": today_and(5).isoformat()}
    assert send(doctor, "dispatch:my-limits", expected_version=version_in(form), **changed).status_code == 302
    row = PoolMember.objects.get()
    assert (row.standing, row.longest_term_months, row.not_before) == ("paused", None, today_and(5))


def test_a_login_without_a_person_of_the_registry_is_told_so(story: Pooling) -> None:
    stranger = client_of(story.colleague)
    assert "not linked with a person" in page_of(stranger, "dispatch:my-willingness")
    for name in ("my-limits", "my-couple", "apply"):
        assert status_of(stranger, f"dispatch:{name}") == 404


def test_who_keeps_no_pool_is_sent_to_the_own_page(story: Pooling) -> None:
    answer = client_of(story.an).get(reverse("dispatch:pool"))
    assert answer["Location"] == reverse("dispatch:my-willingness")


def test_the_office_enters_a_person_states_limits_and_reads_the_entry(story: Pooling) -> None:
    office = client_of(story.office)
    assert "Nobody is in the pool within your reach." in page_of(office, "dispatch:pool")
    answer = send(office, "dispatch:pool-enter", staff="JIA1/C1")
    row = PoolMember.objects.get()
    assert answer["Location"] == reverse("dispatch:pool-change", args=[row.pk])
    form = page_of(office, "dispatch:pool-change", row.pk)
    facts = {"standing": "willing", "highest_altitude_m": "2500", "hardest_hardship": "2"}
    assert send(office, "dispatch:pool-change", row.pk, expected_version=version_in(form), **facts).status_code == 302
    html = words(page_of(office, "dispatch:pool-member", row.pk))
    for told in ("样例丙", "up to 2500 m", "hardship up to level 2", "for the person", "never sent anywhere"):
        assert told in html
    answer = send(client_of(story.scene.office_shan), "dispatch:pool-enter", staff="JIA1/A1")
    assert (answer.status_code, PoolMember.objects.count()) == (422, 1)


def test_the_entry_tells_service_that_counts_for_promotion_days_of_absence_taken_off(story: Pooling) -> None:
    scene, row = story.scene, story.entered(story.scene.an)
    posting = scene.published(story.agreement, scene.an, today_and(-100).isoformat(), today_and(-1).isoformat())
    scene.step(posting, "arrive", today_and(-100).isoformat())
    commands.add_absence(acting_as(story.office), posting, today_and(-50), today_and(-41), "home_leave")
    registry.add_unavailability(
        as_service(), scene.an, registry.NewUnavailability(today_and(9), today_and(12), "family")
    )
    html = words(page_of(client_of(story.office), "dispatch:pool-member", row.pk))
    # Day -100 to today, ten days away: 91 days.
    assert "91 days (3.0 months)" in html
    assert "Not available" in html
    assert "91 days (3.0 months)" in words(page_of(client_of(story.an), "dispatch:my-willingness"))


def test_the_list_is_narrowed_sorted_and_taken_along(story: Pooling) -> None:
    scene, office = story.scene, client_of(story.office)
    story.entered(scene.an, longest_term_months=6)
    story.entered(scene.ding, standing="paused")
    for query, found in (
        ({"specialty": "20"}, "样例甲"),
        ({"specialty": "04"}, "样例丁"),
        ({"title": "senior"}, "样例丁"),
        ({"standing": "willing"}, "样例甲"),
        ({"q": "样例丁"}, "样例丁"),
        ({"institution": "JIA1", "profession": "doctor", "q": "A1"}, "样例甲"),
    ):
        html = page_of(office, "dispatch:pool", **query)
        other = "样例丁" if found == "样例甲" else "样例甲"
        assert (found in html, other in html) == (True, False), query
    for sort in ("person", "-institution", "department", "title", "-specialty", "standing", "postings", "-last_back"):
        assert "样例甲" in page_of(office, "dispatch:pool", sort=sort)
    text = office.get(reverse("dispatch:pool"), {"export": "csv"}).content.decode()
    assert "at most 6 months" in text


def test_the_list_finds_who_is_free_on_a_day(story: Pooling) -> None:
    scene, office = story.scene, client_of(story.office)
    for staff in (scene.an, scene.bo, scene.cai, scene.ding):
        story.entered(staff)
    registry.add_unavailability(as_service(), scene.an, registry.NewUnavailability(today_and(5), today_and(9), "leave"))
    scene.published(story.agreement, scene.bo, today_and(1).isoformat(), today_and(9).isoformat())
    row = PoolMember.objects.get(staff=scene.cai)
    commands.change_entry(acting_as(story.office), row, commands.PoolEntry(not_before=today_and(7)), row.version)
    free = page_of(office, "dispatch:pool", free_on=today_and(6).isoformat())
    assert [name in free for name in ("样例甲", "样例乙", "样例丙", "样例丁")] == [False, False, False, True]
    free = page_of(office, "dispatch:pool", free_on=today_and(10).isoformat())
    assert all(name in free for name in ("样例甲", "样例乙", "样例丙", "样例丁"))


def test_the_lists_cost_the_same_number_of_queries_however_long_they_are(story: Pooling) -> None:
    office = client_of(story.office)
    story.entered(story.scene.an)
    story.invited(story.scene.an)
    few = [queries_for(office, name) for name in ("dispatch:pool", "dispatch:candidacies")]
    for number in range(4):
        staff = make_staff(story.scene.jia, f"X{number}", f"样例{number}")
        story.entered(staff)
        story.invited(staff, recipient=story.scene.shan)
    assert [queries_for(office, name) for name in ("dispatch:pool", "dispatch:candidacies")] == few


def test_an_invitation_waits_on_the_home_page_of_the_person_and_is_answered_there(story: Pooling) -> None:
    office, doctor = client_of(story.office), client_of(story.an)
    member = story.entered(story.scene.an)
    assert 'value="JIA1/A1"' in page_of(office, "dispatch:invite", member=member.pk)
    facts = {"staff": "JIA1/A1", "recipient": "SHAN", "answer_by": today_and(7).isoformat(), "message": "去半年"}
    assert send(office, "dispatch:invite", **facts).status_code == 302
    row = Candidacy.objects.get()
    [item] = [each for each in home_items(story.an) if "Invitation" in each.text]
    assert (item.count, item.due_on, item.url) == (1, today_and(7), reverse("dispatch:my-willingness"))
    assert row.get_absolute_url() in page_of(doctor, "dispatch:my-willingness")
    html = words(page_of(doctor, "dispatch:candidacy", row.pk))
    assert ("去半年" in html, "Agree" in html, "Take the invitation back" in html) == (True, True, False)
    shown = page_of(doctor, "dispatch:candidacy-step", row.pk, "refuse")
    answer = send(doctor, "dispatch:candidacy-step", row.pk, "refuse", expected_version=version_in(shown))
    assert answer.status_code == 422
    facts = {"expected_version": version_in(shown), "reason_code": "term"}
    assert send(doctor, "dispatch:candidacy-step", row.pk, "refuse", **facts).status_code == 302
    row.refresh_from_db()
    assert row.state == "refused"
    assert "the term is too long" in words(page_of(office, "dispatch:candidacy", row.pk))
    assert [each for each in home_items(story.an) if "Invitation" in each.text] == []


def test_a_person_applies_on_the_own_page_and_the_office_sees_it_at_home(story: Pooling) -> None:
    doctor, shan = client_of(story.an), str(story.scene.shan.pk)
    assert send(doctor, "dispatch:apply", recipient=shan).status_code == 302
    row = Candidacy.objects.get()
    [item] = [each for each in home_items(story.office) if "Application" in each.text]
    assert item.count == 1
    office = client_of(story.office)
    shown = page_of(office, "dispatch:candidacy-step", row.pk, "accept")
    facts = {"expected_version": version_in(shown)}
    assert send(office, "dispatch:candidacy-step", row.pk, "accept", **facts).status_code == 302
    html = words(page_of(doctor, "dispatch:my-willingness"))
    assert ("agreed" in html, "may be planned" in html) == (True, True)


def test_a_unit_asks_and_reads_no_name_on_any_page_of_it(story: Pooling) -> None:
    unit, office = client_of(story.scene.office_shan), client_of(story.office)
    shan = str(story.scene.shan.pk)
    facts = {"receiver": shan, "home": "JIA1", "specialty": "20", "least_title_rank": "intermediate"}
    answer = send(unit, "dispatch:ask", answer_by=today_and(9).isoformat(), message="夜班排不开", **facts)
    row = Candidacy.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    [item] = [each for each in home_items(story.office) if "ask you" in each.text or "asks you" in each.text]
    assert item.count == 1
    shown = page_of(office, "dispatch:candidacy-step", row.pk, "pass_on")
    facts = {"expected_version": str(version_in(shown)), "staff": "JIA1/C1", "answer_by": today_and(4).isoformat()}
    assert send(office, "dispatch:candidacy-step", row.pk, "pass_on", **facts).status_code == 302
    for name, args in (("dispatch:candidacy", [row.pk]), ("dispatch:candidacies", []), ("dispatch:pool", [])):
        html = page_of(unit, name, *args)
        assert ("样例丙" in html, "JIA1/C1" in html, "C1" in words(html)) == (False, False, False), name
    assert "Emergency medicine" in words(page_of(unit, "dispatch:candidacies"))
    text = unit.get(reverse("dispatch:candidacies"), {"export": "csv"}).content.decode()
    assert ("样例丙" in text, "Emergency medicine" in text) == (False, True)
    assert "样例丙" in page_of(office, "dispatch:candidacies")


def test_a_unit_is_offered_the_people_who_were_there_before(story: Pooling) -> None:
    scene = story.scene
    unit = client_of(scene.office_shan)
    assert "样例甲" not in page_of(unit, "dispatch:ask")
    scene.stayed(story.agreement, scene.an, today_and(-90).isoformat(), today_and(-20).isoformat())
    html = page_of(unit, "dispatch:ask")
    assert f'<option value="{scene.an.pk}">样例甲 · 甲市第一医院' in html
    facts = {"receiver": str(scene.shan.pk), "home": "JIA1", "person": str(scene.an.pk), "least_title_rank": "none"}
    assert send(unit, "dispatch:ask", answer_by=today_and(9).isoformat(), **facts).status_code == 302
    assert Candidacy.objects.get().named_by_asker is True


def test_a_step_of_another_side_is_no_page(story: Pooling) -> None:
    row = story.asked()
    unit = client_of(story.scene.office_shan)
    assert status_of(unit, "dispatch:candidacy-step", row.pk, "pass_on") == 403
    assert status_of(unit, "dispatch:candidacy-step", row.pk, "agree") == 422
    assert status_of(unit, "dispatch:candidacy-step", row.pk, "no_longer_ask") == 200


def test_a_couple_is_named_agreed_to_and_ended_on_the_own_pages(story: Pooling) -> None:
    an, bo = client_of(story.an), client_of(story.bo)
    assert send(an, "dispatch:my-couple", partner="JIA1/B1", rule="together").status_code == 302
    row = PoolCouple.objects.get()
    assert any(each.url == reverse("dispatch:my-willingness") for each in home_items(story.bo))
    html = words(page_of(bo, "dispatch:my-willingness"))
    assert ("goes together with 样例甲" in html, "Agree" in html) == (True, True)
    answer = send(bo, "dispatch:couple-step", row.pk, "agree", expected_version=row.version)
    assert answer["Location"] == reverse("dispatch:my-willingness")
    row.refresh_from_db()
    assert row.state == "agreed"
    office = client_of(story.office)
    member = story.entered(story.scene.an)
    assert "agreed by both" in words(page_of(office, "dispatch:pool-member", member.pk))
    answer = send(office, "dispatch:couple-step", row.pk, "end", expected_version=row.version)
    assert answer["Location"] == member.get_absolute_url()
    answer = send(office, "dispatch:couple-new", member.pk, partner="JIA1/C1", rule="apart")
    assert answer.status_code == 302


def test_an_office_lists_late_invitations_and_finds_them_by_their_standing(story: Pooling) -> None:
    story.late(story.invited(story.scene.an))
    story.invited(story.scene.bo)
    [item] = [each for each in home_items(story.office) if "without an answer" in each.text]
    html = client_of(story.office).get(item.url).content.decode()
    assert ("样例甲" in html, "样例乙" in html) == (True, False)
    for query in ({"origin": "invited"}, {"home": "JIA1"}):
        assert "样例乙" in page_of(client_of(story.office), "dispatch:candidacies", **query)
    assert "样例乙" not in page_of(client_of(story.office), "dispatch:candidacies", recipient="SHAN")


# The table

HEADER = (
    "institution_code,staff_code,standing,longest_term_months,highest_altitude_m,hardest_hardship,not_before,"
    "has_family_limit,preferred_codes,refused_codes,provenance\n"
)


def test_entries_come_in_by_a_table_and_go_out_unchanged(story: Pooling) -> None:
    text = HEADER + (
        f"JIA1,A1,willing,6,2500,2,{today_and(3)},yes,SHAN,XIANG CUN,recorded\nJIA1,B1,paused,,,,,,,,sample\n"
    )
    run = load(acting_as(story.office), "pool", text)
    assert (run.rows_created, run.rows_refused) == (2, 0)
    row = PoolMember.objects.get(staff=story.scene.an)
    assert (row.longest_term_months, row.highest_altitude_m, row.hardest_hardship) == (6, 2500, 2)
    assert (row.not_before, row.has_family_limit) == (today_and(3), True)
    assert sorted(row.preferences.values_list("kind", "institution__code")) == [
        ("preferred", "SHAN"),
        ("refused", "CUN"),
        ("refused", "XIANG"),
    ]
    assert [(event.step, event.on_behalf) for event in row.events.all()] == [("import", True)]
    assert AuditEvent.objects.filter(action="dispatch.pool.import").count() == 2
    written = export_table(story.office, "pool", "csv", "en")
    again = preview_of(story.office, "pool", written.decode("utf-8-sig"))
    assert {plan.action.value for plan in again.plans} == {"unchanged"}


def test_a_table_changes_what_it_names_and_leaves_the_rest(story: Pooling) -> None:
    scene = story.scene
    row = story.entered(scene.an, longest_term_months=6, preferred=(scene.shan.pk,), refused=(scene.xiang.pk,))
    text = "institution_code,staff_code,highest_altitude_m,refused_codes\nJIA1,A1,3000,SHAN\n"
    run = load(acting_as(story.office), "pool", text)
    assert run.rows_updated == 1
    row.refresh_from_db()
    assert (row.longest_term_months, row.highest_altitude_m, row.version) == (6, 3000, 2)
    assert list(row.preferences.values_list("kind", "institution__code")) == [("refused", "SHAN")]
    change = row.events.get(step="import")
    assert (change.before["preferred"], change.after["refused"]) == (["SHAN"], ["SHAN"])


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("JIA1,ZZ,willing,,,,,,,,\n", "ZZ"),
        ("SHAN,A1,willing,,,,,,,,\n", "SHAN"),
        ("JIA1,A1,maybe,,,,,,,,\n", "maybe"),
        ("JIA1,A1,willing,,9999,,,,,,\n", "9999"),
        ("JIA1,A1,willing,,,,,,NOWHERE,,\n", "NOWHERE"),
        ("JIA1,A1,willing,,,,,,SHAN,SHAN,\n", "Choose one of the two"),
    ],
)
def test_a_row_that_says_no_entry_is_refused_with_its_reason(story: Pooling, row: str, why: str) -> None:
    assert why in only_reason(preview_of(story.office, "pool", HEADER + row))


def test_who_keeps_no_pool_neither_loads_nor_takes_it_along(story: Pooling) -> None:
    story.entered(story.scene.an)
    text = HEADER + "JIA1,A1,paused,,,,,,,,\n"
    for actor in (story.colleague, story.scene.office_shan):
        assert "JIA1" in only_reason(preview_of(actor, "pool", text))
        assert b"A1" not in export_table(actor, "pool", "csv", "en")
