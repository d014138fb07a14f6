"""The field log: written by day, corrected by a newer version, without network, totals, missing days, tables."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from lianyi.accounts.actors import Actor
from lianyi.accounts.errors import NotPermittedError
from lianyi.dispatch import commands as dispatch
from lianyi.dispatch.models import Posting
from lianyi.growth.commands.field_log import NewEntry, write_entry
from lianyi.growth.field_log_rules import FieldLogRefusedError
from lianyi.growth.models import FieldLogEntry
from lianyi.growth.queries import field_log as queries
from lianyi.methods.periods import DateSpan
from lianyi.partnerships.models import Agreement
from lianyi.partnerships.promises import accounts_of
from lianyi.referrals.offline_queries import setup
from lianyi.referrals.offline_syncing import Answer, Outcome, exchange
from lianyi.registry.imports import running
from lianyi.registry.imports.exporting import export_table
from lianyi.registry.imports.kinds import RowAction
from lianyi.registry.models import Staff
from tests.cast import Scene, acting_as, actor_for, as_service
from tests.dispatch.needs_story import today_and
from tests.dispatch.page_parts import client_of, page_of, send, status_of, version_in, words
from tests.dispatch.test_imports import load, only_reason, preview_of


@dataclass
class Posted:
    """The cast with a doctor of JIA1 who has been on site at SHAN for ten days and logs in as themself."""

    scene: Scene
    agreement: Agreement
    posting: Posting
    doctor: Actor

    def log(self, on: datetime.date, actor: Actor | None = None, **more: object) -> FieldLogEntry:
        facts = {"outpatients": 12, **more}
        return write_entry(acting_as(actor or self.doctor), self.posting, NewEntry(day=on, **facts))  # type: ignore[arg-type]

    def sent(self, on: datetime.date, **more: Any) -> Answer:
        """Send one entry as a device does after it had no network."""
        content = {"posting": self.posting.pk, "day": on.isoformat(), "follows": 0, "counts": {}, "people": {}, **more}
        key = content.pop("key", str(uuid.uuid4()))
        entry = {"key": key, "kind": "field_log", "at": timezone.now().isoformat(), "content": content}
        [answer] = exchange(self.doctor, "request", [entry])
        return answer


@pytest.fixture
def story(scene: Scene) -> Posted:
    agreement = scene.agreement("JS-NOW", starts_on=today_and(-200).isoformat(), ends_on=today_and(200).isoformat())
    row = scene.published(agreement, scene.an, today_and(-10).isoformat(), today_and(100).isoformat())
    scene.step(row, "arrive", today_and(-10).isoformat())
    doctor = actor_for("posted", scene.jia.pk, "posted_staff")
    Staff.objects.filter(pk=scene.an.pk).update(user_id=doctor.user_id)
    row = Posting.objects.select_related("staff", "team").get(pk=row.pk)
    return Posted(scene, agreement, row, doctor)


def reason_of(error: pytest.ExceptionInfo[FieldLogRefusedError]) -> object:
    return error.value.params["reason"]


def test_a_day_is_corrected_by_a_newer_version_and_both_stay(story: Posted) -> None:
    first = story.log(today_and(-1), outpatients=12)
    second = story.log(today_and(-1), outpatients=14, follows=1)
    assert (first.number, second.number, second.is_beside) == (1, 2, False)
    assert [row.outpatients for row in queries.versions(first)] == [14, 12]
    assert [row.pk for row in queries.entries(story.doctor)] == [second.pk]


def test_what_cannot_be_is_refused(story: Posted) -> None:
    wrong: list[dict[str, Any]] = [
        {"on": today_and(1)},
        {"on": today_and(-11)},
        {"on": today_and(-1), "teaching_minutes": 1441},
        {"on": today_and(-1), "people": {"child": 3}},
        {"on": today_and(-1), "words": "电话13800000000"},
        {"on": today_and(-1), "outpatients": None},
    ]
    reasons = []
    for each in wrong:
        with pytest.raises(FieldLogRefusedError) as error:
            story.log(**each)
        reasons.append(reason_of(error))
    assert reasons == ["day", "day", "count", "count", "person-number", "empty"]
    assert FieldLogEntry.objects.count() == 0


def test_the_person_the_leader_and_an_office_write_and_nobody_else(story: Posted) -> None:
    other = actor_for("other", story.scene.jia.pk, "posted_staff")
    with pytest.raises(NotPermittedError):
        story.log(today_and(-1), actor=other)
    with pytest.raises(NotPermittedError):
        story.log(today_and(-1), actor=story.scene.office_lin)
    assert list(queries.entries(other)) == []
    leader = Staff.objects.get(pk=story.scene.bo.pk)
    Staff.objects.filter(pk=leader.pk).update(user_id=other.user_id)
    team = dispatch.create_team(
        acting_as(story.scene.office_jia), story.agreement, dispatch.NewTeam("T1", "样例队", leader_id=leader.pk)
    )
    Posting.objects.filter(pk=story.posting.pk).update(team=team)
    story.posting = Posting.objects.select_related("staff", "team__leader").get(pk=story.posting.pk)
    story.log(today_and(-1), actor=other)
    story.log(today_and(-2), actor=story.scene.office_shan)
    assert [row.day for row in queries.entries(other)] == [today_and(-1), today_and(-2)]


def test_an_entry_written_without_network_arrives_once(story: Posted) -> None:
    key = str(uuid.uuid4())
    told = {"counts": {"outpatients": 9}, "people": {"female_65_up": 4}, "words": "路断", "key": key}
    first, again = story.sent(today_and(-2), **told), story.sent(today_and(-2), **told)
    row = FieldLogEntry.objects.get()
    assert (first.outcome, first.reason, again.outcome) == (Outcome.DONE, "", Outcome.EARLIER)
    assert (row.outpatients, row.people, row.source, row.words) == (9, {"female_65_up": 4}, "offline", "路断")


def test_two_entries_for_a_day_are_both_kept_and_the_writer_is_told(story: Posted) -> None:
    story.log(today_and(-2), outpatients=5)
    beside = story.sent(today_and(-2), counts={"outpatients": 9})
    after = story.sent(today_and(-2), counts={"outpatients": 10}, follows=2)
    assert (beside.outcome, "Both are kept" in beside.reason, after.reason) == (Outcome.DONE, True, "")
    assert list(FieldLogEntry.objects.order_by("number").values_list("number", "outpatients")) == [
        (1, 5),
        (2, 9),
        (3, 10),
    ]
    page = words(page_of(client_of(story.doctor), "growth:log-entry", FieldLogEntry.objects.get(number=2).pk))
    assert "side by side" in page


def test_an_entry_of_a_device_that_cannot_be_stays_there_with_its_reason(story: Posted) -> None:
    elsewhere = story.sent(today_and(-2), counts={"outpatients": 9}, posting=story.posting.pk + 99)
    odd = story.sent(today_and(-2), counts={"outpatients": "many"})
    no_day = story.sent(today_and(-2), counts={"outpatients": 9}, day="tomorrow")
    ahead = story.sent(today_and(2), counts={"outpatients": 9})
    assert {each.outcome for each in (elsewhere, odd, no_day, ahead)} == {Outcome.REFUSED}
    assert ("whose log you write" in elsewhere.reason, "on site" in ahead.reason) == (True, True)
    [unknown] = exchange(story.doctor, "r", [{"key": "unknown-1", "kind": "song", "at": timezone.now().isoformat()}])
    assert (unknown.outcome, FieldLogEntry.objects.count()) == (Outcome.REFUSED, 0)


def test_the_device_gets_the_postings_of_its_person_and_what_is_logged(story: Posted) -> None:
    story.log(today_and(-1))
    lists = setup(story.doctor)["beside"]["field_log"]
    [posting] = lists["postings"]
    assert (posting["id"], posting["logged"]) == (story.posting.pk, {today_and(-1).isoformat(): 1})
    assert posting["first"] == today_and(-10).isoformat()
    assert [each["name"] for each in lists["counts"]] == [
        "outpatients",
        "ward_rounds",
        "operations",
        "teaching_minutes",
    ]
    assert {each["zh"] for each in lists["counts"]} >= {"门诊人次", "手术例数"}
    assert setup(story.scene.office_shan)["beside"] == {}


def test_totals_tell_the_days_without_an_entry_and_leave_absences_out(story: Posted) -> None:
    today = today_and(0)
    dispatch.add_absence(acting_as(story.scene.office_jia), story.posting, today_and(-5), today_and(-4), "home_leave")
    story.log(today_and(-1), outpatients=12, operations=2)
    story.log(today_and(-2), outpatients=8, people={"male_15_64": 8})
    [total] = queries.totals(story.scene.office_shan, DateSpan(today_and(-6), today), today)
    assert (total.days_on_site, total.days_logged) == (5, 2)
    assert total.missing == (today_and(-6), today_and(-3), today)
    assert total.counts == {"outpatients": 20, "ward_rounds": None, "operations": 2, "teaching_minutes": None}
    assert total.people["male_15_64"] == 8


def test_teaching_in_the_log_counts_toward_no_duty(story: Posted) -> None:
    duty = story.scene.duty(story.agreement, "T1", "training_sessions", "2", "session")
    story.log(today_and(-1), teaching_minutes=90)
    [account] = accounts_of([duty], today_and(0))
    assert account.periods[0].evidence is None


def test_the_pages_take_a_day_on_a_phone_show_it_and_remind(story: Posted) -> None:
    doctor = client_of(story.doctor)
    assert "Today is not in your field log yet" in doctor.get(reverse("home")).content.decode()
    said = {"posting": story.posting.pk, "day": today_and(0), "outpatients": 7, "people_female_15_64": 7}
    response = send(doctor, "growth:log-new", **said)
    row = FieldLogEntry.objects.get()
    assert response.url == reverse("growth:log-entry", args=[row.pk])
    assert "Today is not in your field log yet" not in doctor.get(reverse("home")).content.decode()
    page = page_of(doctor, "growth:log-correct", row.pk)
    said |= {"outpatients": 8, "expected_version": version_in(page)}
    assert send(doctor, "growth:log-correct", row.pk, **said).status_code == 302
    assert [(each.number, each.is_beside) for each in queries.versions(row)] == [(2, False), (1, False)]
    wrong = send(doctor, "growth:log-new", **{**said, "words": "电话13800000000"})
    assert (wrong.status_code, "a long number" in wrong.content.decode()) == (422, True)
    assert "样例甲" in page_of(client_of(story.scene.office_shan), "growth:log-totals")
    assert "样例甲" in page_of(doctor, "growth:log")
    assert status_of(client_of(story.scene.office_lin), "growth:log-entry", row.pk) == 404


def test_a_commission_sees_sums_with_small_counts_hidden(story: Posted) -> None:
    story.log(today_and(0), outpatients=40, people={"female_15_64": 36, "male_65_up": 4})
    viewer = client_of(actor_for("viewer", story.scene.shan.pk, "commission_viewer"))
    assert status_of(viewer, "growth:log") == 403
    page = words(page_of(viewer, "growth:log-figures"))
    assert ("40" in page, " 36 " in page, "样例甲" in page) == (True, False, False)


def test_the_table_comes_in_and_goes_out_and_a_day_on_record_stays(story: Posted) -> None:
    head = "agreement_code,posting_code,day,outpatients,people,words\n"
    code = story.posting.code
    line = f"JS-NOW,{code},{today_and(-3)},9,female_65_up=4,路断\n"
    load(acting_as(story.scene.office_shan), "field_log", head + line)
    row = FieldLogEntry.objects.get()
    assert (row.people, row.source, row.number) == ({"female_65_up": 4}, "table", 1)
    changed = preview_of(story.scene.office_shan, "field_log", head + line.replace(",9,", ",10,"))
    assert "version 1" in only_reason(changed)
    ahead = preview_of(story.scene.office_shan, "field_log", f"{head}JS-NOW,{code},{today_and(3)},9,,\n")
    assert "on site" in only_reason(ahead)
    odd = preview_of(story.scene.office_shan, "field_log", f"{head}JS-NOW,{code},{today_and(-4)},9,many,\n")
    assert "no list of counts" in only_reason(odd)
    content = export_table(as_service().actor, "field_log", "xlsx", "zh-hans")
    preview = running.preview_table(as_service().actor, "field_log", content, "field_log.xlsx", "zh-hans")
    assert len(preview.plans) == preview.counts[RowAction.UNCHANGED] == 1
